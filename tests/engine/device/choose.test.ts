// Which device a run uses, and the sentence that says why.
import { describe, expect, it } from 'vitest';
import { chooseDevice } from '../../../engine/device/choose.ts';
import type { AdapterDescription } from '../../../engine/device/webgpu/adapters.ts';

function adapter(name: string, isSoftware: boolean): AdapterDescription {
  return {
    name,
    vendor: '',
    architecture: '',
    driver: '',
    isSoftware,
    features: [],
    maxBindingBytes: 2 ** 27,
    maxBufferBytes: 2 ** 28,
  };
}

const gpu = adapter('Radeon', false);
const llvmpipe = adapter('llvmpipe', true);

describe('chooseDevice', () => {
  it.each([
    ['auto', [gpu, llvmpipe], 'webgpu', gpu, 'The GPU "Radeon" is used through WebGPU.'],
    ['auto', [llvmpipe, gpu], 'webgpu', gpu, 'The GPU "Radeon" is used through WebGPU.'],
    ['auto', [llvmpipe], 'cpu', null, 'the only WebGPU adapter, "llvmpipe", is software'],
    ['auto', [], 'cpu', null, 'this computer offers no WebGPU adapter'],
    ['cpu', [gpu], 'cpu', null, 'because the settings ask for it; the GPU "Radeon" stays unused.'],
    ['cpu', [llvmpipe], 'cpu', null, 'The CPU is used because the settings ask for it.'],
    [
      'webgpu',
      [gpu],
      'webgpu',
      gpu,
      'The GPU "Radeon" is used through WebGPU because the settings ask for it.',
    ],
    ['webgpu', [llvmpipe], 'webgpu', llvmpipe, 'The software adapter "llvmpipe" is used through WebGPU'],
  ] as const)('%s with %o', (preference, adapters, kind, chosen, reason) => {
    const choice = chooseDevice(preference, adapters);
    expect(choice).toMatchObject({ kind, adapter: chosen });
    expect(choice.reason).toContain(reason);
  });

  it('refuses WebGPU where there is no adapter', () => {
    expect(() => chooseDevice('webgpu', [])).toThrow(expect.objectContaining({ code: 'adapter-not-found' }));
  });
});
