// Looks at the conversations of a run before it starts, and refuses what would only waste its time: nothing that
// is learned, an end of turn that is never learned, answers that are cut. It names rows and what would mend it.

import { EngineError } from '../errors.ts';
import type { ChatEncoder, ChatRowResult } from './render-chat.ts';
import { RowNumbers } from './row-numbers.ts';

/** One thing that is wrong with some rows of a dataset. */
export interface ChatProblem {
  readonly code: 'no-conversations' | 'rows-unfit' | 'nothing-to-learn' | 'end-never-trained' | 'answers-cut';
  /** Whether a run does not start with it. */
  readonly isFatal: boolean;
  readonly message: string;
  /** What mends it, in words. */
  readonly hint: string;
  /** Values by the path of a setting that mend it; absent where the data must change. */
  readonly mend?: Readonly<Record<string, number | string>>;
  /** How many rows have it, and the numbers of the first of them, counted from 1. */
  readonly rowCount: number;
  readonly rows: readonly number[];
}

/** What is allowed. */
export interface ChatPreflightLimits {
  /** Tokens that the model reads at most. */
  readonly maxPositionEmbeddings: number;
  /** Share of the rows whose answers may be cut. Default 0. */
  readonly cutShare?: number;
}

/** Hears every row once, in any order; memory does not grow with the data. */
export class ChatPreflight {
  private readonly encoder: ChatEncoder;
  private readonly limits: ChatPreflightLimits;
  private readonly unfit = new RowNumbers();
  private readonly masked = new RowNumbers();
  private readonly cut = new RowNumbers();
  private firstReason = '';
  private exampleCount = 0;
  private trainedEnds = 0;
  private longest = 0;

  constructor(encoder: ChatEncoder, limits: ChatPreflightLimits) {
    this.encoder = encoder;
    this.limits = limits;
  }

  /** Takes what a row gave; rows are numbered from 1. */
  add(rowNumber: number, result: ChatRowResult): void {
    if (result.example === null) {
      if (this.unfit.count === 0) this.firstReason = result.reason;
      this.unfit.add(rowNumber);
      return;
    }
    const { trainedOn, trainedEnds, cutAnswerTokens, wholeLength } = result.example;
    this.exampleCount++;
    this.trainedEnds += trainedEnds;
    if (!trainedOn.includes(1)) this.masked.add(rowNumber);
    if (cutAnswerTokens > 0) {
      this.cut.add(rowNumber);
      this.longest = Math.max(this.longest, wholeLength);
    }
  }

  /** Rows that gave a conversation so far. */
  get conversationCount(): number {
    return this.exampleCount;
  }

  /** What is wrong with the rows so far, what forbids a run first. */
  problems(): ChatProblem[] {
    const found = [this.unfitProblem(), this.maskedProblem(), this.endProblem(), this.cutProblem()];
    return found.filter((problem) => problem !== null).sort((a, b) => Number(b.isFatal) - Number(a.isFatal));
  }

  /** Throws the first problem with which a run does not start, by its code. */
  requireSound(): void {
    const problem = this.problems().find(({ isFatal }) => isFatal);
    if (problem) throw new EngineError(problem.code, problem.message, { hint: problem.hint });
  }

  private unfitProblem(): ChatProblem | null {
    const { unfit, exampleCount, firstReason } = this;
    if (unfit.count === 0 && exampleCount > 0) return null;
    const isFatal = exampleCount === 0;
    const reason = firstReason === '' ? '' : ` Row ${unfit.first[0]}: ${firstReason}`;
    return {
      code: isFatal ? 'no-conversations' : 'rows-unfit',
      isFatal,
      message: isFatal
        ? `No row gives a conversation.${reason}`
        : `${capital(unfit.words)} of ${unfit.count + exampleCount} give no conversation and are left out.${reason}`,
      hint: isFatal
        ? 'Choose the columns (--input-column, --target-column) or another --chat-template.'
        : 'Mend or remove these rows, or choose other columns.',
      rowCount: unfit.count,
      rows: unfit.first,
    };
  }

  private maskedProblem(): ChatProblem | null {
    const { masked, cut, exampleCount } = this;
    if (masked.count === 0) return null;
    const isFatal = masked.count === exampleCount;
    const isCut = cut.count > 0;
    return {
      code: 'nothing-to-learn',
      isFatal,
      message: isFatal
        ? `No token of any conversation is learned: ${isCut ? 'every answer lies beyond' : 'there is no answer within'} the first ${this.encoder.settings.maxLength} tokens (${masked.words}).`
        : `Nothing is learned from ${masked.words}.`,
      ...(isCut
        ? this.lengthMend()
        : { hint: 'Choose the column that holds the answers, or learn every token (--no-answers-only).' }),
      rowCount: masked.count,
      rows: masked.first,
    };
  }

  private endProblem(): ChatProblem | null {
    const { encoder, exampleCount, masked, trainedEnds } = this;
    // Where nothing at all is learned, that is what to say.
    if (trainedEnds > 0 || exampleCount === masked.count) return null;
    const { endTokenId, endText } = encoder;
    const isCut = endTokenId !== null && this.cut.count > 0;
    const written = JSON.stringify(endText.trim());
    const message = isCut
      ? 'Every answer is cut before its end, so the model would never learn to stop.'
      : endTokenId !== null
        ? `The end of a turn (${written}) is never learned, so the model would never stop.`
        : endText.trim() === ''
          ? 'The chat template writes nothing behind an answer, so the model would never stop.'
          : `The tokenizer has no token ${written}, which ends a turn in this chat template, so the model would never stop.`;
    return {
      code: 'end-never-trained',
      isFatal: true,
      message,
      ...(isCut ? this.lengthMend() : otherTemplate),
      rowCount: exampleCount,
      rows: isCut ? this.cut.first : [],
    };
  }

  private cutProblem(): ChatProblem | null {
    const { cut, exampleCount, encoder } = this;
    if (cut.count === 0) return null;
    return {
      code: 'answers-cut',
      isFatal: cut.count > exampleCount * (this.limits.cutShare ?? 0),
      message:
        `The answers of ${cut.count} of ${exampleCount} conversations are cut at ${encoder.settings.maxLength} tokens: ` +
        `${cut.words}.`,
      ...this.lengthMend(),
      rowCount: cut.count,
      rows: cut.first,
    };
  }

  private lengthMend(): Mend {
    const { longest, limits } = this;
    if (longest <= limits.maxPositionEmbeddings) {
      return {
        hint: `Raise the sequence length: --max-length ${longest}.`,
        mend: { 'training.maxLength': longest },
      };
    }
    return {
      hint:
        `The longest needs ${longest} tokens and the model reads ${limits.maxPositionEmbeddings}: split or remove ` +
        'these rows, or train a model with a longer context (--max-position-embeddings).',
      // Sequences are as long as the context where nothing else is said.
      mend: { 'model.maxPositionEmbeddings': longest, 'training.maxLength': 0 },
    };
  }
}

type Mend = Pick<ChatProblem, 'hint' | 'mend'>;

const otherTemplate: Mend = {
  hint:
    'Choose a template that ends turns with a token of this tokenizer: --chat-template alpaca or plain end with its ' +
    'end-of-text token.',
  mend: { 'data.chatTemplate': 'alpaca' },
};

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
