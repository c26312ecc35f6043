// The work of a command: only its own progress is shown, and a request to end the command cancels it by its name.

import { describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../../engine/index.ts';
import type { CommandContext } from '../../../main/cli/command.ts';
import { asOperation } from '../../../main/cli/progress.ts';
import { Output } from '../../../main/cli/output.ts';
import { EventBus } from '../../../main/studio/event-bus.ts';
import { Operations } from '../../../main/studio/operations.ts';

/** A command whose studio does nothing but operations; `said` is what it writes for people. */
function commandWith(bus: EventBus, operations: Operations): { context: CommandContext; said: string[] } {
  const said: string[] = [];
  const output = new Output(false);
  vi.spyOn(output, 'note').mockImplementation((text) => void said.push(text));
  vi.spyOn(output, 'status').mockImplementation((text) => void said.push(text));
  const studio = {
    on: bus.on.bind(bus),
    call: async (_: string, input: { operationId: string }) =>
      operations.handlers['operations.cancel'](input),
  };
  const context = { output, values: new Map(), positionals: [], home: '', studio: async () => studio };
  return { context: context as unknown as CommandContext, said };
}

describe('the work of a command', () => {
  it('shows its own progress and nobody else’s', async () => {
    const bus = new EventBus();
    const operations = new Operations(bus);
    const { context, said } = commandWith(bus, operations);
    const code = await asOperation(context, 'export', (_, operationId) =>
      operations.run(operationId, async ({ onProgress }) => {
        onProgress('Exporting', null);
        for (const other of ['page-1', undefined]) {
          await operations.run(other, async (others) => others.onProgress('Importing a.txt', 0.2));
        }
        onProgress('Exporting', 0.5);
      }),
    );
    expect([code, said]).toEqual([0, ['Exporting', 'Exporting: 50 %']]);
  });

  it('is cancelled when the command is to end, which its exit code says', async () => {
    const bus = new EventBus();
    const operations = new Operations(bus);
    const { context, said } = commandWith(bus, operations);
    const code = asOperation(context, 'import', (_, operationId) =>
      operations.run(operationId, ({ signal }) => {
        setTimeout(() => process.emit('SIGHUP'));
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      }),
    );
    expect(await code).toBe(130);
    expect(said.join()).toContain('cancelled');
  });

  it('that fails by itself throws', async () => {
    const bus = new EventBus();
    const { context } = commandWith(bus, new Operations(bus));
    const failing = asOperation(context, 'eval', () => {
      throw new EngineError('x', 'It failed.', { hint: 'None.' });
    });
    await expect(failing).rejects.toMatchObject({ code: 'x' });
  });
});
