// Folders that transformers' save_pretrained made of T5ForConditionalGeneration, opened from their files: the logits of
// transformers for sources of unequal length, and its greedy targets.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isEncoderDecoder } from '../../../engine/config.ts';
import { readHfConfig } from '../../../engine/formats/hf-config.ts';
import { hfWeights } from '../../../engine/formats/hf-weights.ts';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { recordTargetWriting } from '../../../engine/generation/target-plans.ts';
import { writeTargets } from '../../../engine/generation/write-targets.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { recordLogits } from '../../../engine/models/loss.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { loadWeights, modelParts } from '../../../engine/models/weights.ts';
import { sortedOrder } from '../../../engine/ops/embedding/embedding.ts';
import { loadTokenizerJson } from '../../../engine/tokenizers/tokenizer-json.ts';
import { sourceOf } from '../formats/in-memory.ts';
import { casesFor, onCpuAndWebgpu } from '../on-each-device.ts';
import { relativeError } from './golden.ts';

/** What tests/golden/make_t5_goldens.py wrote beside a folder. */
interface Golden {
  readonly sources: string[];
  readonly sourceIds: number[][];
  readonly sourceLengths: number[];
  readonly ids: number[][];
  readonly lastLogits: number[][];
  readonly logitsSum: number;
  readonly writtenIds: number[][];
}

const folder = new URL('../../golden/huggingface/', import.meta.url);
const open = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(path, folder)));
const text = async (path: string): Promise<string> => new TextDecoder().decode(await open(path));

onCpuAndWebgpu((makeDevice, kind) => {
  describe.each(casesFor(kind, ['t5-small', 't5-v1_1-small'], (name) => name === 't5-small'))(
    '%s',
    (name) => {
      it('opens with the tokens, logits and greedy targets of transformers', async () => {
        const device = await makeDevice();
        const golden = JSON.parse(await text(`${name}.json`)) as Golden;
        const {
          model: config,
          decoderStartTokenId,
          padTokenId,
        } = readHfConfig(await text(`${name}/config.json`));
        if (!isEncoderDecoder(config)) throw new Error('not an encoder-decoder');
        expect([decoderStartTokenId, padTokenId]).toEqual([0, 0]);
        const tokenizer = loadTokenizerJson(
          await text(`${name}/tokenizer.json`),
          await text(`${name}/tokenizer_config.json`),
        );
        const { vocabSize } = config;
        const [batch, length, sourceLength] = [2, golden.ids[0]!.length, golden.sourceIds[0]!.length];
        const sources = golden.sourceIds.map((ids, row) => ids.slice(0, golden.sourceLengths[row]));
        // The end token stands in the template, which an encoder-decoder's data adds itself.
        const encoded = golden.sources.map((source) => [...tokenizer.encode(source).ids, 1]);
        expect(encoded).toEqual(sources);

        const model = createModel(config, { training: false });
        const { maxBindingBytes } = device.limits;
        const tape = recordLogits(model, { batch, length, sourceLength }, { training: false });
        const plan = makePlan(tape, maxBindingBytes);
        const plans = recordTargetWriting(
          model,
          { rows: 2, maxSourceLength: 64, maxLength: 32 },
          maxBindingBytes,
        );
        const writing = [...plans.encoders.map((one) => one.plan), plans.spread, plans.reorder, plans.decode];
        const arenas = [...modelArenas(model), plans.cacheArena];
        const executor = await Executor.create(device, arenas, [plan, ...writing]);
        writeConstants(executor, model);
        const file = await openSafetensors(sourceOf(await open(`${name}/model.safetensors`)));
        await loadWeights(executor, modelParts(model.parameters), await hfWeights(config, file));

        const places = (count: number, of: number): Uint32Array =>
          Uint32Array.from({ length: count }, (_, i) => i % of);
        const [ids, sourceIds] = [golden.ids, golden.sourceIds].map((rows) => Uint32Array.from(rows.flat()));
        const positions = places(batch * length, length);
        const sourcePositions = places(batch * sourceLength, sourceLength);
        executor.submit(plan, {
          ids: ids!,
          idOrder: sortedOrder(ids!, vocabSize),
          positions,
          positionOrder: sortedOrder(positions, length),
          sourceIds: sourceIds!,
          sourceIdOrder: sortedOrder(sourceIds!, vocabSize),
          sourcePositions,
          sourcePositionOrder: sortedOrder(sourcePositions, sourceLength),
          sourceRange: Uint32Array.from(golden.sourceLengths.flatMap((count) => [0, count])),
        });
        const logits = new Float32Array(await executor.readOutput(plan, 'logits'));
        golden.lastLogits.forEach((expected, row) => {
          const at = ((row + 1) * length - 1) * vocabSize;
          expect(relativeError(logits.subarray(at, at + vocabSize), expected), `row ${row}`).toBeLessThan(
            1e-4,
          );
        });
        const sum = logits.reduce((total, value) => total + Math.abs(value), 0);
        expect(Math.abs(sum / golden.logitsSum - 1)).toBeLessThan(1e-4);

        const written = await writeTargets({
          executor,
          plans,
          sources,
          startTokenId: 0,
          numBeams: 1,
          lengthPenalty: 1,
          maxNewTokens: golden.writtenIds[0]!.length,
          endTokenId: 1,
          knownTokens: tokenizer.vocabSize,
          neverWritten: [0, 1, 2],
        });
        executor.destroy();
        expect(written).toEqual(golden.writtenIds);
      });
    },
  );
});
