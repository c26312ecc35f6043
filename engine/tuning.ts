// Which of a model's weights a run trains: all, some layers, or small matrices beside them (LoRA, Hu et al. 2021).

import { choice, integer, number, text, type Fields, type Values } from './fields.ts';

export const tuningFields = {
  method: choice('full', ['full', 'layers', 'lora'] as const, {
    label: 'Method',
    help: 'Trains all weights, chosen layers alone, or small added matrices (LoRA), which need far less memory.',
  }),
  trainLayers: text('last:1', {
    label: 'Layers trained',
    help: 'With method layers: numbers such as 0,3,5-7, or last:2; the last norm and a head of its own are trained too.',
  }),
  loraR: integer(8, 1, 1_024, {
    label: 'LoRA rank',
    unit: 'columns',
    help: 'Inner width of the added matrices (r); more can learn more.',
  }),
  loraAlpha: number(16, 0.01, 4_096, {
    label: 'LoRA alpha',
    help: 'The added product counts alpha / r times.',
  }),
  loraDropout: number(0, 0, 0.95, {
    label: 'LoRA dropout',
    help: 'Share of the added matrices inputs set to zero at random while training.',
  }),
  loraTargetModules: text('all-linear', {
    label: 'LoRA targets',
    help: 'Names of the matrices that get one, with commas between (q_proj,v_proj), or all-linear.',
  }),
} as const satisfies Fields;

export type TuningConfig = Values<typeof tuningFields>;

/** Training settings for weights that tell none of their own: short, and gentle with what they know. */
export const fineTuningValues = {
  maxSteps: 300,
  perDeviceTrainBatchSize: 4,
  learningRate: 1e-4,
  warmupSteps: 20,
  evalSteps: 50,
} as const;

/** Sequences of such a run are at most this long, whatever the context of the model. */
export const fineTuningLength = 256;
