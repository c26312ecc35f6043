// Terms of text on its way in and out: tokens, padding, logits, and how the next token is chosen.

import { python, type Term } from '../term.ts';

/** Logits that the cards of sampling reckon with. */
const logits = [2, 1, 0.5, -1] as const;
const list = `[${logits.join(', ')}]`;

function softmax(values: readonly number[]): number[] {
  const powers = values.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export const text: readonly Term[] = [
  {
    id: 'token',
    name: 'Token',
    paragraph:
      'A model reads and writes numbers. The tokenizer cuts a text into pieces, letters or frequent groups of letters, and gives each piece its number in the vocabulary. Byte pair encoding makes the pieces by joining the most frequent neighbours over and over, so that frequent words become one token and rare ones several.',
    formula: 'text → ids in 0 … V − 1 → text',
    shape: 'a text of T tokens is (T) whole numbers; a batch of B texts (B, T)',
    place: 'datasets',
    show: 'See your text in tokens',
    illustrate: ({ name, vocabSize, hiddenSize }) => ({
      what: `numbers in the table that gives each token of ${name} its vector`,
      value: String(vocabSize * hiddenSize),
      pytorch: `import torch

vocab_size, hidden_size = ${vocabSize}, ${hiddenSize}
embedding = torch.nn.Embedding(vocab_size, hidden_size)
ids = torch.tensor([[0, 1, 2]])  # a batch of one text of three tokens
assert embedding(ids).shape == (1, 3, hidden_size)
print(embedding.weight.numel())`,
    }),
  },
  {
    id: 'padding',
    name: 'Padding',
    paragraph:
      'Texts of a batch differ in length, but a tensor is a rectangle: shorter texts are filled up with a token that stands for nothing. Attention, loss and every figure must leave it out. Texts of like length put together waste less.',
    formula: 'mask = position < length',
    shape: 'ids (B, T) with a range of real tokens for each row',
    place: 'new-run',
    show: 'Choose how to pad',
    illustrate: ({ sequenceLength, vocabSize }) => {
      const short = Math.ceil(sequenceLength / 2);
      return {
        what: `share of padding in a batch of rows of ${sequenceLength} and ${short} tokens`,
        value: ((sequenceLength - short) / (2 * sequenceLength)).toFixed(4),
        pytorch: `import torch
from torch.nn.utils.rnn import pad_sequence

rows = [torch.randint(1, ${vocabSize}, (length,)) for length in (${sequenceLength}, ${short})]
batch = pad_sequence(rows, batch_first=True, padding_value=0)
is_padding = batch == 0  # here no real token is 0
print(f"{is_padding.float().mean().item():.4f}")`,
      };
    },
  },
  {
    id: 'logits',
    name: 'Logits',
    paragraph:
      'What the last layer writes: for each position one number for each token of the vocabulary, of any size and sign. Softmax makes probabilities of them; the largest logit is the token that the model holds most likely, its argmax.',
    formula: 'logits = h · Wᵀ;   p = softmax(logits)',
    shape: 'hidden states (B, T, C) times (C, V) give logits (B, T, V)',
    place: 'inspect',
    show: 'See shapes from ids to logits',
    illustrate: ({ name, batchSize, sequenceLength, vocabSize, hiddenSize }) => ({
      what: `logits that ${name} writes for one batch`,
      value: String(batchSize * sequenceLength * vocabSize),
      pytorch: `import torch

B, T, C, V = ${batchSize}, ${sequenceLength}, ${hiddenSize}, ${vocabSize}
with torch.device("meta"):  # shapes alone, no memory
    hidden = torch.empty(B, T, C)
    head = torch.nn.Linear(C, V, bias=False)
    logits = head(hidden)
print(logits.numel())`,
    }),
  },
  {
    id: 'softmax',
    name: 'Softmax',
    paragraph:
      'Turns any numbers into probabilities: each is raised to a power of e, then all are divided by their sum. Differences decide, not sizes: adding the same to all changes nothing, which is how it is kept from overflowing.',
    formula: 'softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ',
    shape: 'the shape it is given; sums to 1 over the last dimension',
    place: 'playground',
    show: 'See probabilities of the next token',
    illustrate: () => ({
      what: `probability of the first of the logits ${logits.join(', ')}`,
      value: softmax(logits)[0]!.toFixed(4),
      pytorch: `import torch

logits = torch.tensor(${list})
p = torch.softmax(logits, dim=-1)
assert torch.isclose(p.sum(), torch.tensor(1.0))
assert torch.allclose(p, torch.softmax(logits - logits.max(), dim=-1))
print(f"{p[0].item():.4f}")`,
    }),
  },
  {
    id: 'temperature',
    name: 'Temperature',
    paragraph:
      'Logits are divided by it before softmax. Below 1 the likely tokens become likelier and the text safer; above 1 the unlikely ones get their chance, and mistakes too. At 0 the likeliest token is always taken.',
    formula: 'p = softmax(logits / temperature)',
    shape: 'one number over logits (V)',
    place: 'playground',
    show: 'Try it on your model',
    illustrate: () => ({
      what: `probability of the first of the logits ${logits.join(', ')} at temperature 0.5`,
      value: softmax(logits.map((logit) => logit / 0.5))[0]!.toFixed(4),
      pytorch: `import torch

logits = torch.tensor(${list})
temperature = 0.5
p = torch.softmax(logits / temperature, dim=-1)
token = torch.multinomial(p, num_samples=1)  # how one is drawn
print(f"{p[0].item():.4f}")`,
    }),
  },
  {
    id: 'top-p',
    name: 'Top-k and top-p',
    paragraph:
      'Before a token is drawn the unlikely ones are put aside: top-k keeps the k likeliest, top-p the fewest that together reach probability p. What is kept is scaled to sum to 1 again. It cuts the long tail in which most nonsense lies.',
    formula: 'keep the shortest prefix of sorted p with Σ ≥ top_p',
    shape: 'probabilities (V) to probabilities (V), most of them 0',
    place: 'playground',
    show: 'Try it on your model',
    illustrate: () => {
      const [first = 0, second = 0] = softmax(logits);
      return {
        what: `probability of the first of the logits ${logits.join(', ')} with top-k 2`,
        value: (first / (first + second)).toFixed(4),
        pytorch: `import torch

logits = torch.tensor(${list})
kept, indices = logits.topk(2)
narrowed = torch.full_like(logits, float("-inf")).scatter(0, indices, kept)
p = torch.softmax(narrowed, dim=-1)
print(f"{p[0].item():.4f}")`,
      };
    },
  },
  {
    id: 'beam-search',
    name: 'Beam search',
    paragraph:
      'Instead of settling each token at once, the few likeliest beginnings are kept and continued side by side, and the best whole text is taken at the end, its probability judged by length. It finds translations that a greedy choice misses, and makes free text dull.',
    formula: 'score = Σ log p(tokenᵢ) / length',
    shape: 'beams × V candidates a step, of which the best beams stay',
    place: 'evaluate',
    show: 'Measure with beams',
    illustrate: () => ({
      what: 'score of three tokens with probabilities 0.9, 0.5 and 0.8',
      value: (Math.log(0.9 * 0.5 * 0.8) / 3).toFixed(4),
      pytorch: `import torch

p = torch.tensor([0.9, 0.5, 0.8], dtype=torch.float64)
score = p.log().sum() / len(p)
print(f"{score.item():.4f}")`,
    }),
  },
  {
    id: 'label-smoothing',
    name: 'Label smoothing',
    paragraph:
      'The loss asks for a little less than certainty: a small share of the target is spread over the whole vocabulary. The model then stays less sure of itself, which helps translations; the loss no longer reaches 0.',
    formula: 'loss = (1 − ε) · −log p(target) + ε · mean over V of −log p',
    shape: 'logits (B, T, V), ε between 0 and 1',
    place: 'new-run',
    show: 'Set it for a run',
    illustrate: ({ labelSmoothing }) => {
      const p = softmax(logits);
      const mean = p.reduce((sum, one) => sum - Math.log(one), 0) / p.length;
      return {
        what: `loss of the first of the logits ${logits.join(', ')} with smoothing ${labelSmoothing}`,
        value: ((1 - labelSmoothing) * -Math.log(p[0]!) + labelSmoothing * mean).toFixed(4),
        pytorch: `import torch
import torch.nn.functional as F

logits = torch.tensor([${list}])
target = torch.tensor([0])
loss = F.cross_entropy(logits, target, label_smoothing=${python(labelSmoothing)})
print(f"{loss.item():.4f}")`,
      };
    },
  },
];
