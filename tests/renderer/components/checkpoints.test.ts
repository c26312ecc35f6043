// @vitest-environment happy-dom
// The checkpoints' page: what it lists, what its buttons ask for, how it asks before it deletes, and an export
// from the dialog to the file.

import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { getActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBridge } from '../../../renderer/bridge.ts';
import { commands, runCommand } from '../../../renderer/commands/registry.ts';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import type { FakeStudio } from '../fake-studio.ts';
import { freshStudio, mountPage, patient } from '../mounted-page.ts';

let studio: FakeStudio;
let page: VueWrapper;
/** Addresses that were gone to. */
let visited: string[];

async function open(path: string): Promise<void> {
  visited = [];
  ({ page } = await mountPage(path, { stubs: {}, shown: 'h1', onVisit: (address) => visited.push(address) }));
}

const rows = () => page.findAll('tbody tr').map((row) => row.text());
/** Anywhere in the document: dialogs stand at its end. */
const button = (text: string) =>
  [...document.querySelectorAll<HTMLButtonElement>('button')].filter(
    (one) => one.textContent?.trim() === text,
  );
async function press(text: string): Promise<void> {
  const [found] = button(text).toReversed();
  if (!found) throw new Error(`There is no button "${text}".`);
  found.click();
  await flushPromises();
}
const asked = (name: string) => studio.asked.filter((one) => one.name === name).map(({ input }) => input);
const toasts = () => useToastsStore(getActivePinia()).toasts;

beforeEach(() => {
  studio = freshStudio();
});
afterEach(() => {
  page.unmount();
  document.body.replaceChildren();
});

describe('the checkpoints', () => {
  it('teach what they are while there are none', async () => {
    await open('/checkpoints');
    expect(page.text()).toContain('A checkpoint is a model as it was at one step of a run.');
    await press('Open weights from a folder');
    await vi.waitFor(() => expect(asked('weights.open')).toHaveLength(1));
  });

  it('list those of all runs with opened weights, and come and go by themselves', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 200);
    studio.home.weights.set('w1', {
      id: 'w1',
      name: 'tiny stories',
      modelType: 'llama',
      parameterCount: 15e6,
      sizeBytes: 60e6,
      sourceName: 'stories15M',
      createdAtMs: 1,
    });
    await open('/checkpoints');
    expect(rows()).toHaveLength(3);
    expect(rows().at(-1)).toContain('tiny stories');
    studio.advance(100);
    await flushPromises();
    expect(rows()).toHaveLength(4);
    expect(rows()[0]).toContain('300');
    studio.emit('run.checkpointRemoved', { runId: id, step: 300 });
    await flushPromises();
    expect(rows()).toHaveLength(3);
  });

  it('open beside the table by address, and begin a run', async () => {
    const { id } = studio.addRun('amber-loom', 'finished', 200);
    await open(`/checkpoints?checkpoint=${id}@100`);
    const panel = page.find('aside[aria-label="amber-loom, step 100"]');
    expect(panel.text()).toContain('Perplexity');
    await press('Fine-tune from here');
    const address = `/new?from=${id}@100&mode=weights`;
    await vi.waitFor(() => expect(visited).toContain(address), patient);
  });

  it('are forked and talked to by their commands', async () => {
    const { id } = studio.addRun('amber-loom', 'finished', 100);
    await open(`/checkpoints?checkpoint=${id}@100`);
    expect(commands.value.some(({ id: one }) => one === 'checkpoint.export')).toBe(true);
    expect(runCommand('checkpoint.fork')).toBe(true);
    const address = `/new?from=${id}@100&mode=fork`;
    await vi.waitFor(() => expect(visited).toContain(address), patient);
  });

  it('are kept, and let go again by undo', async () => {
    const { id } = studio.addRun('amber-loom', 'finished', 100);
    await open(`/checkpoints?checkpoint=${id}@100`);
    await press('Keep');
    expect(page.find('tbody').text()).toContain('kept');
    await toasts()[0]!.undo!();
    await flushPromises();
    expect(page.find('tbody').text()).not.toContain('kept');
    expect(asked('checkpoints.mark')).toEqual([
      { runId: id, step: 100, isMarked: true },
      { runId: id, step: 100, isMarked: false },
    ]);
  });

  it('are deleted only after a question, and say why they cannot be', async () => {
    const { id } = studio.addRun('amber-loom', 'finished', 200);
    await open(`/checkpoints?checkpoint=${id}@100`);
    await press('Delete');
    await press('Cancel');
    expect(asked('checkpoints.remove')).toEqual([]);
    studio.failNext('checkpoints.remove', {
      code: 'checkpoint-needed',
      message: 'The run goes on from it.',
      hint: 'Stop the run first.',
    });
    await press('Delete');
    await press('Delete the checkpoint');
    expect(toasts().at(-1)!.text).toContain('The run goes on from it.');
    expect(rows()).toHaveLength(2);
    await press('Delete');
    await press('Delete the checkpoint');
    expect(rows()).toHaveLength(1);
  });

  it('are narrowed, and what is narrowed survives a reload', async () => {
    studio.addRun('amber-loom', 'finished', 200);
    studio.addRun('olive-reed', 'finished', 100);
    await open('/checkpoints');
    await page.find('input[type=search]').setValue('amber');
    expect(rows()).toHaveLength(2);
    expect(page.text()).toContain('2 of 3');
    page.unmount();
    await flushPromises();
    await open('/checkpoints');
    await vi.waitFor(() => expect(rows()).toHaveLength(2));
    await page.find('input[type=search]').setValue('nothing');
    await press('Show all');
    expect(rows()).toHaveLength(3);
  });

  it('are compared two by two, and both write from one prompt with one seed', async () => {
    studio.addRun('amber-loom', 'finished', 200);
    await open('/checkpoints');
    for (const box of page.findAll('tbody [role=checkbox]')) await box.trigger('click');
    await press('Compare the two');
    const dialog = document.querySelector('[role=dialog]')!;
    expect(dialog.textContent).toContain('both have the same settings');
    expect(dialog.textContent).toContain('Validation loss');
    await press('Let both write');
    await vi.waitFor(() => expect(dialog.querySelectorAll('pre[aria-label="Written text"]')).toHaveLength(2));
    const [first, second] = asked('generation.run') as { prompt: string; config: { seed: number } }[];
    expect([second!.prompt, second!.config.seed]).toEqual([first!.prompt, first!.config.seed]);
  });
});

describe('an export', () => {
  async function openDialog(): Promise<void> {
    const { id } = studio.addRun('amber-loom', 'finished', 100);
    await open(`/checkpoints?checkpoint=${id}@100`);
    await press('Export');
  }
  const dialog = () => document.querySelector('[role=dialog]')!;

  it('says the size of each element type before, and what was verified after', async () => {
    await openDialog();
    expect(dialog().textContent).toContain('about 3.2 MB');
    expect(dialog().textContent).toContain('about 1.6 MB');
    dialog().querySelector<HTMLInputElement>('input[value=pth]')!.click();
    dialog().querySelector<HTMLInputElement>('input[value=f16]')!.click();
    await flushPromises();
    dialog()
      .querySelector('form')!
      .dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(dialog().textContent).toContain('28 tensors were read back'));
    expect(asked('export.run')).toMatchObject([
      { checkpoint: 'run-1@100', format: 'pth', elementType: 'f16' },
    ]);
    expect(studio.delivered).toEqual([{ downloadId: 'download-pth', name: 'amber-loom-100-pth' }]);
    expect(dialog().textContent).toContain('after rounding to f16');
    expect(dialog().textContent).toContain('from model import model');
  });

  it('offers the forms that fit with the number formats they hold, and says why another does not', async () => {
    await openDialog();
    const inputs = (name: string) => [...dialog().querySelectorAll<HTMLInputElement>(`input[name=${name}]`)];
    const values = (name: string, isDisabled = false) =>
      inputs(name).flatMap(({ value, disabled }) => (disabled === isDisabled ? [value] : []));
    await vi.waitFor(() => expect(values('export-format')).toEqual(['huggingface', 'pth', 'torchrun']));
    expect(values('export-format', true)).toEqual(['peft']);
    expect(dialog().textContent).toContain('This checkpoint has no adapter.');
    dialog().querySelector<HTMLInputElement>('input[value=bf16]')!.click();
    await flushPromises();
    dialog().querySelector<HTMLInputElement>('input[value=torchrun]')!.click();
    await flushPromises();
    expect(inputs('export-element').map(({ checked }) => checked)).toEqual([true]);
    expect(values('export-element')).toEqual(['f32']);
  });

  it('says why it failed and can be tried again', async () => {
    await openDialog();
    studio.failNext('export.run', { code: 'export-damaged', message: 'It was read back wrong.', hint: '' });
    const submit = () =>
      dialog()
        .querySelector('form')!
        .dispatchEvent(new Event('submit', { cancelable: true }));
    submit();
    await vi.waitFor(() => expect(dialog().textContent).toContain('It was read back wrong.'));
    expect(dialog().textContent).not.toContain('Done.');
    expect(studio.delivered).toEqual([]);
    submit();
    await vi.waitFor(() => expect(dialog().textContent).toContain('Done.'));
  });

  it('goes into a chosen folder on the desktop, and is shown there', async () => {
    setBridge({ ...studio, host: 'desktop' });
    await openDialog();
    await press('Choose a folder');
    expect(dialog().textContent).toContain('Into out');
    dialog()
      .querySelector('form')!
      .dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(dialog().textContent).toContain('Done.'));
    expect(asked('export.run')).toMatchObject([{ outPath: 'ticket:out' }]);
    expect(studio.delivered).toEqual([]);
    await press('Show in folder');
    expect(studio.delivered).toHaveLength(1);
  });
});
