// What an evaluation is called where its figures are read and copied.

import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../preload/contract.ts';
import {
  evaluationScope,
  evaluationText,
  mainFigures,
  strideWords,
} from '../../../renderer/lib/evaluation-words.ts';

const evaluation: Evaluation = {
  id: 'e',
  createdAtMs: 0,
  checkpoint: {
    reference: 'r@5',
    runId: 'r',
    step: 5,
    path: '/r/5',
    evalLoss: null,
    isBest: false,
    isMarked: false,
    sizeBytes: 1,
    createdAtMs: 0,
  },
  label: 'amber-loom, step 5',
  task: 'text',
  datasetId: 'd',
  datasetName: 'stories',
  metrics: { loss: 1.5, perplexity: Math.exp(1.5), token_accuracy: 0.5, top_k_accuracy: 0.875 },
  tokenCount: 1_234,
  exampleCount: 0,
  byteCount: 0,
  topK: 3,
  length: 256,
  stride: 64,
  signatures: {},
  confusion: null,
  durationMs: 10,
};

describe('the figures of an evaluation', () => {
  it('are copied exactly, with what they are of', () => {
    expect(evaluationText(evaluation)).toBe(
      [
        'amber-loom, step 5 on stories',
        'Perplexity: 4.4816890703380645',
        'Loss: 1.5',
        'Token accuracy: 0.5',
        'Top-3 accuracy: 0.875',
        'Over 1,234 tokens, each once, in windows of 256 that begin every 64',
        '',
      ].join('\n'),
    );
    expect(evaluationScope({ ...evaluation, stride: 256 })).toContain('256 side by side');
  });

  it('of another task are of examples, with the signature of what was computed', () => {
    const translated: Evaluation = {
      ...evaluation,
      task: 'translate',
      metrics: { loss: 1.5, exact_match: 0.25, bleu: 31.204, chrf: 54.1 },
      exampleCount: 1,
      signatures: { bleu: 'tok:13a' },
    };
    expect(mainFigures(translated)).toBe('BLEU 31.20 · chrF 54.10');
    const lines = evaluationText(translated).split('\n');
    expect(lines.slice(3)).toEqual([
      'Exact match: 0.25',
      'Loss: 1.5',
      'BLEU|tok:13a',
      'Over 1 example, 1,234 tokens',
      '',
    ]);
  });

  it('say what a stride brings and costs', () => {
    expect(strideWords(256, 64)).toBe(
      'Each token then has at least 192 tokens before it; it takes about 4.0 times as long.',
    );
    expect(strideWords(256, 1)).toContain('at least 255 tokens before it; it takes about 256 times');
  });
});
