// Which checkpoints of a run stay: the latest few, the best and every marked one. Pure.

export interface KeptCheckpoint {
  readonly step: number;
  readonly evalLoss: number | null;
  readonly isMarked: boolean;
}

/** The step with the lowest held-out loss, the earliest of equals; null when none was evaluated. */
export function bestStepOf(checkpoints: readonly KeptCheckpoint[]): number | null {
  let best: KeptCheckpoint | null = null;
  for (const checkpoint of checkpoints) {
    if (checkpoint.evalLoss !== null && checkpoint.evalLoss < (best?.evalLoss ?? Infinity)) best = checkpoint;
  }
  return best?.step ?? null;
}

/** Steps to delete so that the last `saveTotalLimit`, the best and the marked remain; a limit of 0 keeps all. */
export function stepsToDelete(checkpoints: readonly KeptCheckpoint[], saveTotalLimit: number): number[] {
  if (saveTotalLimit === 0) return [];
  const inOrder = [...checkpoints].sort((a, b) => a.step - b.step);
  const last = new Set(inOrder.slice(-saveTotalLimit));
  const best = bestStepOf(inOrder);
  return inOrder
    .filter((checkpoint) => !checkpoint.isMarked && checkpoint.step !== best && !last.has(checkpoint))
    .map(({ step }) => step);
}
