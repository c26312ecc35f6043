// Draws the charts that changed, those in sight together, so that a page of many never holds up a frame for long.

/** After so much drawing the rest waits for the next frame; a frame of its own for each chart costs more than they do. */
const budgetMs = 60;

const waiting = new Set<() => void>();
let isFrameAsked = false;

function drawSome(): void {
  const startedAtMs = performance.now();
  for (const draw of waiting) {
    waiting.delete(draw);
    draw();
    if (performance.now() - startedAtMs > budgetMs) break;
  }
  isFrameAsked = waiting.size > 0;
  if (isFrameAsked) requestAnimationFrame(drawSome);
}

/** Calls `draw` in one of the next frames; once, however often it is asked for until then. */
export function queueDrawing(draw: () => void): void {
  waiting.add(draw);
  if (isFrameAsked) return;
  isFrameAsked = true;
  requestAnimationFrame(drawSome);
}

/** Forgets what was to be drawn. */
export function forgetDrawing(draw: () => void): void {
  waiting.delete(draw);
}
