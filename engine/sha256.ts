// The one hash that names things: tokenizers, kernels.

/** SHA-256 in hex. */
export async function sha256(data: ArrayBufferView | ArrayBuffer): Promise<string> {
  // No caller hands out shared memory, which some platforms' types leave out.
  const bytes = data as ArrayBufferView<ArrayBuffer> | ArrayBuffer;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
