// Heddle fine-tuning GPT-2's shape from random weights, in a process of its own. Arguments: threads, `lora` or `full`.

import { loraSettings, loraTokens as length } from '../lora.ts';
import { openDevice } from '../heddle-device.ts';
import { openTrainingStep } from '../training-step.ts';
import { serveSteps } from './serve-steps.ts';

const [threads, method] = process.argv.slice(2);
const device = await openDevice('cpu', Number(threads));
const settings = loraSettings(method === 'lora' ? 'lora' : 'full');
const tokens = Uint32Array.from({ length: length + 1 }, (_, i) => (i * 7919) % settings.model.vocabSize);
const batch = { ids: tokens.subarray(0, length), targets: tokens.subarray(1), targetCount: length };
const step = await openTrainingStep(device, settings, batch, length);
await serveSteps({ description: `${device.info.name}, ${method}` }, step);
