// With which program, arguments and environment the engine process starts. Electron cannot be that program:
// its V8 forbids the buffers that Dawn maps, so a plain Node is found beside it.

import { EngineError } from '../../engine/index.ts';
import type { DeviceChoice } from '../../preload/contract.ts';
import { chooseNode, pinnedNode, projectRoot } from '../launcher/project.mjs';
import { vulkanForDawn } from '../launcher/vulkan.mjs';
import { ownScript } from './own-script.ts';

export interface EngineLaunch {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How to start the engine for a device; `needsSoftware` makes software adapters reachable too. */
export async function engineLaunch(device: DeviceChoice, needsSoftware = false): Promise<EngineLaunch> {
  const root = projectRoot();
  const isWebgpuAsked = device.device === 'webgpu' || device.adapter !== '';
  const env = needsSoftware || isWebgpuAsked ? await vulkanEnvironment(root, isWebgpuAsked) : {};
  const { file, nodeArguments } = ownScript('engine.js', 'main/engine-host/entry.ts');
  const quiet = '--disable-warning=ExperimentalWarning';
  return { file: nodeBinary(root), args: [quiet, ...nodeArguments, file], env };
}

function nodeBinary(root: string): string {
  if (!process.versions.electron) return chooseNode(root);
  const pinned = pinnedNode(root);
  if (pinned) return pinned;
  throw new EngineError('node-not-found', 'The Node binary that runs the engine is missing.', {
    hint: 'Install Heddle again.',
  });
}

async function vulkanEnvironment(root: string, isRequired: boolean): Promise<Record<string, string>> {
  try {
    return (await vulkanForDawn({ root })).env;
  } catch (error) {
    if (!isRequired) return {};
    throw new EngineError('adapter-not-found', error instanceof Error ? error.message : String(error), {
      hint: 'Choose "auto" or "cpu" as the device, or install the graphics driver.',
      cause: error,
    });
  }
}
