// The WebGPU flag values this device uses, as the specification fixes them.
// A page has them as globals (GPUBufferUsage, …); a plain Node process does not.

export const bufferUsage = {
  mapRead: 0x0001,
  copySource: 0x0004,
  copyTarget: 0x0008,
  uniform: 0x0040,
  storage: 0x0080,
} as const;

export const mapRead = 0x0001;

export const computeStage = 0x4;
