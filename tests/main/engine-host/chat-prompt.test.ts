// A conversation that grows: what its model is given of it, and when it is refused.

import { describe, expect, it } from 'vitest';
import { presets, type Conversation } from '../../../engine/index.ts';
import { loadTokenizerJson } from '../../../engine/tokenizers/tokenizer-json.ts';
import { chatPrompt } from '../../../main/engine-host/chat-prompt.ts';
import { chatTokenizerJson } from '../../engine/data/chat-goldens.ts';

const tokenizer = loadTokenizerJson(chatTokenizerJson);
const { settings } = presets[0]!;
const promptOf = (conversation: Conversation, context: number, maxNewTokens = 8) =>
  chatPrompt(
    {
      data: { ...settings.data, chatTemplate: 'chatml' },
      model: { ...settings.model, maxPositionEmbeddings: context },
    },
    tokenizer,
    conversation,
    maxNewTokens,
  );
const lengthOf = (text: string): number => tokenizer.encode(text).ids.length;

const turns = Array.from({ length: 6 }, (_, i): Conversation => [
  { role: 'user', content: `question ${i}` },
  { role: 'assistant', content: `answer ${i}` },
]).flat();
const question: Conversation = [{ role: 'user', content: 'the last question' }];

describe('a conversation', () => {
  it('that fits is given whole, laid out for an answer', () => {
    const { prompt, leftOutCount } = promptOf([...turns, ...question], 4_000);
    expect(leftOutCount).toBe(0);
    expect(prompt).toContain('question 0');
    expect(prompt).toMatch(/the last question<\|im_end\|>\s*<\|im_start\|>assistant\s*$/);
  });

  it('that does not fit loses whole turns from its beginning, and keeps room and what the system says', () => {
    const system: Conversation = [{ role: 'system', content: 'be brief' }];
    const whole = promptOf([...system, ...turns, ...question], 4_000);
    const context = lengthOf(whole.prompt) - 10;
    const { prompt, leftOutCount } = promptOf([...system, ...turns, ...question], context);
    expect(leftOutCount).toBeGreaterThan(0);
    expect(leftOutCount % 2).toBe(0);
    expect(lengthOf(prompt)).toBeLessThanOrEqual(context - 8);
    expect(prompt).toContain('be brief');
    expect(prompt).not.toContain('question 0');
    const kept = leftOutCount / 2;
    expect(prompt).toContain(`question ${kept}`);
    expect(prompt).not.toContain(`answer ${kept - 1}`);
  });

  it('is refused where the last message alone is longer than the context', () => {
    const alone = lengthOf(promptOf(question, 4_000).prompt);
    expect(promptOf([...turns, ...question], alone + 1).leftOutCount).toBe(turns.length);
    expect(() => promptOf([...turns, ...question], alone)).toThrow(
      expect.objectContaining({
        code: 'conversation-too-long',
        message: expect.stringContaining(`${alone} tokens`),
      }),
    );
  });
});
