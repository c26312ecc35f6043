// Philox4x32-10 in whole numbers of any size, for tests to compare both devices with. It is itself held
// against the vectors its authors publish.

const mask = 0xffffffffn;

/** The four words of one block: counter of four words, key of two (Salmon et al., SC11). */
export function philoxBlock(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [product0, product1] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    [c0, c1, c2, c3] = [
      (product1 >> 32n) ^ c1 ^ k0,
      product1 & mask,
      (product0 >> 32n) ^ c3 ^ k1,
      product0 & mask,
    ];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

/** Word `element` of a stream, as kernels draw it. */
export function randomWord(element: number, stream: number, key: readonly number[]): number {
  return philoxBlock([Math.floor(element / 4), stream, 0, 0], key)[element % 4]!;
}
