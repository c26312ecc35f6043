// Work with names: cancelled by them, never twice at once; and results by the ids that were given for them.

import { describe, expect, it } from 'vitest';
import { Operations } from '../../../main/studio/operations.ts';
import { Outbox } from '../../../main/studio/outbox.ts';

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('an operation', () => {
  it('ends when its name is cancelled, and only then', async () => {
    const operations = new Operations();
    const one = operations.run('one', untilAborted);
    const two = operations.run('two', async (signal) => {
      await operations.handlers['operations.cancel']({ operationId: 'one' });
      return signal.aborted;
    });
    await expect(one).rejects.toMatchObject({ code: 'operation-cancelled' });
    expect(await two).toBe(false);
  });

  it('has a name of its own while it runs', async () => {
    const operations = new Operations();
    const first = operations.run('one', untilAborted);
    await expect(operations.run('one', () => Promise.resolve(1))).rejects.toMatchObject({
      code: 'operation-busy',
    });
    operations.cancelAll();
    await expect(first).rejects.toMatchObject({ code: 'operation-cancelled' });
    expect(await operations.run('one', () => Promise.resolve(2))).toBe(2);
  });

  it('may have no name, and an unknown name is no mistake', async () => {
    const operations = new Operations();
    expect(await operations.run(undefined, (signal) => Promise.resolve(signal.aborted))).toBe(false);
    expect(operations.handlers['operations.cancel']({ operationId: 'none' })).toEqual({});
  });
});

describe('the outbox', () => {
  it('gives a path for its own ids alone', () => {
    const outbox = new Outbox();
    const ids = ['/a', '/b'].map((path) => outbox.add(path));
    expect(ids.map((id) => outbox.find(id))).toEqual(['/a', '/b']);
    expect(outbox.find('/a')).toBeNull();
    expect(outbox.find('__proto__')).toBeNull();
  });
});
