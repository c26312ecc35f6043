// @vitest-environment happy-dom
// The playground: who writes with what, what comes of it, what is remembered.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { getActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBridge } from '../../../renderer/bridge.ts';
import { runCommand } from '../../../renderer/commands/registry.ts';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import { createFakeStudio, type FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage } from '../mounted-page.ts';

interface AskedText {
  checkpoint: string;
  prompt: string;
  config: { temperature: number; seed: number; stopStrings: string[] };
}

let studio: FakeStudio;
let page: VueWrapper;

async function open(path = '/playground'): Promise<void> {
  ({ page } = await mountPage(path, { stubs: {}, shown: 'h1' }));
}

const prompt = () => page.find<HTMLTextAreaElement>('#playground-prompt');
async function press(text: string): Promise<void> {
  const found = page.findAll('button').find((one) => (one.attributes('aria-label') ?? one.text()) === text);
  if (!found) throw new Error(`There is no button "${text}".`);
  await found.trigger('click');
  await flushPromises();
}
async function write(): Promise<void> {
  const before = asked().length;
  await page.find('.compose form').trigger('submit');
  await vi.waitFor(() => expect(asked().length).toBeGreaterThan(before));
  await vi.waitFor(() => expect(page.find('.compose').text()).not.toContain('Stop writing'));
  await flushPromises();
}
const asked = () =>
  studio.asked.filter(({ name }) => name === 'generation.run').map(({ input }) => input as AskedText);

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => {
  page.unmount();
  document.body.replaceChildren();
});

describe('the playground', () => {
  it('says when there will be something to talk to', async () => {
    await open();
    expect(page.text()).toContain('No model has learned anything yet');
    expect(prompt().exists()).toBe(false);
    studio.addRun('amber-loom', 'running', 0);
    studio.advance(100);
    await flushPromises();
    expect(prompt().exists()).toBe(true);
  });

  it('writes from the best of the newest run and says by whom and how fast', async () => {
    studio.addRun('amber-loom', 'running', 250);
    await open();
    await prompt().setValue('The loom ');
    await write();
    expect(asked()).toMatchObject([{ checkpoint: 'run-1@best', prompt: 'The loom ' }]);
    const card = page.find('article');
    expect(card.attributes('aria-label')).toBe('amber-loom, step 200');
    expect(card.text()).toContain('The loom there was a lamp');
    expect(card.text()).toMatch(/\d+ tokens/);
  });

  it('comes with the checkpoint that the address names', async () => {
    studio.addRun('amber-loom', 'finished', 300);
    studio.addRun('olive-reed', 'finished', 100);
    await open('/playground?checkpoint=run-1@100');
    await write();
    expect(asked()[0]!.checkpoint).toBe('run-1@100');
  });

  it('lets two write from one prompt and one seed, side by side', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    studio.addRun('olive-reed', 'finished', 100);
    await open();
    await press('Compare with another');
    await write();
    const [first, second] = asked();
    expect(first!.checkpoint).not.toBe(second!.checkpoint);
    expect(second!.config).toEqual(first!.config);
    expect(page.findAll('article')).toHaveLength(2);
  });

  it('stops, keeps what was written, and lets the second not begin', async () => {
    studio = createFakeStudio({ textDelayMs: 20 });
    setBridge(studio);
    studio.addRun('amber-loom', 'finished', 200);
    await open();
    await press('Compare with another');
    await page.find('.compose form').trigger('submit');
    await vi.waitFor(() => expect(page.find('article').text()).toContain('there'));
    expect(runCommand('playground.stop')).toBe(true);
    await vi.waitFor(() => expect(page.find('.compose').text()).not.toContain('Stop writing'));
    expect(asked()).toHaveLength(1);
    expect(page.find('article').text()).toContain('ended early');
  });

  it('counts the tokens of the prompt and names a character that the model does not know', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    await open();
    await prompt().setValue('Once upon');
    await vi.waitFor(() => expect(page.find('.compose').text()).toContain('prompt: 9 tokens'));
    await prompt().setValue('Once ü');
    await vi.waitFor(() =>
      expect(page.find('.compose').text()).toContain('does not know the character “ü” at position 5'),
    );
  });

  it('shows a failure where the text would be, and writes again after it', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    await open();
    studio.failNext('generation.run', { code: 'device-lost', message: 'The device is gone.', hint: '' });
    await write();
    expect(page.find('article [role=alert]').text()).toContain('The device is gone.');
    expect(page.findAll('.entry')).toHaveLength(0);
    await write();
    expect(page.find('article [role=alert]').exists()).toBe(false);
  });

  it('takes another seed each time, unless told to keep it', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    await open();
    await write();
    await page.find('[role=switch][aria-label="Another seed each time"]').trigger('click');
    await write();
    await write();
    const seeds = asked().map(({ config }) => config.seed);
    expect(seeds[1]).toBe(seeds[0]);
    expect(seeds[2]).toBe(seeds[1]);
    expect(seeds[0]).not.toBe(1337);
  });

  it('sends stop strings as they were meant', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    await open();
    await page.find('#stop-string').setValue('\\n\\n');
    await page.find('.stops').trigger('submit');
    await write();
    expect(asked()[0]!.config.stopStrings).toEqual(['\n\n']);
    await press('Remove the stop string “\\n\\n”');
    await write();
    expect(asked()[1]!.config.stopStrings).toEqual([]);
  });

  it('remembers prompt, settings and history over a reload, and uses one of them again', async () => {
    studio.addRun('amber-loom', 'finished', 200);
    await open();
    await prompt().setValue('First ');
    await write();
    const { seed } = asked()[0]!.config;
    await prompt().setValue('Second ');
    await write();
    page.unmount();
    await flushPromises();
    await open();
    await vi.waitFor(() => expect(page.findAll('.entry')).toHaveLength(2));
    expect(prompt().element.value).toBe('Second ');
    await page
      .findAll('.entry')[1]!
      .findAll('button')
      .find((one) => one.text() === 'Use again')!
      .trigger('click');
    expect(prompt().element.value).toBe('First ');
    await write();
    expect(asked().at(-1)).toMatchObject({ checkpoint: 'run-1@200', prompt: 'First ', config: { seed } });
  });

  it('deletes from the history and brings it back by undo', async () => {
    studio.addRun('amber-loom', 'finished', 100);
    await open();
    await write();
    await write();
    expect(page.findAll('.entry')).toHaveLength(1);
    await press('Delete from the history');
    expect(page.findAll('.entry')).toHaveLength(0);
    const toasts = useToastsStore(getActivePinia());
    await toasts.toasts.at(-1)!.undo!();
    await flushPromises();
    expect(page.findAll('.entry')).toHaveLength(1);
  });
});

describe('a conversation', () => {
  interface AskedTurn extends AskedText {
    messages: { role: string; content: string }[];
  }
  const turnsAsked = () => asked() as AskedTurn[];
  const message = () => page.find<HTMLTextAreaElement>('#playground-message');
  const said = () => page.findAll('.bubble .written').map((one) => one.text());
  const answers = () => page.findAll('.answer').map((one) => one.text());
  async function say(text: string): Promise<void> {
    const before = asked().length;
    await message().setValue(text);
    await message().trigger('keydown', { key: 'Enter' });
    await vi.waitFor(() => expect(asked().length).toBeGreaterThan(before));
    await untilAnswered();
  }
  async function untilAnswered(): Promise<void> {
    await vi.waitFor(() => expect(page.text()).not.toContain('Stop writing'), { timeout: 10_000 });
    await flushPromises();
  }
  async function openChat(): Promise<void> {
    studio.addRun('amber-loom', 'finished', 100, { task: 'chat' });
    await open();
  }

  it('keeps its turns: each message is sent with what was said before it', async () => {
    await openChat();
    await say('What is a loom?');
    await say('And a heddle?');
    const [first, second] = turnsAsked();
    expect([first!.prompt, first!.messages]).toEqual(['What is a loom?', []]);
    expect(second!.prompt).toBe('And a heddle?');
    expect(second!.messages).toEqual([
      { role: 'user', content: 'What is a loom?' },
      { role: 'assistant', content: expect.stringContaining('there was a lamp') },
    ]);
    expect(said()).toEqual(['What is a loom?', 'And a heddle?']);
    expect(answers()).toHaveLength(2);
    expect(message().element.value).toBe('');
  });

  it('begins a line with Shift and Enter, and sends nothing that is empty or still composed', async () => {
    await openChat();
    await message().setValue('A loom');
    await message().trigger('keydown', { key: 'Enter', shiftKey: true });
    await message().trigger('keydown', { key: 'Enter', isComposing: true });
    await message().setValue('   ');
    await message().trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(asked()).toHaveLength(0);
  });

  it('tells the model first what the system prompt says', async () => {
    await openChat();
    await press('System prompt');
    await page.find('#playground-system').setValue('You are a weaver.');
    await say('Hello');
    expect(turnsAsked()[0]!.messages).toEqual([{ role: 'system', content: 'You are a weaver.' }]);
  });

  it('answers the last message anew, and takes another in its place', async () => {
    await openChat();
    await say('One');
    await say('Two');
    await press('Answer again');
    await vi.waitFor(() => expect(asked()).toHaveLength(3));
    await untilAnswered();
    expect([turnsAsked()[2]!.prompt, turnsAsked()[2]!.messages.length]).toEqual(['Two', 2]);
    await message().trigger('keydown', { key: 'ArrowUp' });
    expect(message().element.value).toBe('Two');
    await say('Three');
    expect(said()).toEqual(['One', 'Three']);
    expect(turnsAsked()[3]!.messages).toHaveLength(2);
  });

  it('is cleared with a way back, and survives a reload', async () => {
    await openChat();
    await say('One');
    await press('Clear');
    expect(said()).toEqual([]);
    await useToastsStore().undo();
    await flushPromises();
    expect(said()).toEqual(['One']);
    page.unmount();
    await open();
    await vi.waitFor(() => expect(said()).toEqual(['One']));
    expect(answers()[0]).toContain('there was a lamp');
  });

  it('gives each of two models what it has said itself', async () => {
    studio.addRun('olive-reed', 'finished', 100, { task: 'instruct' });
    await openChat();
    await say('One');
    await press('Compare with another');
    await say('Two');
    expect(turnsAsked().map(({ messages }) => messages.length)).toEqual([0, 2, 0]);
    expect(page.findAll('.answers.two .answer')).toHaveLength(2);
  });

  it('says which turns were left out, and shows a failure with a way to try again', async () => {
    await openChat();
    await say('One');
    studio.leaveOut(2);
    await say('Two');
    expect(page.find('.border').text()).toContain('nothing was read for the last answer');
    expect(answers()[1]).toContain('without the first 2 messages');
    const failure = { code: 'conversation-too-long', message: 'The last message is 900 tokens.', hint: '' };
    studio.failNext('generation.run', failure);
    await say('Three');
    expect(page.find('.answer [role=alert]').text()).toContain('900 tokens');
    await press('Answer again');
    await vi.waitFor(() => expect(asked()).toHaveLength(4));
    await untilAnswered();
    expect(page.find('.answer [role=alert]').exists()).toBe(false);
  });
});
