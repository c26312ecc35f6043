// Work with names: cancelled and heard of by them, never twice at once; and all work, which closing ends.

import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../main/studio/event-bus.ts';
import { Operations, type Doing } from '../../../main/studio/operations.ts';

const untilAborted = ({ signal }: Pick<Doing, 'signal'>): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('an operation', () => {
  it('ends when its name is cancelled, and only then', async () => {
    const operations = new Operations(new EventBus());
    const one = operations.run('one', untilAborted);
    const two = operations.run('two', async ({ signal }) => {
      await operations.handlers['operations.cancel']({ operationId: 'one' });
      return signal.aborted;
    });
    await expect(one).rejects.toMatchObject({ code: 'operation-cancelled' });
    expect(await two).toBe(false);
  });

  it('has a name of its own while it runs', async () => {
    const operations = new Operations(new EventBus());
    const first = operations.run('one', untilAborted);
    await expect(operations.run('one', () => Promise.resolve(1))).rejects.toMatchObject({
      code: 'operation-busy',
    });
    operations.cancelAll();
    await expect(first).rejects.toMatchObject({ code: 'operation-cancelled' });
    expect(await operations.run('one', () => Promise.resolve(2))).toBe(2);
  });

  it('may have no name, and an unknown name is no mistake', async () => {
    const operations = new Operations(new EventBus());
    expect(await operations.run(undefined, ({ signal }) => Promise.resolve(signal.aborted))).toBe(false);
    expect(operations.handlers['operations.cancel']({ operationId: 'none' })).toEqual({});
  });

  it('without a name ends with the others when everything is to end', async () => {
    const operations = new Operations(new EventBus());
    const works = [undefined, undefined, 'named'].map((name) => operations.run(name, untilAborted));
    operations.cancelAll();
    for (const work of works) await expect(work).rejects.toMatchObject({ code: 'operation-cancelled' });
  });

  it('says how far it is with its name, or with none', async () => {
    const bus = new EventBus();
    const heard: unknown[] = [];
    bus.on('progress', (data) => heard.push(data));
    const operations = new Operations(bus);
    for (const name of ['one', undefined]) {
      await operations.run(name, async ({ onProgress }) => onProgress('Weaving', 0.5));
    }
    expect(heard).toEqual([
      { operationId: 'one', title: 'Weaving', value: 0.5 },
      { operationId: null, title: 'Weaving', value: 0.5 },
    ]);
  });
});
