// What a model that does a task makes of a few texts: translations, classes, hidden tokens filled in.

import { EngineError, type RunSettings, type TaskSession, type Tokenizer } from '../../engine/index.ts';
import type { Answer } from '../../preload/contract.ts';
import { framed } from './example-pieces.ts';
import type { AnswerRequest, EngineResults } from './messages.ts';

/** Fillings that are told of each hidden token. */
const fillingsTold = 5;

/** Throws `nothing-hidden` for a text of a task that fills in, where nothing is hidden. */
export async function answerTexts(
  { texts, numBeams, maxNewTokens }: AnswerRequest,
  run: {
    readonly session: TaskSession;
    readonly settings: RunSettings;
    readonly tokenizer: Tokenizer;
    readonly signal: AbortSignal;
    readonly onProgress: (share: number) => void;
  },
): Promise<EngineResults['answer']> {
  const { session, settings, tokenizer, signal, onProgress } = run;
  const { task, labels } = settings;
  const encoded = texts.map((text) => tokenizer.encode(text).ids);
  switch (task) {
    case 'translate':
    case 'seq2seq': {
      const end = tokenizer.endOfTextTokenId;
      const sources = encoded.map((ids) => (end === null ? ids : Uint32Array.of(...ids, end)));
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
        answers.push(await fillAnswer(ids, session, tokenizer));
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

async function fillAnswer(ids: Uint32Array, session: TaskSession, tokenizer: Tokenizer): Promise<Answer> {
  const mask = maskOf(tokenizer);
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

function maskOf({ specialTokens }: Tokenizer): number {
  return specialTokens.get('[MASK]') ?? specialTokens.get('<mask>') ?? specialTokens.get('<|mask|>') ?? -1;
}
