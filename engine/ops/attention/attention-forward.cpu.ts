// Attention forward on the CPU (AssemblyScript): one tile is a chunk of the queries of one head.
// Six queries at a time: logits against all the keys they see, softmax, and the sum of values. Keys and values
// are first copied into panels; with fewer than four queries that does not pay, see attention-rows.cpu.ts.
// args: Inputs, output, statistics?, weights?, Sizes.

import {
  hasAdditive as needsAdditive, Inputs, keyValueHead, outputHead, queryHead, roundUp, Sizes, validEnd,
  validStart, visibleHigh, visibleLow,
} from './layout.cpu';
import { drawKeepRow, writeAdditive } from './options.cpu';
import { packPanels, packTransposed } from './panels.cpu';
import { rowScaledProduct, scaledProduct, TILE_ROWS } from './products.cpu';
import { adjustRow, maskOutside, multiplyRow, softmaxRows, writeWeights } from './rows.cpu';

export function attentionForward(args: usize, tile: u32, scratch: usize): void {
  const inputs = changetype<Inputs>(args);
  const output = load<usize>(args, 32), statistics = load<usize>(args, 36), weights = load<usize>(args, 40);
  const sizes = changetype<Sizes>(args + 44);
  const Tq = sizes.queryLength, Tk = sizes.keyLength, NH = sizes.numHeads, HS = sizes.headDim;
  const chunk = sizes.queryChunk;
  const chunks = (Tq + chunk - 1) / chunk;
  const h = tile % NH;
  const b = (tile / NH) % sizes.batch;
  // Late chunks of a causal mask have the most to do: they come first.
  const firstQuery = (chunks - 1 - tile / (NH * sizes.batch)) * chunk;
  const endQuery = min<u32>(firstQuery + chunk, Tq);

  const width = roundUp(Tk, 8);
  const valuePanelBytes: usize = width << 5;
  const keyPanels = scratch;
  const valuePanels = keyPanels + (width * HS << 2);
  const scores = valuePanels + valuePanelBytes * ((HS + 7) >> 3);
  const rowBytes: usize = (width << 2) + 64;
  const additive = scores + rowBytes * TILE_ROWS;
  const words = additive + rowBytes;
  const inverse = words + rowBytes + 128;
  const logSumExps = inverse + 32;

  const start = validStart(inputs, b), end = validEnd(inputs, sizes, b);
  const low = visibleLow(sizes, firstQuery, start) & ~7;
  const high = visibleHigh(sizes, endQuery - 1, end);
  const kv = inputs.keyValue ? inputs.keyValue : inputs.query;
  const head = h / (NH / sizes.numKeyValueHeads);
  const kvStep: usize = sizes.keyValueStride << 2;
  if (low < high) {
    const skipped = kvStep * low;
    const keys = keyValueHead(sizes, kv, b, head, sizes.keyOffset) + skipped;
    const values = keyValueHead(sizes, kv, b, head, sizes.valueOffset) + skipped;
    packTransposed(keys, kvStep, high - low, HS, keyPanels + (low * HS << 2));
    packPanels(values, kvStep, high - low, HS, valuePanels + (low << 5), valuePanelBytes);
  }

  const queries = queryHead(sizes, inputs.query, b, h);
  const outputs = outputHead(sizes, output, b, h);
  const queryStep: usize = sizes.queryStride << 2, outputStep: usize = NH * HS << 2;
  const hasAdditive = needsAdditive(inputs);
  const hasDropout = inputs.scalars !== 0;
  const firstRow = (b * NH + h) * Tq;

  for (let i = firstQuery; i < endQuery; i += TILE_ROWS) {
    const lastRow = min<u32>(endQuery - i, TILE_ROWS) - 1;
    const groupLow = visibleLow(sizes, i, start), groupHigh = visibleHigh(sizes, i + lastRow, end);
    const from = groupLow & ~7;
    const to = max<u32>(roundUp(groupHigh, 8), from);
    const query = queries + queryStep * i;
    for (let j = from; j < to; j += 8) {
      scaledProduct(
        query, queryStep, lastRow, keyPanels + (j * HS << 2), HS, scores + (j << 2), rowBytes, sizes.scale);
    }
    for (let r: u32 = 0; r <= lastRow; r++) {
      const rowLow = visibleLow(sizes, i + r, start), rowHigh = visibleHigh(sizes, i + r, end);
      const row = scores + rowBytes * r;
      if (hasAdditive) writeAdditive(inputs, sizes, b, h, i + r, rowLow, rowHigh, additive);
      if (hasAdditive || sizes.softCap > 0) adjustRow(row, from, to, sizes.softCap, hasAdditive ? additive : 0);
      maskOutside(row, rowLow, rowHigh, from, to);
    }
    softmaxRows(scores, rowBytes, from, to, inverse, logSumExps);
    for (let r: u32 = 0; r <= lastRow; r++) {
      const row = scores + rowBytes * r;
      if (statistics) store<f32>(statistics + (firstRow + i + r << 2), load<f32>(logSumExps + (r << 2)));
      if (weights) {
        const target = weights + ((firstRow + i + r) * Tk << 2);
        writeWeights(row, from, min<u32>(to, Tk), load<f32>(inverse + (r << 2)), target, Tk);
      }
      if (hasDropout) multiplyRow(row, from, to, drawKeepRow(inputs, sizes, b, h, i + r, from, to, words));
    }
    const depth = groupLow < groupHigh ? groupHigh - groupLow : 0;
    for (let d: u32 = 0; d < HS; d += 8) {
      rowScaledProduct(
        scores + (groupLow << 2), rowBytes, lastRow, valuePanels + valuePanelBytes * (d >> 3) + (groupLow << 5),
        depth, outputs + outputStep * i + (d << 2), outputStep, min<u32>(HS - d, 8), inverse);
    }
  }
}
