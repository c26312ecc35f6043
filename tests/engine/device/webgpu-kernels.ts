// Small kernels that the tests of the WebGPU device run; they have no CPU side.
import type { BufferRange, DeviceBuffer, PlacedCommand } from '../../../engine/device/device.ts';
import { defineKernel, type Kernel } from '../../../engine/graph/kernel.ts';

const cpu = { phases: () => [] };

/** values[i] = values[i] * factor + offset: two runs in the wrong order give another result. */
export const scaleAndAdd = defineKernel({
  name: 'scale-and-add',
  bindings: { values: 'readwrite' },
  params: { count: 'u32', factor: 'f32', offset: 'f32' },
  cpu,
  wgsl: {
    source: `
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) wgs: vec3<u32>,
        @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + wid.y * wgs.x) * 64u + lane;
  if (i < params.count) {
    values[i] = values[i] * params.factor + params.offset;
  }
}
`,
    entryPoint: 'main',
    workgroups: ({ count }) => Math.ceil(count / 64),
  },
});

/** sum[i] = left[i] + right[i], or left[i] alone where there is no right. */
export const addOptional = defineKernel({
  name: 'add-optional',
  bindings: { left: 'read', right: 'read?', sum: 'write' },
  params: { count: 'u32' },
  cpu,
  wgsl: {
    source: `
@group(0) @binding(0) var<storage, read_write> left: array<f32>;
//#if has_right
@group(0) @binding(1) var<storage, read_write> right: array<f32>;
//#endif
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;
@compute @workgroup_size(#{groupSize})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.count) { return; }
  //#if has_right
  sum[id.x] = left[id.x] + right[id.x];
  //#else
  sum[id.x] = left[id.x];
  //#endif
}
`,
    entryPoint: 'main',
    workgroups: ({ count }) => Math.ceil(count / 32),
    defines: () => ({ groupSize: 32 }),
  },
});

/** result[i] = x after `rounds` dependent steps: as slow as one likes. */
export const spin = defineKernel({
  name: 'spin',
  bindings: { result: 'write' },
  params: { rounds: 'u32' },
  cpu,
  wgsl: {
    source: `
@group(0) @binding(0) var<storage, read_write> result: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  var x = id.x + 1u;
  for (var i = 0u; i < params.rounds; i++) { x = x * 1664525u + 1013904223u; }
  result[id.x] = x;
}
`,
    entryPoint: 'main',
    workgroups: () => 1,
  },
});

export function wholeOf(buffer: DeviceBuffer): BufferRange {
  return { buffer, offsetBytes: 0, sizeBytes: buffer.sizeBytes };
}

export function place(
  kernel: Kernel,
  params: Record<string, number>,
  ...ranges: (BufferRange | null)[]
): PlacedCommand {
  return { kernel, params, ranges };
}
