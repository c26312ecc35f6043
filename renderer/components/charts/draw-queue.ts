// Draws the charts that changed a few in each frame, so that a page of many never holds up a frame.

/** So much of a frame may go into drawing; what is left over waits for the next. */
const budgetMs = 6;

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
