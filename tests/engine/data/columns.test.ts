// Which columns are guessed for each task, and what is said where none fit.

import { describe, expect, it } from 'vitest';
import { guessColumns, type ColumnSource } from '../../../engine/data/columns.ts';
import { taskNames, type Task } from '../../../engine/tasks.ts';

function table(rows: readonly Record<string, unknown>[], textColumn = ''): ColumnSource {
  const columns = Object.keys(rows[0]!);
  return { kind: 'table', columns, rows, textColumn: textColumn || columns[0]! };
}
const repeated = (row: (i: number) => Record<string, unknown>): ColumnSource =>
  table(Array.from({ length: 20 }, (_, i) => row(i)));
const chosen = (inputColumn: string, targetColumn = '') => ({ inputColumn, targetColumn });

describe('columns of pairs', () => {
  it.each([
    ['two languages, the first is read', { en: 'a loom', de: 'ein Webstuhl' }, 'en', 'de'],
    ['languages among other columns', { id: '7', de: 'ein Webstuhl', en: 'a loom', n: 3 }, 'de', 'en'],
    ['customary names, whatever their order', { target: 'b', source: 'a' }, 'source', 'target'],
    ['names of summaries', { id: 'x', highlights: 'short', article: 'long' }, 'article', 'highlights'],
    ['capital letters and plurals', { Inputs: 'a', Outputs: 'b' }, 'Inputs', 'Outputs'],
    ['two texts of any name', { first: 'a', second: 'b', count: 3 }, 'first', 'second'],
    ['one customary name beside one other', { summary: 'b', original: 'a' }, 'original', 'summary'],
  ])('are found by %s', (_, row, input, target) => {
    expect(guessColumns('translate', table([row]))).toMatchObject({
      inputColumn: input,
      targetColumn: target,
      problems: [],
    });
  });

  it('that were chosen are kept, and the other is found', () => {
    const source = table([{ en: 'a', de: 'b' }]);
    expect(guessColumns('translate', source, chosen('de'))).toMatchObject(chosen('de', 'en'));
    expect(guessColumns('translate', source, chosen('', 'en'))).toMatchObject(chosen('de', 'en'));
    const three = table([{ a: '1', b: '2', c: '3' }]);
    expect(guessColumns('seq2seq', three, chosen('c', 'a'))).toMatchObject(chosen('c', 'a'));
  });

  it.each([
    [{ a: '1', b: '2', c: '3' }, chosen(''), /"a", "b", "c" do not tell/],
    [{ en: 'a', de: 'b' }, chosen('fr'), /no column "fr": there are "en", "de"/],
    [{ en: 'a', de: 'b' }, chosen('en', 'en'), /cannot be both/],
  ])('that are unclear are named: %j %j', (row, given, message) => {
    const { inputColumn, targetColumn, problems } = guessColumns('translate', table([row]), given);
    expect([inputColumn, targetColumn]).toEqual(['', '']);
    expect(problems[0]!.message).toMatch(message);
    expect(problems[0]!.hint).toContain('--input-column');
  });
});

describe('columns of a classification', () => {
  it.each([
    ['customary names', (i: number) => ({ label: i % 2, text: `text ${i}` }), 'text', 'label'],
    ['values that come again', (i: number) => ({ q: `a long text ${i}`, kind: i % 3 }), 'q', 'kind'],
    ['the longest text', (i: number) => ({ id: `${i}`, words: `words ${i}`, class: 'a' }), 'words', 'class'],
  ])('are found by %s', (_, row, input, target) => {
    expect(guessColumns('classify', repeated(row))).toMatchObject({
      inputColumn: input,
      targetColumn: target,
      problems: [],
    });
  });

  it('are unclear where every value is another', () => {
    const { problems } = guessColumns(
      'classify',
      repeated((i) => ({ a: `a ${i}`, b: `b ${i}` })),
    );
    expect(problems[0]!.message).toMatch(/do not tell the text from the class/);
  });
});

describe('columns of other tasks', () => {
  it('of hidden words are the text column', () => {
    const source = table([{ title: 'a', body: 'b' }], 'body');
    expect(guessColumns('mask', source)).toMatchObject(chosen('body'));
    expect(guessColumns('mask', source, chosen('title'))).toMatchObject(chosen('title'));
  });

  it('of conversations are those of their form, and guessed again they stay', () => {
    const alpaca = table([{ instruction: 'Say hi', input: '', output: 'hi' }]);
    const first = guessColumns('instruct', alpaca);
    expect(first).toMatchObject(chosen('instruction', 'output'));
    expect(first.guess).toContain('Alpaca');
    expect(guessColumns('instruct', alpaca, first)).toEqual(first);
    const messages = [{ role: 'user', content: 'hi' }, { role: 'assistant', content: 'ho' }]; // prettier-ignore
    const chat = guessColumns('chat', table([{ messages }]));
    expect(chat).toMatchObject(chosen('messages'));
    expect(guessColumns('chat', table([{ messages }]), chat)).toEqual(chat);
  });

  it('of conversations that are none say why', () => {
    const { problems } = guessColumns('chat', table([{ x: 'a', y: 'b' }]));
    expect(problems[0]!.message).toContain('"x", "y"');
  });

  it.each(taskNames.map((task) => [task, task === 'text' || task === 'mask'] as [Task, boolean]))(
    'of %s: one long text fits: %s',
    (task, fits) => {
      const { problems } = guessColumns(task, { kind: 'text', columns: [], rows: [], textColumn: '' });
      const isTold = problems.map(({ message }) => message.includes('needs a table with a column of'));
      expect(isTold).toEqual(fits ? [] : [true]);
    },
  );
});
