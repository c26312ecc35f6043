// Terms of the model itself: what a transformer is made of.

import type { Term } from '../term.ts';

export const model: readonly Term[] = [
  {
    id: 'transformer',
    name: 'Transformer',
    paragraph:
      'A network that reads all tokens of a text at once and lets each look at the others by attention. It was made for translation in 2017, with an encoder that reads the source and a decoder that writes the target; language models keep the decoder alone, classifiers the encoder. Its blocks are alike: attention, then a feed-forward layer, each added to what came in.',
    formula: 'x ← x + attention(norm(x));   x ← x + feedForward(norm(x))',
    shape: '(B, T, C) in and out of every block',
    place: 'new-run',
    show: 'Design one',
    illustrate: ({ name, hiddenSize, numHiddenLayers, intermediateSize }) => ({
      what: `weights in the matrices of the blocks of ${name}, if all are plain`,
      value: String(numHiddenLayers * (4 * hiddenSize ** 2 + 2 * hiddenSize * intermediateSize)),
      pytorch: `import torch.nn as nn

C, F = ${hiddenSize}, ${intermediateSize}
block = nn.ModuleList([
    nn.Linear(C, 3 * C, bias=False),  # query, key, value
    nn.Linear(C, C, bias=False),  # what attention found
    nn.Linear(C, F, bias=False),
    nn.Linear(F, C, bias=False),
])
print(${numHiddenLayers} * sum(weight.numel() for weight in block.parameters()))`,
    }),
  },
  {
    id: 'attention',
    name: 'Attention',
    paragraph:
      'Each token asks a question (query), offers a description (key) and something to hand over (value). The product of a query with all keys says how much it wants of each token; softmax makes shares of that; the values are averaged by these shares. So a word can fetch what it needs from any other, however far.',
    formula: 'attention(Q, K, V) = softmax(Q · Kᵀ / √d + mask) · V',
    shape: 'Q, K, V (B, heads, T, d) → shares (B, heads, T, T) → (B, heads, T, d)',
    place: 'inspect',
    show: 'See the attention of your model',
    illustrate: ({ headDim, sequenceLength }) => {
      // A query that fits one key by √d above all the others.
      const fit = Math.exp(1);
      return {
        what: `share of the one token among ${sequenceLength} whose key fits the query`,
        value: (fit / (fit + sequenceLength - 1)).toFixed(4),
        pytorch: `import torch

T, d = ${sequenceLength}, ${headDim}
query = torch.ones(1, d)
keys = torch.zeros(T, d)
keys[0] = d**-0.5  # fits the query by √d, the others by 0
scores = query @ keys.T / d**0.5
shares = torch.softmax(scores, dim=-1)
print(f"{shares[0, 0].item():.4f}")`,
      };
    },
  },
  {
    id: 'head',
    name: 'Attention head',
    paragraph:
      'Attention is done several times side by side, each with questions and answers of its own in a part of the width. One head may look at the token before, another at the subject of the sentence. Their results are put together and mixed by one matrix.',
    formula: 'd = C / heads',
    shape: '(B, T, C) is seen as (B, T, heads, d)',
    place: 'inspect',
    show: 'See the heads of your model',
    illustrate: ({ name, headDim, numAttentionHeads, sequenceLength }) => ({
      what: `shares that one layer of ${name} computes for one text`,
      value: String(numAttentionHeads * sequenceLength ** 2),
      pytorch: `import torch

heads, T, d = ${numAttentionHeads}, ${sequenceLength}, ${headDim}
q, k, v = (torch.randn(1, T, heads * d) for _ in range(3))
split = lambda x: x.view(1, T, heads, d).transpose(1, 2)
shares = torch.softmax(split(q) @ split(k).transpose(2, 3) / d**0.5, dim=-1)
mixed = (shares @ split(v)).transpose(1, 2).reshape(1, T, heads * d)
assert mixed.shape == q.shape
print(shares.numel())`,
    }),
  },
  {
    id: 'causal-mask',
    name: 'Causal mask',
    paragraph:
      'A model that is to foretell the next token must not see it. The mask sets all scores of later tokens to minus infinity, so that softmax gives them nothing. That is why one pass over a text teaches all its positions at once: each sees only what came before it.',
    formula: 'mask(i, j) = 0 for j ≤ i, −∞ else',
    shape: '(T, T), the same for every head',
    place: 'inspect',
    show: 'See it in your model',
    illustrate: ({ name, sequenceLength }) => ({
      what: `pairs of tokens that ${name} may look at, in a text of full length`,
      value: String((sequenceLength * (sequenceLength + 1)) / 2),
      pytorch: `import torch

T = ${sequenceLength}
scores = torch.zeros(T, T)
is_later = torch.triu(torch.ones(T, T, dtype=torch.bool), diagonal=1)
shares = torch.softmax(scores.masked_fill(is_later, float("-inf")), dim=-1)
assert shares[0, 0] == 1  # the first token sees itself alone
print((shares > 0).sum().item())`,
    }),
  },
  {
    id: 'cross-attention',
    name: 'Cross-attention',
    paragraph:
      'In a translator, the decoder also looks at the source: queries come from the text that is being written, keys and values from what the encoder made of the source. Its map shows which word of the source each written word was taken from.',
    formula: 'attention(Q of the target, K and V of the source)',
    shape: 'Q (B, heads, T, d), K and V (B, heads, S, d) → shares (B, heads, T, S)',
    place: 'inspect',
    show: 'See which words it looked at',
    illustrate: ({ numAttentionHeads, headDim }) => ({
      what: `shares of a layer with ${numAttentionHeads} heads for a source of 12 and a target of 9 tokens`,
      value: String(numAttentionHeads * 9 * 12),
      pytorch: `import torch

heads, d, S, T = ${numAttentionHeads}, ${headDim}, 12, 9
query = torch.randn(1, heads, T, d)  # from the decoder
key = torch.randn(1, heads, S, d)  # from the encoder
shares = torch.softmax(query @ key.transpose(2, 3) / d**0.5, dim=-1)
assert torch.allclose(shares.sum(-1), torch.ones(1, heads, T))
print(shares.numel())`,
    }),
  },
  {
    id: 'embedding',
    name: 'Embedding',
    paragraph:
      'A table with one row of numbers for each token: the vector by which the model knows it. Tokens that are used alike end up with vectors that point alike. Many models use the same table again at the end, to compare what they computed with every token.',
    formula: 'x = E[id]',
    shape: 'ids (B, T) and table (V, C) give (B, T, C)',
    place: 'inspect',
    show: 'See shapes from ids on',
    illustrate: ({ name, batchSize, sequenceLength, hiddenSize }) => ({
      what: `numbers that enter the first block of ${name} for one batch`,
      value: String(batchSize * sequenceLength * hiddenSize),
      pytorch: `import torch

B, T, C = ${batchSize}, ${sequenceLength}, ${hiddenSize}
table = torch.nn.Embedding(10, C)
ids = torch.zeros(B, T, dtype=torch.long)
print(table(ids).numel())`,
    }),
  },
  {
    id: 'position',
    name: 'Positions',
    paragraph:
      'Attention by itself does not know the order of words. It is told: by adding a vector for each place (learned or made of sines), by turning queries and keys by an angle that grows with the place (rotary), or by adding to the scores a number that depends on the distance.',
    formula: 'rotary: angle = position · 10000^(−2i/d)',
    shape: '(T, C) added to embeddings, or d/2 angles for each position',
    place: 'new-run',
    show: 'Choose them for a model',
    illustrate: ({ headDim }) => ({
      what: `the second angle at position 10 with heads of ${headDim}, in radians`,
      value: (10 * 10_000 ** (-2 / headDim)).toFixed(4),
      pytorch: `import torch

d, position = ${headDim}, 10
frequencies = 10000 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
angles = position * frequencies
print(f"{angles[1].item():.4f}")`,
    }),
  },
  {
    id: 'feed-forward',
    name: 'Feed-forward layer',
    paragraph:
      'After attention has brought tokens together, each is worked on by itself: widened, bent by an activation, narrowed again. Most weights of a transformer are here, and much of what it knows.',
    formula: 'y = W₂ · act(W₁ · x + b₁) + b₂',
    shape: '(B, T, C) → (B, T, F) → (B, T, C), often F = 4 C',
    place: 'new-run',
    show: 'Set its width',
    illustrate: ({ name, hiddenSize, intermediateSize }) => ({
      what: `weights and biases of one feed-forward layer of ${name}, without a gate`,
      value: String(2 * hiddenSize * intermediateSize + hiddenSize + intermediateSize),
      pytorch: `import torch.nn as nn

C, F = ${hiddenSize}, ${intermediateSize}
layer = nn.Sequential(nn.Linear(C, F), nn.GELU(), nn.Linear(F, C))
print(sum(weight.numel() for weight in layer.parameters()))`,
    }),
  },
  {
    id: 'norm',
    name: 'Layer norm',
    paragraph:
      'Brings the numbers of each token to mean 0 and spread 1, then scales them by learned factors, so that deep stacks stay in a range where they can learn. RMS norm leaves the mean alone and only divides by the root of the mean square. Before each part (pre-norm) it trains more steadily than after (post-norm).',
    formula: 'y = (x − mean) / √(variance + ε) · w + b',
    shape: '(B, T, C) to (B, T, C), over C',
    place: 'new-run',
    show: 'Choose it for a model',
    illustrate: () => ({
      what: 'the last of 1, 2, 3, 4 after layer norm',
      value: (1.5 / Math.sqrt(1.25 + 1e-5)).toFixed(4),
      pytorch: `import torch

x = torch.tensor([1.0, 2.0, 3.0, 4.0])
norm = torch.nn.LayerNorm(4, eps=1e-5)
by_hand = (x - x.mean()) / (x.var(unbiased=False) + 1e-5).sqrt()
assert torch.allclose(norm(x), by_hand)
print(f"{norm(x)[3].item():.4f}")`,
    }),
  },
  {
    id: 'parameters',
    name: 'Parameters',
    paragraph:
      'The numbers that training turns: tables, matrices, norms. Four bytes each as the model computes with them, two when stored at half precision. Training needs about four times as much: beside each parameter stand its gradient and two running means of the optimizer.',
    formula: 'bytes while training ≈ 4 · (1 + 1 + 2) · parameters',
    shape: 'all tensors of the model, counted',
    place: 'checkpoints',
    show: 'See what is stored',
    illustrate: ({ name, parameterCount }) => ({
      what: `MB of ${name} stored at half precision`,
      value: ((2 * parameterCount) / 1e6).toFixed(2),
      pytorch: `import torch

with torch.device("meta"):  # no memory is taken
    weights = torch.empty(${parameterCount}, dtype=torch.float16)
bytes_ = weights.numel() * weights.element_size()
print(f"{bytes_ / 1e6:.2f}")`,
    }),
  },
];
