// Finds the adapters that a GPU object offers, tells hardware from software ones, and opens one of them.
// An adapter can be opened once, so each question asks for it anew.

import { EngineError } from '../../errors.ts';

/** One adapter as `heddle doctor` lists it. */
export interface AdapterDescription {
  /** For people: the adapter's model name. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly driver: string;
  readonly isSoftware: boolean;
  readonly features: readonly string[];
  readonly maxBindingBytes: number;
  readonly maxBufferBytes: number;
}

export interface AdapterChoice {
  /** `hardware`, `software`, or a part of an adapter's name, vendor or driver; hardware first if not given. */
  readonly adapter?: string;
  readonly powerPreference?: GPUPowerPreference;
}

const softwareNames = /llvmpipe|lavapipe|swiftshader|basic render|warp/i;
const wantedFeatures: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/** Describes every adapter that can be reached, best first; an empty list when there is none. */
export async function describeAdapters(gpu: GPU): Promise<AdapterDescription[]> {
  return (await reachableAdapters(gpu)).map(describeAdapter);
}

/** What an adapter says of itself. */
export function describeAdapter(adapter: GPUAdapter): AdapterDescription {
  const { info, limits, features } = adapter;
  const model = info.device.replace(/[-_\s]+/g, ' ').trim();
  return {
    name: model || info.description || `${info.vendor} ${info.architecture}`.trim() || 'unnamed adapter',
    vendor: info.vendor,
    architecture: info.architecture,
    driver: info.description,
    isSoftware: isSoftwareAdapter(info),
    features: wantedFeatures.filter((feature) => features.has(feature)),
    maxBindingBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
    maxBufferBytes: limits.maxBufferSize,
  };
}

/** Whether an adapter computes on the processor: by its own word, or by the name of a known one. */
export function isSoftwareAdapter(
  info: Pick<GPUAdapterInfo, 'device' | 'description' | 'isFallbackAdapter'>,
): boolean {
  return info.isFallbackAdapter || softwareNames.test(`${info.device} ${info.description}`);
}

const sharingVendors = /^(apple|arm|qualcomm|img-tec|imgtec|samsung|broadcom)$/i;
const intelCards = /\barc\b.*\b[ab]\d{3}/i;
const amdProcessors =
  /radeon(\s*\(?tm\)?)?\s+(((r\d|vega)\s+)?(\d+\s+)?graphics|\d{3}m\b)|raven|picasso|renoir|cezanne|lucienne|barcelo|rembrandt|raphael|mendocino|phoenix|hawk point|strix|van ?gogh/i;

/**
 * Whether an adapter has no memory of its own, but takes the computer's: software ones, and those that are part
 * of the processor. WebGPU does not say; where the name does not either, the answer is no.
 */
export function sharesSystemMemory(
  info: Pick<GPUAdapterInfo, 'vendor' | 'device' | 'description' | 'isFallbackAdapter'>,
): boolean {
  const names = `${info.device.replace(/[-_]+/g, ' ')}\n${info.description}`;
  if (isSoftwareAdapter(info) || sharingVendors.test(info.vendor)) return true;
  if (/intel/i.test(info.vendor)) return !intelCards.test(names);
  return /amd|ati/i.test(info.vendor) && amdProcessors.test(names);
}

/**
 * The adapter a choice means. Throws `adapter-not-found`, listing what exists.
 */
export async function chooseAdapter(gpu: GPU, choice: AdapterChoice): Promise<GPUAdapter> {
  const adapters = await reachableAdapters(gpu, choice.powerPreference);
  const wanted = choice.adapter?.trim().toLowerCase();
  const found = adapters.find((adapter) => {
    if (!wanted) return true;
    const { name, vendor, architecture, driver, isSoftware } = describeAdapter(adapter);
    if (wanted === 'hardware') return !isSoftware;
    if (wanted === 'software') return isSoftware;
    // The model name is matched as the driver spells it and as it is shown.
    const text = [name, adapter.info.device, vendor, architecture, driver].join('\n').toLowerCase();
    return text.includes(wanted);
  });
  if (found) return found;
  const names = adapters.map((adapter) => `"${describeAdapter(adapter).name}"`);
  throw new EngineError(
    'adapter-not-found',
    names.length === 0
      ? 'This computer offers no WebGPU adapter.'
      : `No WebGPU adapter matches "${choice.adapter}"; this computer has ${names.join(', ')}.`,
    { hint: 'Update or install the graphics driver, or train on the CPU.' },
  );
}

/** Opens an adapter with every limit it offers and those features of ours that it has. */
export function openAdapter(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits: Record<string, number> = {};
  // The names are accessors of the prototype, which Object.keys does not see.
  for (const name in adapter.limits) {
    const value: unknown = adapter.limits[name as keyof GPUSupportedLimits];
    // Bindings with dynamic offsets are never used, and asking for them makes Dawn warn on stderr.
    if (typeof value === 'number' && !name.startsWith('maxDynamic')) requiredLimits[name] = value;
  }
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature));
  return adapter.requestDevice({ requiredLimits, requiredFeatures });
}

/** Each different adapter that some request reaches: hardware before software, then as preferred. */
async function reachableAdapters(
  gpu: GPU,
  powerPreference: GPUPowerPreference = 'high-performance',
): Promise<GPUAdapter[]> {
  const other = powerPreference === 'high-performance' ? 'low-power' : 'high-performance';
  const requests: GPURequestAdapterOptions[] = [
    { powerPreference },
    { powerPreference: other },
    { forceFallbackAdapter: true },
  ];
  const adapters = new Map<string, GPUAdapter>();
  for (const request of requests) {
    const adapter = await gpu.requestAdapter(request);
    if (!adapter) continue;
    const { vendor, architecture, device, description } = adapter.info;
    const key = [vendor, architecture, device, description].join('\n');
    if (!adapters.has(key)) adapters.set(key, adapter);
  }
  const isSoftware = (adapter: GPUAdapter): number => Number(isSoftwareAdapter(adapter.info));
  return [...adapters.values()].sort((a, b) => isSoftware(a) - isSoftware(b));
}
