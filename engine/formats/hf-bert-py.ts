// The model.py of the BERT form: both of its heads in plain PyTorch, under the names of the state dict.

import type { BertConfig } from '../config.ts';
import { pythonActivations } from './hf-family.ts';

/** Python source that defines `model`. */
export function bertModelPy(config: BertConfig): string {
  const activation = pythonActivations[config.hiddenAct];
  const isClassifier = config.numLabels > 0;
  return `"""A BERT model in plain PyTorch (2.0 or later), written by Heddle beside its weights.

model.load_state_dict(torch.load("model.pth", weights_only=True)); logits = model(token_ids, mask)
"""
import torch
from torch import nn
from torch.nn import functional as F

VOCAB, CONTEXT, TYPES, LAYERS = ${config.vocabSize}, ${config.maxPositionEmbeddings}, ${config.typeVocabSize}, ${config.numHiddenLayers}
WIDTH, HEADS, INNER, EPSILON = ${config.hiddenSize}, ${config.numAttentionHeads}, ${config.intermediateSize}, ${config.layerNormEpsilon}


def normed(inputs):  # a linear layer and the norm that stands behind it
    return nn.ModuleDict({"dense": nn.Linear(inputs, WIDTH), "LayerNorm": nn.LayerNorm(WIDTH, EPSILON)})


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        heads = nn.ModuleDict({name: nn.Linear(WIDTH, WIDTH) for name in ("query", "key", "value")})
        self.attention = nn.ModuleDict({"self": heads, "output": normed(WIDTH)})
        self.intermediate, self.output = nn.ModuleDict({"dense": nn.Linear(WIDTH, INNER)}), normed(INNER)

    def forward(self, x, mask):  # (batch, tokens, WIDTH)
        heads = self.attention["self"].values()
        qkv = (head(x).unflatten(-1, (HEADS, -1)).transpose(1, 2) for head in heads)
        y = F.scaled_dot_product_attention(*qkv, attn_mask=mask).transpose(1, 2).flatten(2)
        x = self.attention.output.LayerNorm(x + self.attention.output.dense(y))
        y = self.output.dense(${activation('self.intermediate.dense(x)')})
        return self.output.LayerNorm(x + y)


${isClassifier ? '' : predictions(activation)}class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        rows = {"word_embeddings": VOCAB, "position_embeddings": CONTEXT, "token_type_embeddings": TYPES}
        tables = nn.ModuleDict({name: nn.Embedding(count, WIDTH) for name, count in rows.items()})
        tables["LayerNorm"] = nn.LayerNorm(WIDTH, EPSILON)
        blocks = nn.ModuleDict({"layer": nn.ModuleList(Block() for _ in range(LAYERS))})
        self.bert = nn.ModuleDict({"embeddings": tables, "encoder": blocks})
${isClassifier ? classifierParts(config) : predictionParts(config)}
    def forward(self, ids, mask=None):  # both (batch, tokens): int64, and 1 where a token is
        tables = self.bert.embeddings
        x = tables.word_embeddings(ids) + tables.position_embeddings.weight[: ids.size(1)]
        x = tables.LayerNorm(x + tables.token_type_embeddings.weight[0])
        mask = None if mask is None else mask[:, None, None].bool()
        for block in self.bert.encoder.layer:
            x = block(x, mask)
${isClassifier ? '        return self.classifier(torch.tanh(self.bert.pooler.dense(x[:, 0])))' : '        return self.cls.predictions(x)'}


model = Bert().eval()
`;
}

function predictions(activation: (x: string) => string): string {
  return `class Predictions(nn.Module):
    def __init__(self):
        super().__init__()
        self.transform, self.decoder = normed(WIDTH), nn.Linear(WIDTH, VOCAB)
        self.bias = self.decoder.bias

    def forward(self, x):
        return self.decoder(self.transform.LayerNorm(${activation('self.transform.dense(x)')}))


`;
}

function classifierParts({ numLabels }: BertConfig): string {
  return `        self.bert["pooler"] = nn.ModuleDict({"dense": nn.Linear(WIDTH, WIDTH)})
        self.classifier = nn.Linear(WIDTH, ${numLabels})
`;
}

function predictionParts({ tieWordEmbeddings }: BertConfig): string {
  const tie = '        self.cls.predictions.decoder.weight = tables.word_embeddings.weight\n';
  return `        self.cls = nn.ModuleDict({"predictions": Predictions()})
${tieWordEmbeddings ? tie : ''}`;
}
