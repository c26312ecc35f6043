// model.py of the encoder-decoder form: PyTorch's own nn.Transformer, so that its state dict is PyTorch's too.

import type { HiddenAct, TransformerConfig } from '../config.ts';
import { pythonActivations } from './hf-family.ts';

/** What nn.Transformer takes as its activation. */
function activationArgument(activation: HiddenAct): string {
  if (activation === 'relu' || activation === 'gelu') return `"${activation}"`;
  return `lambda x: ${pythonActivations[activation]('x')}`;
}

/** Python source of `model`, which maps source and target ids to logits. */
export function transformerModelPy(config: TransformerConfig): string {
  const isLearned = config.positionEmbeddingType === 'learned';
  const isInterleaved = config.positionEmbeddingType === 'sinusoidal';
  const lines = (condition: boolean, ...text: string[]): string =>
    condition ? text.map((line) => `        ${line}\n`).join('') : '';
  return `"""An encoder-decoder on PyTorch's nn.Transformer (2.0 or later), written by Heddle beside its weights.

model.load_state_dict(torch.load("model.pth", weights_only=True)); logits = model(source_ids, target_ids)
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

VOCAB, CONTEXT, WIDTH, HEADS, INNER = ${config.vocabSize}, ${config.maxPositionEmbeddings}, ${config.hiddenSize}, ${config.numAttentionHeads}, ${config.intermediateSize}
ENCODER_LAYERS, DECODER_LAYERS, DROPOUT = ${config.numHiddenLayers}, ${config.numDecoderLayers}, ${config.dropout}


class Seq2SeqTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = nn.Transformer(
            WIDTH, HEADS, ENCODER_LAYERS, DECODER_LAYERS, INNER, DROPOUT,
            activation=${activationArgument(config.hiddenAct)},
            layer_norm_eps=${config.layerNormEpsilon}, batch_first=True, norm_first=${config.normFirst ? 'True' : 'False'},
        )
${lines(!config.finalNorm, 'self.transformer.encoder.norm = self.transformer.decoder.norm = None')}\
        self.src_tok_emb = nn.Embedding(VOCAB, WIDTH)
        self.tgt_tok_emb = ${config.shareEncoderDecoderEmbeddings ? 'self.src_tok_emb' : 'nn.Embedding(VOCAB, WIDTH)'}
${
  isLearned
    ? lines(
        true,
        'self.src_pos_emb, self.tgt_pos_emb = nn.Embedding(CONTEXT, WIDTH), nn.Embedding(CONTEXT, WIDTH)',
      )
    : lines(
        true,
        'angles = torch.arange(CONTEXT)[:, None] * 10000 ** (-torch.arange(0, WIDTH, 2) / WIDTH)',
        'table = torch.zeros(CONTEXT, WIDTH)',
        ...(isInterleaved
          ? ['table[:, 0::2], table[:, 1::2] = angles.sin(), angles.cos()[:, : WIDTH // 2]']
          : [
              'half = (WIDTH + 1) // 2',
              'table[:, :half], table[:, half:] = angles.sin(), angles.cos()[:, : WIDTH // 2]',
            ]),
        'self.register_buffer("positions", table, persistent=False)',
      )
}\
        self.dropout = nn.Dropout(DROPOUT)
        self.generator = nn.Linear(WIDTH, VOCAB, bias=False)
${lines(config.tieWordEmbeddings, 'self.generator.weight = self.tgt_tok_emb.weight')}\
${lines(config.outputBias, 'self.register_buffer("final_logits_bias", torch.zeros(1, VOCAB))')}
    def embed(self, ids, side):
        x = getattr(self, f"{side}_tok_emb")(ids)${config.scaleEmbedding ? ' * math.sqrt(WIDTH)' : ''}
        positions = ${isLearned ? 'getattr(self, f"{side}_pos_emb").weight' : 'self.positions'}
        return self.dropout(x + positions[: ids.size(1)])

    def forward(self, source, target, source_padding=None):
        """(batch, S) and (batch, T) int64, at most CONTEXT tokens -> (batch, T, VOCAB).

        source_padding (batch, S) is True where no token is; a target's padding stands on its right.
        """
        future = torch.ones(target.size(1), target.size(1), dtype=torch.bool, device=target.device).triu(1)
        states = self.transformer(
            self.embed(source, "src"), self.embed(target, "tgt"), tgt_mask=future, tgt_is_causal=True,
            src_key_padding_mask=source_padding, memory_key_padding_mask=source_padding,
        )
        return self.generator(states)${config.outputBias ? ' + self.final_logits_bias' : ''}


model = Seq2SeqTransformer().eval()
`;
}
