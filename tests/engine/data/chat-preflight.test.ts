// What a run does not start with: nothing to learn, an end that is never learned, answers that are cut.

import { describe, expect, it } from 'vitest';
import { ChatPreflight } from '../../../engine/data/chat-preflight.ts';
import { withChatTemplate, chatTemplates } from '../../../engine/data/chat-templates.ts';
import { guessConversationForm, type ConversationRow } from '../../../engine/data/conversation.ts';
import { ChatEncoder, type ChatSettings } from '../../../engine/data/render-chat.ts';
import { loadTokenizerJson } from '../../../engine/tokenizers/tokenizer-json.ts';
import type { Tokenizer } from '../../../engine/tokenizers/tokenizer.ts';
import type { EngineError } from '../../../engine/errors.ts';
import { chatTokenizerJson } from './chat-goldens.ts';

const base = loadTokenizerJson(chatTokenizerJson);
const settings: ChatSettings = { chatTemplate: 'chatml', answersOnly: true, maxLength: 40 };

function look(rows: ConversationRow[], changes: Partial<ChatSettings> = {}, tokenizer: Tokenizer = base) {
  const encoder = new ChatEncoder({ ...settings, ...changes }, tokenizer);
  const preflight = new ChatPreflight(encoder, { maxPositionEmbeddings: 200 });
  const guess = guessConversationForm(['prompt', 'completion'], rows);
  rows.forEach((row, index) => preflight.add(index + 1, encoder.row(row, guess.source!)));
  return preflight;
}

function refusal(preflight: ChatPreflight): EngineError | null {
  try {
    preflight.requireSound();
    return null;
  } catch (error) {
    return error as EngineError;
  }
}

const short = { prompt: 'Hi', completion: 'Hello' };
const long = { prompt: 'Hi', completion: 'the quick brown fox '.repeat(10) };
const longPrompt = { prompt: 'the quick brown fox '.repeat(10), completion: 'Hello' };

describe('the preflight of conversations', () => {
  it('lets a run start that learns answers and their ends', () => {
    const preflight = look([short, short]);
    expect(preflight.problems()).toEqual([]);
    expect(refusal(preflight)).toBeNull();
  });

  it('names the rows whose answers are cut and the length that mends it', () => {
    const rows = [short, long, short, long];
    const error = refusal(look(rows));
    expect(error).toMatchObject({ code: 'answers-cut' });
    expect(error!.message).toContain('2 of 4');
    expect(error!.message).toContain('rows 2, 4');
    const length = Number(/--max-length (\d+)/.exec(error!.hint)![1]);
    expect(refusal(look(rows, { maxLength: length }))).toBeNull();
    expect(refusal(look(rows, { maxLength: length - 1 }))?.code).toBe('answers-cut');
  });

  it('offers to split rows that no length of this model can hold', () => {
    const error = refusal(look([short, { prompt: 'Hi', completion: 'fox '.repeat(300) }]));
    expect(error!.hint).toMatch(/reads 200: split or remove/);
  });

  it('lets a share of cut answers pass where that is allowed', () => {
    const encoder = new ChatEncoder(settings, base);
    const preflight = new ChatPreflight(encoder, { maxPositionEmbeddings: 200, cutShare: 0.5 });
    const { source } = guessConversationForm(['prompt', 'completion'], []);
    [short, long].forEach((row, index) => preflight.add(index + 1, encoder.row(row, source!)));
    expect(refusal(preflight)).toBeNull();
    expect(preflight.problems()).toMatchObject([
      { code: 'answers-cut', isFatal: false, rowCount: 1, rows: [2] },
    ]);
  });

  it('refuses when every label is masked', () => {
    const error = refusal(look([longPrompt, longPrompt]));
    expect(error).toMatchObject({ code: 'nothing-to-learn' });
    expect(error!.message).toContain('rows 1, 2');
    expect(error!.hint).toMatch(/--max-length \d+/);
  });

  it('refuses when the end of every answer is cut', () => {
    expect(refusal(look([long]))).toMatchObject({ code: 'end-never-trained' });
  });

  it('refuses a template whose end the tokenizer has no token for', () => {
    const json = base.toTokenizerJson();
    const bare = loadTokenizerJson({
      ...json,
      added_tokens: json.added_tokens.filter(({ content }) => content === '<|endoftext|>'),
      model: {
        ...json.model,
        vocab: Object.fromEntries(
          Object.entries(json.model['vocab'] as Record<string, number>).map(([name, id]) => [
            name === '<|im_end|>' ? 'fff' : name,
            id,
          ]),
        ),
      },
    });
    const error = refusal(look([short], { maxLength: 100 }, bare));
    expect(error).toMatchObject({ code: 'end-never-trained' });
    expect(error!.message).toContain('<|im_end|>');
    expect(error!.hint).toContain('--chat-template alpaca');
    expect(refusal(look([short], { chatTemplate: 'alpaca', maxLength: 300 }, bare))).toBeNull();
  });

  it('refuses a template that ends answers with nothing', () => {
    const text = "{% for m in messages %}{{ m.role + ': ' + m.content }}{% endfor %}";
    const error = refusal(look([short], { chatTemplate: 'auto' }, withChatTemplate(base, { text })));
    expect(error!.message).toContain('writes nothing behind an answer');
  });

  it('leaves rows out that give no conversation, by number and reason', () => {
    const problems = look([short, { prompt: 'Hi', completion: null }, short]).problems();
    expect(problems).toMatchObject([{ code: 'rows-unfit', isFatal: false, rows: [2] }]);
    expect(problems[0]!.message).toContain('Row 2: The column "completion" is empty.');
    expect(refusal(look([{ prompt: 1 }]))).toMatchObject({ code: 'no-conversations' });
    expect(refusal(look([]))).toMatchObject({ code: 'no-conversations' });
  });

  it('counts the end in what is learned for every template of the library', () => {
    for (const name of ['llama-2', 'llama-3', 'mistral', 'gemma', 'phi-3', 'zephyr', 'plain'] as const) {
      const tokenizer = withChatTemplate(base, chatTemplates[name]);
      expect([name, refusal(look([short], { chatTemplate: name, maxLength: 200 }, tokenizer))]).toEqual([
        name,
        null,
      ]);
    }
  });
});
