// The CPU device's 512 x 512 x 512 f32 matrix product against numpy's, side by side: the same numbers, many
// products at a time, the median of the times of one.

import type { Measure } from './measure.ts';
import { pythonWith } from './python-peers.ts';
import { race, type Racer } from './race.ts';
import { speedRows } from './step-rows.ts';
import { nodeSubject, pythonSubject } from './subject.ts';

/** Rows and columns of all three matrices, and products in one measured step. */
const [size, products] = [512, 20];

export const matmulNumpy: Measure = {
  name: 'matmul',
  title: '512³ f32 matrix product on the CPU, against numpy with its OpenBLAS',
  async run(context) {
    const args = [String(context.threads), String(size), String(products)];
    const subjects = [nodeSubject(null, 'heddle-matmul.ts', args)];
    const python = pythonWith('numpy', context);
    if (python) subjects.push(pythonSubject('numpy', python, 'numpy_matmul.py', args));
    const racers = await race(subjects);
    const [own, ...peers] = racers as [Racer, ...Racer[]];
    for (const { peer, description, losses } of racers) {
      context.report.note(`matmul, ${peer ?? 'Heddle'} (${description}): sum of the product ${losses[0]}`);
      if (Math.abs(losses[0]! - own.losses[0]!) > 1e-4 * Math.abs(own.losses[0]!)) {
        throw new Error(`${peer} computed another product than Heddle.`);
      }
    }
    const gflop = (2 * size ** 3 * products) / 1e9;
    context.report.rows(this.title, speedRows(this.name, 'GFLOP', { own, peers }, gflop));
  },
};
