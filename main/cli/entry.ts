// The terminal's entry: finds the command, reads its arguments, carries it out and ends with its exit code.

import { connectStudio, type ConnectedStudio } from '../owner/connect.ts';
import { toFailure } from '../studio/failure.ts';
import { homeFolder } from '../studio/home.ts';
import { commonFlags, text, type Command } from './command.ts';
import { bench } from './commands/bench.ts';
import { datasets } from './commands/datasets.ts';
import { doctor } from './commands/doctor.ts';
import { evaluate } from './commands/eval.ts';
import { exportModel } from './commands/export.ts';
import { generate } from './commands/generate.ts';
import { importWeights } from './commands/import.ts';
import { inspect } from './commands/inspect.ts';
import { runs } from './commands/runs.ts';
import { serve } from './commands/serve.ts';
import { train } from './commands/train.ts';
import { exitCodes } from './exit-codes.ts';
import { parseArguments } from './flags.ts';
import { commandHelp, overallHelp } from './help.ts';
import { nearest } from './nearest.ts';
import { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

const commands: readonly Command[] = [
  train,
  generate,
  evaluate,
  inspect,
  exportModel,
  importWeights,
  datasets,
  runs,
  doctor,
  bench,
  serve,
];

/** Carries out one command line; resolves with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const output = new Output(args.includes('--json'));
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === '--help' || name === 'help') {
      for (const line of overallHelp(commands)) output.line(line);
      return name === undefined ? exitCodes.usage : exitCodes.done;
    }
    return await runCommand(findCommand(name), rest, output);
  } catch (error) {
    if (error instanceof UsageError) {
      output.failure({ code: 'usage', message: error.message, hint: error.hint });
      return exitCodes.usage;
    }
    output.failure(toFailure(error));
    return exitCodes.failed;
  }
}

function findCommand(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command) return command;
  const names = commands.map((one) => one.name);
  const near = nearest(name, names);
  throw new UsageError(
    `There is no command "${name}".`,
    near ? `Did you mean ${near}?` : `There are ${names.join(', ')}.`,
  );
}

async function runCommand(command: Command, args: readonly string[], output: Output): Promise<number> {
  const parsed = parseArguments(args, [...command.flags, ...commonFlags]);
  if (parsed.values.has('help')) {
    for (const line of commandHelp(command)) output.line(line);
    return exitCodes.done;
  }
  const home = homeFolder(text(parsed.values, 'home'));
  let connection: Promise<ConnectedStudio> | null = null;
  const studio = (): Promise<ConnectedStudio> =>
    (connection ??= connectStudio(home, { startQueue: command.startsQueue }));
  try {
    return await command.run({ ...parsed, output, home, studio });
  } finally {
    output.clearStatus();
    await (connection as Promise<ConnectedStudio> | null)
      ?.then((open) => open.close())
      .catch(() => undefined);
  }
}

// A reader that has seen enough (`heddle runs | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(process.argv.slice(2));
