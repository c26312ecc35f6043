// The help of a command, made from its table of flags.

import { commonFlags, type Command } from './command.ts';
import type { Flag } from './flags.ts';
import { programName } from './program-name.ts';

/** Lines of help for one command. */
export function commandHelp(command: Command): string[] {
  return [
    command.summary,
    '',
    ...command.usage.map((usage, i) => `${i === 0 ? 'usage: ' : '       '}${programName()} ${usage}`),
    '',
    ...flagLines([...command.flags, ...commonFlags]),
  ];
}

/** Lines of help for all commands. */
export function overallHelp(commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Heddle trains transformers on any computer.',
    '',
    `usage: ${programName()} COMMAND [flags]`,
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `Each command has its own help: ${programName()} train --help`,
  ];
}

function flagLines(flags: readonly Flag[]): string[] {
  const heads = flags.map((flag) => `  --${flag.name}${valueText(flag)}`);
  const width = Math.min(44, Math.max(...heads.map((head) => head.length)));
  return flags.map(
    (flag, i) => `${heads[i]!.padEnd(width)}  ${flag.help}${limitsText(flag)}${synonymsText(flag)}`,
  );
}

function valueText({ type, valueName, choices }: Flag): string {
  if (type === 'boolean') return '';
  if (type === 'choice') return ` ${choices!.join('|')}`;
  return ` ${valueName ?? (type === 'text' ? 'TEXT' : 'N')}`;
}

function synonymsText({ synonyms = [] }: Flag): string {
  return synonyms.length > 0 ? ` Also ${synonyms.map((name) => `--${name}`).join(', ')}.` : '';
}

function limitsText({ minimum, maximum, default: value }: Flag): string {
  const parts: string[] = [];
  if (minimum !== undefined && maximum !== undefined) parts.push(`${minimum} to ${maximum}`);
  if (value !== undefined && value !== '') parts.push(`default ${value}`);
  return parts.length > 0 ? ` [${parts.join(', ')}]` : '';
}
