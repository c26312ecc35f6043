// What went wrong with the Hub, in words that say what to do.

import { EngineError } from '../../engine/index.ts';
import type { HubName } from './hub-name.ts';

/** The error for an answer that is not what was asked for. */
export function refusedByHub(status: number, { kind, name }: HubName, what: string): EngineError {
  if (status === 401 || status === 403) {
    return new EngineError('hub-unauthorized', `The Hub does not give ${what} of ${name} to you.`, {
      hint: `Accept its terms on its page there, if it has any, and give your token in HF_TOKEN or by "hf auth login". A ${kind} that does not exist is answered alike.`,
    });
  }
  if (status === 404) {
    return new EngineError('hub-not-found', `The Hub has no ${what} of a ${kind} "${name}".`, {
      hint: 'Look at the name and the revision on its page there.',
    });
  }
  return new EngineError(
    'hub-refused',
    `The Hub answered ${status} when it was asked for ${what} of ${name}.`,
    {
      hint: 'Try again later: what was already loaded is kept and not loaded again.',
    },
  );
}

/** The error for an answer that did not come, or broke off. */
export function unreachable(endpoint: string, cause: unknown): EngineError {
  return new EngineError('hub-unreachable', `${endpoint} cannot be reached, or the connection broke.`, {
    hint: 'Try again when you are online: what was already loaded is kept and not loaded again.',
    cause,
  });
}
