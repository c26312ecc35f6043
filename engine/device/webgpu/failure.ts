// The errors of a device that can no longer be used, in words for the user.

import { EngineError } from '../../errors.ts';

/** The error of a device that was lost or closed; `reason` is what Dawn said. */
export function lostError(reason: string, cause?: unknown): EngineError {
  const said = reason.trim();
  return new EngineError('device-lost', `The GPU stopped working${said ? `: ${said}` : '.'}`, {
    hint: 'Open the device again and go on from the last checkpoint; if it recurs, update the graphics driver or make the batch smaller.',
    cause,
  });
}

/** The error of a device that reported a failure no call was waiting for. */
export function uncapturedError(error: GPUError): EngineError {
  if (!isOutOfMemory(error)) return lostError(error.message, error);
  return outOfMemoryError(`The GPU ran out of memory: ${error.message}`, error);
}

/** The error of memory that the device cannot give. */
export function outOfMemoryError(message: string, cause?: unknown): EngineError {
  return new EngineError('device-out-of-memory', message, {
    hint: 'Choose a smaller model, batch or context length, or train on the CPU.',
    cause,
  });
}

/** The error of something the device would not take though it is in order: a fault of the engine. */
export function refusedError(message: string): EngineError {
  return new EngineError('device-refused', message, {
    hint: 'Train on the CPU, and report this with the name of the adapter and its driver.',
  });
}

function isOutOfMemory(error: GPUError): boolean {
  return error.constructor.name === 'GPUOutOfMemoryError';
}

/** Bytes for people: "154 MiB". */
export function inMiB(sizeBytes: number): string {
  const mebibytes = sizeBytes / 2 ** 20;
  return `${mebibytes >= 10 ? Math.round(mebibytes).toLocaleString('en') : Number(mebibytes.toPrecision(2))} MiB`;
}
