// Writes what the cards of terms say in numbers, with their programs, for terms.py: for no run at all and for
// one with figures of its own. Usage: node write-terms.ts FILE
import { writeFileSync } from 'node:fs';
import { ownModel, type OwnModel } from '../../renderer/learn/own-model.ts';
import { terms } from '../../renderer/learn/terms.ts';

const none = ownModel(null, null);
const another: OwnModel = {
  ...none,
  name: 'amber-loom',
  parameterCount: 14_161_920,
  vocabSize: 8_192,
  hiddenSize: 288,
  numHiddenLayers: 6,
  numAttentionHeads: 6,
  headDim: 48,
  intermediateSize: 768,
  sequenceLength: 512,
  batchSize: 4,
  gradientAccumulationSteps: 3,
  learningRate: 5e-4,
  maxGradNorm: 0.5,
  labelSmoothing: 0.2,
  loraR: 4,
  loss: 1.4237561,
};

const cards = [none, another].flatMap((own) =>
  [...terms.values()].map((term) => ({ id: term.id, ...term.illustrate(own) })),
);
writeFileSync(process.argv[2]!, JSON.stringify(cards));
