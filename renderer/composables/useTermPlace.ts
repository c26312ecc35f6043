// Goes to the place that shows a term or a lesson on the user's own model.

import { useRouter } from 'vue-router';
import type { TermPlace } from '../learn/term.ts';

/** `runId` is the run that is meant by "your run"; without one, a run is made first. */
export function useTermPlace(): (
  place: TermPlace,
  runId: string | null,
  query?: Readonly<Record<string, string>>,
) => Promise<unknown> {
  const router = useRouter();
  return (place, runId, query = {}) => {
    if (place !== 'run') return router.push({ name: place, query: { ...query } });
    return router.push(runId === null ? { name: 'new-run' } : { name: 'run', params: { runId } });
  };
}
