// Turns the outcome of a step race into rows: milliseconds a step for small models, what is done in a second, and
// tokens a second, memory and the share of our own best matrix product for large ones.

import type { Row } from './report.ts';
import type { StepRace } from './step-race.ts';

/** Median milliseconds a step; a peer's ratio is how many of our steps fit into one of its. */
export function millisecondRows(name: string, { own, peers }: StepRace): Row[] {
  const unit = 'ms';
  return [
    { name, value: own.medianMs, unit, peer: null, ratio: null },
    ...peers.map(({ peer, medianMs }) => ({
      name,
      value: medianMs,
      unit,
      peer,
      ratio: medianMs / own.medianMs,
    })),
  ];
}

/** How much is done in a second, where one step does `amount` of the unit. */
export function speedRows(name: string, unit: string, { own, peers }: StepRace, amount: number): Row[] {
  return [own, ...peers].map((racer) => ({
    name,
    value: (1000 * amount) / racer.medianMs,
    unit: `${unit}/s`,
    peer: racer.peer,
    ratio: racer === own ? null : racer.medianMs / own.medianMs,
  }));
}

/**
 * Tokens a second and peak memory of all, and what share of its best 512 x 512 x 512 product the device keeps
 * up over the whole step. `flops`: of the matrix products and attention in one step, causal halves only.
 */
export function throughputRows(name: string, stepRace: StepRace, tokens: number, flops: number): Row[] {
  const { own, peers } = stepRace;
  const gflops = flops / own.medianMs / 1e6;
  const rows: Row[] = [
    ...speedRows(name, 'tokens', stepRace, tokens),
    { name: `${name}-compute`, value: gflops, unit: 'GFLOP/s', peer: null, ratio: null },
  ];
  if (own.matmulGflops !== null) {
    const share = gflops / own.matmulGflops;
    const peer = 'own 512³ product';
    rows.push({ name: `${name}-compute`, value: own.matmulGflops, unit: 'GFLOP/s', peer, ratio: share });
  }
  for (const racer of [own, ...peers]) {
    const value = racer.peakBytes / 2 ** 20;
    const ratio = racer === own ? null : racer.peakBytes / own.peakBytes;
    rows.push({ name: `${name}-memory`, value, unit: 'MiB', peer: racer.peer, ratio });
  }
  return rows;
}
