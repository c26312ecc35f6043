// What an evaluation is called where its figures are read and copied.

import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../preload/contract.ts';
import { evaluationScope, evaluationText, strideWords } from '../../../renderer/lib/evaluation-words.ts';

const evaluation: Evaluation = {
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
  loss: 1.5,
  perplexity: Math.exp(1.5),
  tokenCount: 1_234,
  byteCount: 0,
  bitsPerByte: null,
  tokenAccuracy: 0.5,
  topKAccuracy: 0.875,
  topK: 3,
  length: 256,
  stride: 64,
};

describe('the figures of an evaluation', () => {
  it('are copied exactly, with what they are of', () => {
    expect(evaluationText('amber-loom, step 5', 'stories', evaluation)).toBe(
      [
        'amber-loom, step 5 on stories',
        'Perplexity: 4.4816890703380645',
        'Loss: 1.5',
        'Bits per byte: none',
        'Accuracy: 0.5',
        'Top-3 accuracy: 0.875',
        'Over 1,234 tokens, each once, in windows of 256 that begin every 64',
        '',
      ].join('\n'),
    );
    expect(evaluationScope({ ...evaluation, stride: 256 })).toContain('256 side by side');
  });

  it('say what a stride brings and costs', () => {
    expect(strideWords(256, 64)).toBe(
      'Each token then has at least 192 tokens before it; it takes about 4.0 times as long.',
    );
    expect(strideWords(256, 1)).toContain('at least 255 tokens before it; it takes about 256 times');
  });
});
