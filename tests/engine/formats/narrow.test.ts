import { describe, expect, it } from 'vitest';
import { narrow } from '../../../engine/formats/narrow.ts';

describe('narrow', () => {
  it('rounds to nearest, ties to even, as PyTorch does', () => {
    // torch.tensor([1 + 2**-11, 1 + 3 * 2**-11, 65504.0]).half().view(torch.int16): 3c00, 3c02, 7bff
    const values = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 65_504);
    expect([...narrow('w', values, 'f16')]).toEqual([0x3c00, 0x3c02, 0x7bff]);
    // torch.tensor([1 + 2**-8, 1 + 3 * 2**-8]).bfloat16().view(torch.int16): 3f80, 3f82
    expect([...narrow('w', Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8), 'bf16')]).toEqual([0x3f80, 0x3f82]);
    expect(narrow('w', values, 'f32')).toBe(values);
  });

  it('names a tensor with a value that the type cannot hold; what was infinite stays so', () => {
    const large = Float32Array.of(1, 65_520);
    expect(() => narrow('h.0.attn', large, 'f16')).toThrow(
      expect.objectContaining({
        code: 'tensor-overflow',
        message: expect.stringMatching(/h\.0\.attn.*65520/),
      }),
    );
    expect([...narrow('w', large, 'bf16')]).toEqual([0x3f80, 0x4780]);
    expect(() => narrow('w', Float32Array.of(3.4e38), 'bf16')).toThrow(/too large for bf16/);
    expect([...narrow('w', Float32Array.of(-Infinity), 'f16')]).toEqual([0xfc00]);
  });
});
