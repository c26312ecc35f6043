// The encoder-decoder form with the weights and settings of a MarianMTModel that save_pretrained wrote.

import { describe, expect, it } from 'vitest';
import type { EncoderDecoderConfig } from '../../../engine/config.ts';
import { hfWeights } from '../../../engine/formats/hf-weights.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { recordLogits } from '../../../engine/models/loss.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { loadWeights, modelParts } from '../../../engine/models/weights.ts';
import { sortedOrder } from '../../../engine/ops/embedding/embedding.ts';
import { onCpuAndWebgpu } from '../on-each-device.ts';
import { relativeError } from './golden.ts';
import { openMarian } from './golden-transformer.ts';

onCpuAndWebgpu((makeDevice) => {
  describe('a Marian model', () => {
    it('gives the logits of transformers', async () => {
      const device = await makeDevice();
      const { config, reader, golden } = await openMarian();
      const model = createModel(config.model as EncoderDecoderConfig, { training: false });
      const [batch, length, sourceLength] = [2, golden.ids[0]!.length, golden.sourceIds[0]!.length];
      expect(golden.sourceLengths[1]).toBeLessThan(sourceLength);
      const tape = recordLogits(model, { batch, length, sourceLength }, { training: false });
      const plan = makePlan(tape, device.limits.maxBindingBytes);
      const executor = await Executor.create(device, modelArenas(model), [plan]);
      writeConstants(executor, model);
      const weights = await hfWeights(config.model, reader, config.form);
      await loadWeights(executor, modelParts(model.parameters), weights);
      const V = config.model.vocabSize;
      const ids = Uint32Array.from(golden.ids.flat());
      const sourceIds = Uint32Array.from(golden.sourceIds.flat());
      const places = (count: number, of: number): Uint32Array =>
        Uint32Array.from({ length: count }, (_, i) => i % of);
      const positions = places(ids.length, length);
      const sourcePositions = places(sourceIds.length, sourceLength);
      executor.submit(plan, {
        ids,
        idOrder: sortedOrder(ids, V),
        positions,
        positionOrder: sortedOrder(positions, length),
        sourceIds,
        sourceIdOrder: sortedOrder(sourceIds, V),
        sourcePositions,
        sourcePositionOrder: sortedOrder(sourcePositions, sourceLength),
        sourceRange: Uint32Array.from(golden.sourceLengths.flatMap((count) => [0, count])),
      });
      const logits = new Float32Array(await executor.readOutput(plan, 'logits'));
      executor.destroy();
      golden.lastLogits.forEach((expected, row) => {
        const at = ((row + 1) * length - 1) * V;
        expect(relativeError(logits.subarray(at, at + V), expected), `row ${row}`).toBeLessThan(1e-5);
      });
      const sum = logits.reduce((total, value) => total + Math.abs(value), 0);
      expect(Math.abs(sum / golden.logitsSum - 1)).toBeLessThan(1e-5);
    });
  });
});
