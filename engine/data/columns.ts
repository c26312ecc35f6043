// Which columns of a dataset a task reads and learns, guessed from their names and from what the first rows
// hold. Decides nothing for anybody: what is guessed is shown, and can be chosen otherwise.

import type { SettingProblem } from '../setting-problem.ts';
import { tasks, type Task } from '../tasks.ts';
import { guessConversationForm, type ChosenColumns, type ConversationRow } from './conversation.ts';

/** What is known of a dataset. */
export interface ColumnSource {
  readonly kind: 'text' | 'table';
  readonly columns: readonly string[];
  /** Its first rows by column. */
  readonly rows: readonly ConversationRow[];
  /** The column that is trained on as text; empty for a text. */
  readonly textColumn: string;
}

export interface ColumnGuess {
  /** Empty where none fits or the task has none. */
  readonly inputColumn: string;
  readonly targetColumn: string;
  /** What was found, in words. */
  readonly guess: string;
  /** Why the dataset does not suit the task; empty when it does. */
  readonly problems: readonly SettingProblem[];
}

/** Customary names, the likeliest first. */
const customary = {
  source: ['source', 'src', 'document', 'article', 'input', 'text', 'question', 'prompt', 'context'],
  target: [
    'target',
    'tgt',
    'translation',
    'summary',
    'highlights',
    'output',
    'answer',
    'completion',
    'response',
  ],
  text: ['text', 'sentence', 'content', 'review', 'body', 'message', 'document', 'comment', 'title', 'input'],
  class: [
    'label',
    'class',
    'category',
    'sentiment',
    'intent',
    'topic',
    'emotion',
    'target',
    'rating',
    'stars',
  ],
} as const;

/** A column with more of its values distinct than this share holds no classes. */
const mostDistinctShare = 0.5;
const longestClass = 60;

/** The columns for a task; those that were chosen are kept where they are there. */
export function guessColumns(
  task: Task,
  source: ColumnSource,
  chosen: ChosenColumns = { inputColumn: '', targetColumn: '' },
): ColumnGuess {
  if (source.kind === 'text') return ofText(task);
  const missing = [chosen.inputColumn, chosen.targetColumn].find(
    (name) => name !== '' && !source.columns.includes(name),
  );
  if (missing !== undefined) {
    const path = missing === chosen.inputColumn ? 'data.inputColumn' : 'data.targetColumn';
    return none(path, `There is no column "${missing}": there are ${listed(source.columns)}.`);
  }
  switch (task) {
    case 'text':
      return found('', '', `The text of the column "${source.textColumn}"`);
    case 'mask':
      return ofMask(source, chosen);
    case 'classify':
      return ofClasses(source, chosen);
    case 'translate':
    case 'seq2seq':
      return ofPairs(task, source, chosen);
    case 'instruct':
    case 'chat':
      return ofChat(source, chosen);
    default:
      return task satisfies never;
  }
}

function ofText(task: Task): ColumnGuess {
  if (task === 'text' || task === 'mask') return found('', '', 'One text without columns');
  const { label, input, target } = tasks[task];
  const wanted = target === null ? `a column of ${input}` : `a column of ${input} and one of ${target}`;
  return {
    ...found('', '', ''),
    problems: [
      {
        path: '',
        message: `${label} needs a table with ${wanted}; this dataset is one long text.`,
        hint: 'Choose a table (CSV, JSON lines, Parquet, or two aligned files), or the task text or mask.',
      },
    ],
  };
}

function ofMask({ textColumn }: ColumnSource, { inputColumn }: ChosenColumns): ColumnGuess {
  const column = inputColumn || textColumn;
  return found(column, '', `Tokens of "${column}" are hidden and filled in`);
}

function ofClasses(source: ColumnSource, { inputColumn, targetColumn }: ChosenColumns): ColumnGuess {
  const others = without(source.columns, inputColumn);
  const target = targetColumn || named(others, customary.class) || fewestValues(source.rows, others);
  const rest = without(source.columns, target);
  const input = inputColumn || named(rest, customary.text) || longest(source.rows, rest);
  if (target === '' || input === '') {
    return unclear(source, inputColumn, 'the text from the class');
  }
  if (input === target) return same(input);
  return found(input, target, `"${input}" is read, "${target}" names its class`);
}

function ofPairs(
  task: Task,
  { columns, rows }: ColumnSource,
  { inputColumn, targetColumn }: ChosenColumns,
): ColumnGuess {
  if (inputColumn !== '' && inputColumn === targetColumn) return same(inputColumn);
  const textual = columns.filter((column) => holdsTexts(rows, column));
  const languages = textual.filter(isLanguage);
  let input = inputColumn || named(without(textual, targetColumn), customary.source);
  let target = targetColumn || named(without(textual, input), customary.target);
  if (input === '' || target === '') {
    // Two of one kind stand in the order in which they were written: the first is read.
    const [first = '', second = ''] =
      languages.length === 2 ? languages : textual.length === 2 ? textual : [];
    input ||= first === target ? second : first;
    target ||= second === input ? first : second;
  }
  if (input === '' || target === '' || input === target) {
    return unclear({ columns }, inputColumn, 'what is read from what is written');
  }
  const isTranslated = task === 'translate';
  return found(
    input,
    target,
    isTranslated ? `"${input}" is translated into "${target}"` : `"${input}" is read, "${target}" is written`,
  );
}

function ofChat({ columns, rows }: ColumnSource, chosen: ChosenColumns): ColumnGuess {
  const { source, ...why } = guessConversationForm(columns, rows, chosen);
  if (source === null) {
    const reason = 'reason' in why ? why.reason : '';
    return none(chosen.inputColumn === '' ? 'data.inputColumn' : 'data.targetColumn', reason);
  }
  return found(source.inputColumn, source.targetColumn ?? '', source.label);
}

function found(inputColumn: string, targetColumn: string, guess: string): ColumnGuess {
  return { inputColumn, targetColumn, guess, problems: [] };
}

function none(path: string, message: string): ColumnGuess {
  const hint = 'Choose the input column and the target column (--input-column, --target-column).';
  return { ...found('', '', ''), problems: [{ path, message, hint }] };
}

function unclear({ columns }: Pick<ColumnSource, 'columns'>, inputColumn: string, what: string): ColumnGuess {
  const path = inputColumn === '' ? 'data.inputColumn' : 'data.targetColumn';
  return none(path, `The columns ${listed(columns)} do not tell ${what}.`);
}

function same(column: string): ColumnGuess {
  return none('data.targetColumn', `The column "${column}" cannot be both read and learned.`);
}

function named(columns: readonly string[], names: readonly string[]): string {
  const wordsOf = (column: string): string => column.trim().toLowerCase();
  for (const name of names) {
    const column = columns.find((one) => wordsOf(one) === name || wordsOf(one) === `${name}s`);
    if (column !== undefined) return column;
  }
  return '';
}

/** Names such as en, de-DE or zh_CN; a column named id numbers its rows. */
function isLanguage(column: string): boolean {
  return /^(?!id$)[a-z]{2}([-_][a-z]{2,4})?$/i.test(column.trim());
}

const valuesOf = (rows: readonly ConversationRow[], column: string): unknown[] =>
  rows.flatMap((row) => (Object.hasOwn(row, column) ? [row[column]] : [])).filter((value) => value !== null);

function holdsTexts(rows: readonly ConversationRow[], column: string): boolean {
  const values = valuesOf(rows, column);
  return values.length > 0 && values.every((value) => typeof value === 'string');
}

/** The column of short values that come again and again; empty where there is none. */
function fewestValues(rows: readonly ConversationRow[], columns: readonly string[]): string {
  let best = '';
  let fewest = Math.max(2, rows.length * mostDistinctShare);
  for (const column of columns) {
    const values = valuesOf(rows, column).map(String);
    const distinct = new Set(values).size;
    if (distinct < 2 || distinct > fewest || values.some((value) => value.length > longestClass)) continue;
    if (distinct === fewest && best !== '') continue;
    best = column;
    fewest = distinct;
  }
  return best;
}

/** The column with the longest texts; empty where none holds texts. */
function longest(rows: readonly ConversationRow[], columns: readonly string[]): string {
  const length = (column: string): number =>
    valuesOf(rows, column).reduce<number>((sum, value) => sum + String(value).length, 0);
  const textual = columns.filter((column) => holdsTexts(rows, column));
  return textual.reduce((best, column) => (best === '' || length(column) > length(best) ? column : best), '');
}

function without(columns: readonly string[], taken: string): readonly string[] {
  return columns.filter((column) => column !== taken);
}

function listed(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ');
}
