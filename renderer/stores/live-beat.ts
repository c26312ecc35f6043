// When what a run says while it trains is shown: all of it together, in one frame about once a second. An open page
// would otherwise take from the run whose progress it shows. Knows nothing of what is shown.

import { defineStore } from 'pinia';

/** Figures that came live are shown no more often than this. */
export const liveEveryMs = 1_000;

export const useLiveBeatStore = defineStore('live-beat', () => {
  const waiting = new Set<() => void>();
  let isAsked = false;
  let lastMs = -Infinity;

  function beat(): void {
    isAsked = false;
    lastMs = performance.now();
    const works = [...waiting];
    waiting.clear();
    for (const work of works) work();
  }

  // No frame comes while the page is hidden: what waits is shown when it is looked at again.
  const askFrame = (): unknown => requestAnimationFrame(beat);

  /** Calls `work` with the next beat; once, however often it is asked for until then. */
  function ask(work: () => void): void {
    waiting.add(work);
    if (isAsked) return;
    isAsked = true;
    const waitMs = lastMs + liveEveryMs - performance.now();
    if (waitMs > 0) setTimeout(askFrame, waitMs);
    else askFrame();
  }

  return { ask };
});
