// Terms of measuring: how good a model is, and what a figure means.

import { python, type Term } from '../term.ts';

const fixed = (value: number, digits: number): string => value.toFixed(digits);

/** Counts of classes that the card of F1 reckons with: few enough to follow by hand. */
const sorted = { truePositives: 40, falsePositives: 10, falseNegatives: 20, trueNegatives: 30 };

export const measures: readonly Term[] = [
  {
    id: 'loss',
    name: 'Loss (cross-entropy)',
    paragraph:
      'At each token the model gives every token of its vocabulary a probability for coming next. The loss is minus the logarithm of the probability that it gave to the one that did come, averaged over all tokens: 0 for a model that is always sure and right. Training turns the weights so that it falls.',
    formula: 'loss = −(1/N) · Σ log p(tokenᵢ | tokens before it)',
    shape: 'logits (B, T, V) and targets (B, T) give one number, in nats a token',
    place: 'run',
    show: 'See the loss of your run',
    illustrate: ({ name, loss }) => ({
      what: `the probability that ${name} gives to the right token, as a geometric mean`,
      value: fixed(Math.exp(-loss), 4),
      pytorch: `import torch
import torch.nn.functional as F

p = torch.exp(torch.tensor(-${python(loss)}))
rest = 1 - p
logits = torch.log(torch.stack([p, rest]))  # a vocabulary of two: the right token and all others
loss = F.cross_entropy(logits[None], torch.tensor([0]))
print(f"{torch.exp(-loss).item():.4f}")`,
    }),
  },
  {
    id: 'perplexity',
    name: 'Perplexity',
    paragraph:
      'Perplexity says how many tokens the model hesitates between: a perplexity of 8 is the loss of someone who must choose among 8 tokens that seem equally likely. It is the loss in another dress, and comparable only between models with the same tokens.',
    formula: 'perplexity = e^loss',
    shape: 'one number, from 1 (certain) to about V (knows nothing)',
    place: 'run',
    show: 'See the perplexity of your run',
    illustrate: ({ name, loss }) => ({
      what: `perplexity of ${name}`,
      value: fixed(Math.exp(loss), 3),
      pytorch: `import torch

loss = torch.tensor(${python(loss)}, dtype=torch.float64)  # nats a token
perplexity = torch.exp(loss)
# The same from probabilities: one over their geometric mean.
p = torch.exp(-loss).repeat(100)
assert torch.isclose(perplexity, 1 / p.log().mean().exp())
print(f"{perplexity.item():.3f}")`,
    }),
  },
  {
    id: 'bits-per-byte',
    name: 'Bits per byte',
    paragraph:
      'How many bits the model would need to store a byte of the text, if it were used to compress it. Unlike perplexity it does not depend on how the text is cut into tokens, so models with different tokenizers can be compared by it.',
    formula: 'bits per byte = loss / ln 2 · tokens / bytes',
    shape: 'one number; 8 is no compression at all',
    place: 'evaluate',
    show: 'Measure it',
    illustrate: ({ name, loss }) => ({
      what: `bits a token of ${name} (with one byte a token, bits a byte)`,
      value: fixed(loss / Math.LN2, 3),
      pytorch: `import math
import torch

loss = torch.tensor(${python(loss)}, dtype=torch.float64)  # nats a token
tokens, bytes_ = 1000, 1000
bits_per_byte = loss / math.log(2) * tokens / bytes_
print(f"{bits_per_byte.item():.3f}")`,
    }),
  },
  {
    id: 'accuracy',
    name: 'Accuracy',
    paragraph:
      'The share of answers that are right: of the classes for a classifier, of the next tokens for a text model. It counts a confident and a lucky answer alike, and misleads where one class is much more frequent than the others: always saying the frequent one is then accurate and useless.',
    formula: 'accuracy = right answers / all answers',
    shape: 'argmax over (N, classes) against labels (N)',
    place: 'evaluate',
    show: 'Measure it',
    illustrate: () => ({
      what: 'accuracy of 70 right answers among 100',
      value: fixed(
        (sorted.truePositives + sorted.trueNegatives) / Object.values(sorted).reduce((sum, n) => sum + n, 0),
        4,
      ),
      pytorch: `import torch

labels = torch.tensor([1] * 60 + [0] * 40)
logits = torch.zeros(100, 2)
says_one = torch.tensor([1] * 40 + [0] * 20 + [1] * 10 + [0] * 30)
logits[torch.arange(100), says_one] = 1.0
accuracy = (logits.argmax(dim=-1) == labels).float().mean()
print(f"{accuracy.item():.4f}")`,
    }),
  },
  {
    id: 'f1',
    name: 'F1',
    paragraph:
      'Precision asks how many of those that were called positive are; recall, how many of the positives were found. F1 is their harmonic mean, high only when both are. Macro-F1 averages it over the classes, so that a rare class counts as much as a frequent one.',
    formula: 'F1 = 2 · precision · recall / (precision + recall)',
    shape: 'from the confusion matrix (classes, classes)',
    place: 'evaluate',
    show: 'Measure it',
    illustrate: () => {
      const { truePositives, falsePositives, falseNegatives } = sorted;
      return {
        what: 'F1 with 40 found, 10 false alarms, 20 missed',
        value: fixed((2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives), 4),
        pytorch: `import torch

labels = torch.tensor([1] * 60 + [0] * 40)
answers = torch.tensor([1] * 40 + [0] * 20 + [1] * 10 + [0] * 30)
found = ((answers == 1) & (labels == 1)).sum()
precision = found / (answers == 1).sum()
recall = found / (labels == 1).sum()
print(f"{(2 * precision * recall / (precision + recall)).item():.4f}")`,
      };
    },
  },
  {
    id: 'bleu',
    name: 'BLEU',
    paragraph:
      'BLEU compares a translation with a reference by their runs of one to four words: what share of the runs that were written also stands in the reference, with a penalty for being shorter than it. It is counted over a whole test set; on one sentence it says little. Heddle reckons it as sacreBLEU does, and prints its signature.',
    formula: 'BLEU = 100 · min(1, e^(1 − r/c)) · (p₁ p₂ p₃ p₄)^¼',
    shape: 'lists of N texts and N references give one number, 0 to 100',
    place: 'evaluate',
    show: 'Measure it',
    illustrate: () => ({
      what: 'BLEU of shares 0.8, 0.6, 0.4, 0.3 with 18 words for a reference of 20',
      value: fixed(100 * Math.exp(1 - 20 / 18) * (0.8 * 0.6 * 0.4 * 0.3) ** 0.25, 2),
      pytorch: `import torch

precisions = torch.tensor([0.8, 0.6, 0.4, 0.3], dtype=torch.float64)
written, reference = 18, 20
brevity = torch.exp(torch.tensor(1 - reference / written, dtype=torch.float64)).clamp(max=1)
bleu = 100 * brevity * precisions.log().mean().exp()
print(f"{bleu.item():.2f}")`,
    }),
  },
];
