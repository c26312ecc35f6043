// Runs GPU calls whose failure Dawn reports beside the call instead of throwing.

export interface GpuFailure {
  readonly isOutOfMemory: boolean;
  readonly message: string;
}

/**
 * Runs `create` under an out-of-memory and a validation scope and gives its result and what went wrong.
 * `create` is synchronous: scopes form one stack for the device, so nothing may come between.
 */
export async function underErrorScopes<T>(
  device: GPUDevice,
  create: () => T,
): Promise<{ result: T; failure: GpuFailure | null }> {
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  let result: T;
  let errors: Promise<(GPUError | null)[]>;
  try {
    result = create();
  } finally {
    errors = Promise.all([device.popErrorScope(), device.popErrorScope()]);
  }
  const [outOfMemory, validation] = await errors;
  const error = outOfMemory ?? validation;
  return { result, failure: error ? { isOutOfMemory: Boolean(outOfMemory), message: error.message } : null };
}
