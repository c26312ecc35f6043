// What computes here: the choice a caller makes and the report of what was found.

import { z } from 'zod';
import { bytes } from './words.ts';

export const deviceChoiceSchema = z.strictObject({
  /** `auto` takes a hardware adapter where there is one, else the CPU. */
  device: z.enum(['auto', 'cpu', 'webgpu']).default('auto'),
  /** Part of an adapter's name, or empty. */
  adapter: z.string().max(200).default(''),
  /** 0 means one thread a core. */
  threads: z.number().int().min(0).max(1024).default(0),
});
export type DeviceChoice = z.infer<typeof deviceChoiceSchema>;

export const deviceReportSchema = z.strictObject({
  chosen: z.strictObject({
    kind: z.enum(['cpu', 'webgpu']),
    name: z.string(),
    reason: z.string(),
    /** What it can give out in all; null for a graphics card, whose own memory WebGPU does not tell. */
    memoryBytes: bytes.nullable(),
  }),
  adapters: z.array(
    z.strictObject({
      name: z.string(),
      vendor: z.string(),
      architecture: z.string(),
      driver: z.string(),
      isSoftware: z.boolean(),
      features: z.array(z.string()),
      limits: z.record(z.string(), z.number()),
    }),
  ),
  cpu: z.strictObject({ model: z.string(), cores: z.number(), threads: z.number(), memoryBytes: bytes }),
  /** Measured 512x512x512 f32 matrix product on the chosen device. */
  matmulGflops: z.number().nullable(),
  /** What to install or change, a sentence each. */
  advice: z.array(z.string()),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;

export const deviceCalls = {
  'device.report': { input: deviceChoiceSchema, output: deviceReportSchema, isRepeatable: true },
} as const;
