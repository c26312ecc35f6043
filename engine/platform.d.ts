// What every platform the engine runs on provides without an import: encoders, Web Crypto's digest,
// abort signals and a few globals. Anything else (files, workers, the GPU object) is passed in.

declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string;
}
declare const crypto: {
  subtle: { digest(algorithm: 'SHA-256', data: ArrayBufferView | ArrayBuffer): Promise<ArrayBuffer> };
};
declare const performance: { now(): number };
declare function setTimeout(callback: () => void, delayMs?: number): unknown;
declare function structuredClone<T>(value: T): T;

declare class AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
