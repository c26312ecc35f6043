// Folders that transformers' save_pretrained made of BertForMaskedLM and BertForSequenceClassification, opened from
// their files: the scores of transformers, on texts of unequal length.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readHfConfig } from '../../../engine/formats/hf-config.ts';
import { hfWeights } from '../../../engine/formats/hf-weights.ts';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { isEncoder } from '../../../engine/config.ts';
import { recordScores } from '../../../engine/models/encoder.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { loadWeights, modelParts } from '../../../engine/models/weights.ts';
import { sortedOrder } from '../../../engine/ops/embedding/embedding.ts';
import { sourceOf } from '../formats/in-memory.ts';
import { onCpuAndWebgpu } from '../on-each-device.ts';
import { relativeError } from './golden.ts';

/** What tests/golden/make_bert_goldens.py wrote beside a folder. */
interface Golden {
  readonly ids: number[][];
  readonly lengths: number[];
  /** Of each text, or of its second token where the model predicts tokens. */
  readonly logits: number[][];
}

const folder = new URL('../../golden/huggingface/', import.meta.url);
const open = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(path, folder)));

onCpuAndWebgpu((makeDevice) => {
  describe.each([
    { name: 'bert', labels: [] },
    { name: 'bert-classifier', labels: ['calm', 'busy', 'other'] },
  ])('$name', ({ name, labels }) => {
    it('opens with the scores of transformers', async () => {
      const device = await makeDevice();
      const text = new TextDecoder().decode(await open(`${name}/config.json`));
      const { model: config, labels: names } = readHfConfig(text);
      expect(names).toEqual(labels);
      if (!isEncoder(config)) throw new Error('not an encoder');
      const golden = JSON.parse(new TextDecoder().decode(await open(`${name}.json`))) as Golden;
      const [batch, length] = [golden.ids.length, golden.ids[0]!.length];
      const model = createModel(config, { training: false });
      const isClassifier = config.numLabels > 0;
      const tape = recordScores(
        model,
        { batch, length, isPadded: true },
        { training: false, ...(isClassifier ? {} : { scoredRows: batch }) },
      );
      const plan = makePlan(tape, device.limits.maxBindingBytes);
      const executor = await Executor.create(device, modelArenas(model), [plan]);
      const file = await openSafetensors(sourceOf(await open(`${name}/model.safetensors`)));
      await loadWeights(executor, modelParts(model.parameters), await hfWeights(config, file));
      const ids = Uint32Array.from(golden.ids.flat());
      const positions = ids.map((_, i) => i % length);
      const firsts = Uint32Array.from(golden.lengths, (_, b) => b * length);
      executor.submit(plan, {
        ids,
        idOrder: sortedOrder(ids, config.vocabSize),
        positions,
        positionOrder: sortedOrder(positions, length),
        validRange: Uint32Array.from(golden.lengths.flatMap((end) => [0, end])),
        firstRows: firsts,
        scoredRows: firsts.map((first) => first + 1),
      });
      const actual = new Float32Array(await executor.readOutput(plan, 'logits'));
      executor.destroy();
      expect(relativeError(actual, golden.logits.flat())).toBeLessThan(1e-4);
    });
  });
});
