// Compiles shaders into pipelines, all at once, and keeps one for each text and entry point.
// Binding layouts come from what the shader text declares, never from a second description.

import { EngineError } from '../../errors.ts';
import type { Kernel } from '../../graph/kernel.ts';
import { underErrorScopes } from './error-scopes.ts';
import { computeStage } from './gpu-flags.ts';
import type { Shader } from './shader.ts';

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** The shader's text. */
  readonly text: string;
}

export class PipelineCache {
  private readonly device: GPUDevice;
  private readonly onCreated: () => void;
  private readonly pipelines = new Map<string, Promise<Pipeline>>();

  /** `onCreated` is called for each pipeline that has to be compiled. */
  constructor(device: GPUDevice, onCreated: () => void) {
    this.device = device;
    this.onCreated = onCreated;
  }

  /** The pipeline of a shader; throws `kernel-compile-failed` with Dawn's message and the kernel's name. */
  get(kernel: Kernel, shader: Shader): Promise<Pipeline> {
    const bindings = `${shader.storageBindings.join(',')};${shader.paramsBinding}`;
    const key = `${shader.entryPoint}\n${bindings}\n${shader.text}`;
    const known = this.pipelines.get(key);
    if (known) return known;
    const created = this.create(kernel, shader);
    this.pipelines.set(key, created);
    created.catch(() => this.pipelines.delete(key));
    return created;
  }

  private async create(kernel: Kernel, shader: Shader): Promise<Pipeline> {
    this.onCreated();
    const { device } = this;
    const { result, failure } = await underErrorScopes(device, () => {
      const layout = device.createBindGroupLayout({ label: kernel.name, entries: layoutEntries(shader) });
      return {
        layout,
        module: device.createShaderModule({ label: kernel.name, code: shader.text }),
        pipelineLayout: device.createPipelineLayout({ label: kernel.name, bindGroupLayouts: [layout] }),
      };
    });
    const { layout, module, pipelineLayout } = result;
    if (failure) throw compileError(kernel, (await compileMessages(module)) ?? failure.message);
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: kernel.name,
        layout: pipelineLayout,
        compute: { module, entryPoint: shader.entryPoint },
      });
      return { pipeline, layout, text: shader.text };
    } catch (error) {
      throw compileError(kernel, error instanceof Error ? error.message : String(error), error);
    }
  }
}

function layoutEntries(shader: Shader): GPUBindGroupLayoutEntry[] {
  const entries: GPUBindGroupLayoutEntry[] = shader.storageBindings.map((binding) => ({
    binding,
    visibility: computeStage,
    buffer: { type: 'storage' },
  }));
  if (shader.paramsBinding !== null) {
    entries.push({ binding: shader.paramsBinding, visibility: computeStage, buffer: { type: 'uniform' } });
  }
  return entries;
}

async function compileMessages(module: GPUShaderModule): Promise<string | null> {
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter((message) => message.type === 'error');
  if (errors.length === 0) return null;
  return errors.map((error) => `line ${error.lineNum}:${error.linePos}: ${error.message}`).join('; ');
}

/** The error of a kernel that cannot become a pipeline. */
export function compileError(kernel: Kernel, reason: string, cause?: unknown): EngineError {
  return new EngineError(
    'kernel-compile-failed',
    `The kernel "${kernel.name}" does not compile for this adapter: ${reason.trim()}`,
    { hint: 'Train on the CPU, and report this with the name of the adapter and its driver.', cause },
  );
}
