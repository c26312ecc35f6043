// What a model that does a task makes of a few texts: translations, classes, hidden tokens filled in.

import {
  EngineError,
  taskTokens,
  type RunSettings,
  type TaskSession,
  type Tokenizer,
} from '../../engine/index.ts';
import type { Answer } from '../../preload/contract.ts';
import { closed, framed } from './example-pieces.ts';
import type { AnswerRequest, EngineResults } from './messages.ts';

/** Fillings that are told of each hidden token. */
const fillingsTold = 5;

interface Answering {
  readonly session: TaskSession;
  readonly settings: RunSettings;
  readonly tokenizer: Tokenizer;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** Throws `nothing-hidden` for a text of a task that fills in, where nothing is hidden. */
export async function answerTexts(
  { texts, numBeams, maxNewTokens }: Pick<AnswerRequest, 'texts' | 'numBeams' | 'maxNewTokens'>,
  run: Answering,
): Promise<EngineResults['answer']> {
  const { session, settings, tokenizer, signal, onProgress } = run;
  const { task, labels } = settings;
  const encoded = texts.map((text) => tokenizer.encode(text).ids);
  switch (task) {
    case 'translate':
    case 'seq2seq': {
      const sources = encoded.map((ids) => closed(ids, tokenizer));
      const written = await session.writeTargets(sources, { numBeams, maxNewTokens, signal, onProgress });
      return { task, answers: written.map((text) => ({ text, classes: [], fillings: [] })) };
    }
    case 'classify': {
      const found = await session.classify(encoded.map((ids) => framed(ids, tokenizer)));
      return { task, answers: found.map((probabilities) => classAnswer(probabilities, labels)) };
    }
    case 'mask': {
      const answers: Answer[] = [];
      for (const ids of encoded) {
        answers.push(await fillAnswer(ids, run));
        onProgress(answers.length / encoded.length);
      }
      return { task, answers };
    }
    case 'text':
    case 'instruct':
    case 'chat':
      throw new EngineError('model-writes-text', 'This model goes on with a text.', {
        hint: 'Give it a prompt: heddle generate --prompt, or the playground.',
      });
    default:
      return task satisfies never;
  }
}

function classAnswer(probabilities: Float64Array, labels: readonly string[]): Answer {
  const classes = labels
    .map((label, index) => ({ label, probability: probabilities[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
  return { text: classes[0]?.label ?? '', classes, fillings: [] };
}

async function fillAnswer(
  ids: Uint32Array,
  { session, settings, tokenizer }: Pick<Answering, 'session' | 'settings' | 'tokenizer'>,
): Promise<Answer> {
  const { maskTokenId: mask } = taskTokens(settings.task, settings.model, tokenizer);
  if (!ids.includes(mask)) {
    throw new EngineError('nothing-hidden', 'The text hides nothing that could be filled in.', {
      hint: `Write ${tokenizer.decode([mask])} where a token is to be found.`,
    });
  }
  const found = await session.fill(framed(ids, tokenizer), fillingsTold);
  let next = 0;
  const filled = ids.map((id) => (id === mask ? (found[next++]?.[0]?.tokenId ?? id) : id));
  return {
    text: tokenizer.decode(filled),
    classes: [],
    fillings: found.map((fillings) =>
      fillings.map(({ tokenId, probability }) => ({ text: tokenizer.decode([tokenId]), probability })),
    ),
  };
}
