// Words of other programs that the terminal takes for settings: those of PyTorch's nn.Transformer and of its usual
// training scripts. The one table of them; help names each beside the flag that it stands for.

/** Other flags by the setting that they mean. */
export const settingSynonyms: Readonly<Record<string, readonly string[]>> = {
  hiddenSize: ['d-model'],
  numAttentionHeads: ['nhead'],
  intermediateSize: ['dim-feedforward'],
  learningRate: ['lr'],
  numTrainEpochs: ['epochs'],
};

/**
 * nn.Transformer's name for the layers of the encoder alone. `numHiddenLayers` sets both stacks of a form that has
 * two, so the encoder's own number needs a name of its own.
 */
export const encoderLayers = 'numEncoderLayers';
