// Where everything of a user is kept: the folder named by --home or HEDDLE_HOME, else the platform's data
// folder, and the places inside it. Creates folders; must not read or write what they hold.

import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { EngineError } from '../../engine/index.ts';

export interface HomePaths {
  readonly home: string;
  readonly databaseFile: string;
  readonly backupsFolder: string;
  readonly ownerFile: string;
  readonly datasetsFolder: string;
  readonly runsFolder: string;
  /** Opened weights of other programs, a folder each. */
  readonly weightsFolder: string;
  /** Exports that were given no place of their own. */
  readonly exportsFolder: string;
  /** What is being loaded from the Hub, and what broke off. */
  readonly downloadsFolder: string;
  /** Token shards: a cache that can be made again. */
  readonly tokensFolder: string;
  readonly tokenizersFolder: string;
}

/** The home folder: `given`, else HEDDLE_HOME, else the platform's data folder. */
export function homeFolder(
  given?: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = given || env.HEDDLE_HOME;
  if (chosen) return resolve(chosen);
  const user = env.HOME || env.USERPROFILE || homedir();
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(user, 'AppData', 'Local'), 'Heddle');
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Heddle');
  return join(env.XDG_DATA_HOME || join(user, '.local', 'share'), 'heddle');
}

/** The places inside a home folder. */
export function homePaths(home: string): HomePaths {
  return {
    home,
    databaseFile: join(home, 'heddle.db'),
    backupsFolder: join(home, 'backups'),
    ownerFile: join(home, 'owner.db'),
    datasetsFolder: join(home, 'datasets'),
    runsFolder: join(home, 'runs'),
    weightsFolder: join(home, 'weights'),
    exportsFolder: join(home, 'exports'),
    downloadsFolder: join(home, 'downloads'),
    tokensFolder: join(home, 'tokens'),
    tokenizersFolder: join(home, 'tokenizers'),
  };
}

/** Makes the folders of a home, readable by this user alone; throws `home-not-writable`. */
export function createHome(home: string): HomePaths {
  const paths = homePaths(home);
  try {
    for (const folder of [
      home,
      paths.datasetsFolder,
      paths.runsFolder,
      paths.weightsFolder,
      paths.exportsFolder,
      paths.downloadsFolder,
      paths.tokensFolder,
      paths.tokenizersFolder,
    ]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  } catch (error) {
    throw new EngineError('home-not-writable', `Heddle cannot write to its home ${home}.`, {
      hint: 'Name a folder you may write to with --home or the variable HEDDLE_HOME.',
      cause: error,
    });
  }
  return paths;
}
