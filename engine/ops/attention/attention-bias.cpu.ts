// Sums the bias gradients of all batch rows into the table (AssemblyScript).

/** args: partials, dTable, batch, numHeads, numBuckets, accumulate. */
export function attentionBiasSum(args: usize, tile: u32, scratch: usize): void {
  const partials = <usize>load<u32>(args), table = <usize>load<u32>(args, 4);
  const batch = load<u32>(args, 8), numHeads = load<u32>(args, 12), numBuckets = load<u32>(args, 16);
  const accumulate = load<u32>(args, 20) !== 0;
  for (let bucket: u32 = 0; bucket < numBuckets; bucket++) {
    for (let h: u32 = 0; h < numHeads; h++) {
      const entry = table + (<usize>(bucket * numHeads + h) << 2);
      let sum: f32 = accumulate ? load<f32>(entry) : 0;
      for (let b: u32 = 0; b < batch; b++) {
        sum += load<f32>(partials + (<usize>((b * numHeads + h) * numBuckets + bucket) << 2));
      }
      store<f32>(entry, sum);
    }
  }
}
