// How the user called Heddle, so that commands that are shown can be typed as they stand.

/** `npm run heddle --` when npm started this process, else `heddle`. */
export function programName(env: NodeJS.ProcessEnv = process.env): string {
  return env.npm_lifecycle_event === 'heddle' || env.npm_lifecycle_event === 'start'
    ? 'npm run heddle --'
    : 'heddle';
}
