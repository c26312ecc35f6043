// A new process with the chosen Vulkan driver reaches an adapter, computes on it and reads the result back:
// with the driver that this machine's tests use, and with the SwiftShader that npm brings alone.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { projectRoot } from '../../../main/launcher/project.mjs';
import { softwareVulkan } from '../../../main/launcher/vulkan.mjs';

const DOUBLE_64_NUMBERS = `
import { create, globals } from 'webgpu';
Object.assign(globalThis, globals);
const gpu = create([]);
const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const module = device.createShaderModule({ code: \`
  @group(0) @binding(0) var<storage, read_write> x: array<f32>;
  @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] = 2.0 * f32(id.x); }
\` });
const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
const x = device.createBuffer({ size: 256, usage: STORAGE | COPY_SRC });
const copy = device.createBuffer({ size: 256, usage: MAP_READ | COPY_DST });
const bindings = { layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: x } }] };
const encoder = device.createCommandEncoder();
const pass = encoder.beginComputePass();
pass.setPipeline(pipeline);
pass.setBindGroup(0, device.createBindGroup(bindings));
pass.dispatchWorkgroups(1);
pass.end();
encoder.copyBufferToBuffer(x, 0, copy, 0, 256);
device.queue.submit([encoder.finish()]);
await copy.mapAsync(GPUMapMode.READ);
const sum = new Float32Array(copy.getMappedRange()).reduce((a, b) => a + b);
console.log(JSON.stringify({ sum, name: adapter.info.device + adapter.info.description }));
device.destroy();
`;

/** Runs the program above in a new process of this Node with exactly the given additions to a bare environment. */
async function computeWith(env: Record<string, string>): Promise<{ sum: number; name: string }> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', DOUBLE_64_NUMBERS],
    { cwd: projectRoot(), env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** 2 · (0 + 1 + … + 63). */
const SUM = 4_032;

it("computes on the tests' own driver", async () => {
  const { env } = await softwareVulkan({ env: {} });
  expect((await computeWith(env)).sum).toBe(SUM);
});

it.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'computes with only what npm brings',
  async () => {
    const { driver, env } = await softwareVulkan({ env: { HEDDLE_VULKAN: 'swiftshader' } });
    expect(driver).toBe('swiftshader');
    const { sum, name } = await computeWith(env);
    expect(sum).toBe(SUM);
    expect(name).toMatch(/swiftshader/i);
  },
);
