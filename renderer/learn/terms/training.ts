// Terms of training and tuning: how a model learns, and what of it.

import { python, type Term } from '../term.ts';

export const training: readonly Term[] = [
  {
    id: 'gradient',
    name: 'Gradient',
    paragraph:
      'For each weight: how fast the loss would rise if it grew. It is found by going through the computation backwards. A step moves every weight a little against its gradient. The gradient norm is the length of all of them as one vector; when it leaps, training is about to go astray, so it is clipped to a most.',
    formula: 'w ← w − rate · ∂loss/∂w',
    shape: 'as the weights',
    place: 'run',
    show: 'See the gradient norm of your run',
    illustrate: ({ maxGradNorm }) => ({
      what: `what remains of a gradient of 3 and 4 clipped to ${maxGradNorm}: its first part`,
      value: (3 * Math.min(1, maxGradNorm / (5 + 1e-6))).toFixed(4),
      pytorch: `import torch

w = torch.nn.Parameter(torch.zeros(2))
loss = w @ torch.tensor([3.0, 4.0])
loss.backward()
norm = torch.nn.utils.clip_grad_norm_([w], max_norm=${python(maxGradNorm)})
assert norm == 5
print(f"{w.grad[0].item():.4f}")`,
    }),
  },
  {
    id: 'learning-rate',
    name: 'Learning rate',
    paragraph:
      'How far a step goes. Too high, and the loss jumps or explodes; too low, and nothing happens in the time that you have. It usually rises from 0 over the first steps (warm-up), because the first gradients are wild, and falls towards the end, so that the weights settle.',
    formula: 'cosine: rate · ½ · (1 + cos(π · progress)) after the warm-up',
    shape: 'one number a step',
    place: 'run',
    show: 'See it over your run',
    illustrate: ({ name, learningRate }) => ({
      what: `learning rate of ${name} half way down a cosine, × 10⁶`,
      value: (learningRate * 0.5 * (1 + Math.cos(Math.PI / 2)) * 1e6).toFixed(3),
      pytorch: `import torch

w = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.AdamW([w], lr=${python(learningRate)})
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)
for step in range(50):
    optimizer.step()
    schedule.step()
print(f"{schedule.get_last_lr()[0] * 1e6:.3f}")`,
    }),
  },
  {
    id: 'adamw',
    name: 'AdamW',
    paragraph:
      'The usual optimizer. It keeps two running means for every weight, of its gradient and of the gradient squared, and steps by the first over the root of the second: every weight moves about as far as the learning rate says, whatever the size of its gradient. Weight decay pulls the matrices towards 0 apart from that.',
    formula: 'w ← w − rate · (m̂ / (√v̂ + ε) + decay · w)',
    shape: 'two more numbers for each weight',
    place: 'new-run',
    show: 'Choose an optimizer',
    illustrate: ({ learningRate }) => ({
      what: 'how far the first step moves a weight of 0, × 10⁶',
      value: (learningRate * 1e6 * (0.02 / (0.02 + 1e-8))).toFixed(2),
      pytorch: `import torch

w = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
optimizer = torch.optim.AdamW([w], lr=${python(learningRate)})
w.grad = torch.tensor([0.02], dtype=torch.float64)
optimizer.step()
print(f"{-w.item() * 1e6:.2f}")`,
    }),
  },
  {
    id: 'batch',
    name: 'Batch, step, epoch',
    paragraph:
      'A step learns from one batch: several rows of tokens at once, whose gradients are averaged. Larger batches give steadier gradients and take longer. Where memory is short, several small batches are added up before the weights move (accumulation). An epoch is one pass over all of the training data.',
    formula: 'tokens a step = rows · tokens a row · accumulation',
    shape: 'ids (B, T)',
    place: 'run',
    show: 'See your run by step or epoch',
    illustrate: ({ name, batchSize, sequenceLength, gradientAccumulationSteps }) => ({
      what: `most tokens that one step of ${name} learns from`,
      value: String(batchSize * sequenceLength * gradientAccumulationSteps),
      pytorch: `import torch

B, T, accumulation = ${batchSize}, ${sequenceLength}, ${gradientAccumulationSteps}
batches = [torch.zeros(B, T, dtype=torch.long) for _ in range(accumulation)]
print(sum(batch.numel() for batch in batches))`,
    }),
  },
  {
    id: 'dropout',
    name: 'Dropout',
    paragraph:
      'While training, a share of the numbers is set to 0 at random and the others are scaled up to make good for it. The model cannot lean on any single one, which helps when data is scarce and is a waste when it is plenty. When the model is used, nothing is dropped.',
    formula: 'y = x · keep / (1 − p)',
    shape: 'as what it is given',
    place: 'new-run',
    show: 'Set it for a run',
    illustrate: () => ({
      what: 'what becomes of a 1 that is kept, at dropout 0.1',
      value: (1 / 0.9).toFixed(4),
      pytorch: `import torch

x = torch.ones(1000)
y = torch.nn.functional.dropout(x, p=0.1, training=True)
assert torch.equal(x, torch.nn.functional.dropout(x, p=0.1, training=False))
print(f"{y.max().item():.4f}")`,
    }),
  },
  {
    id: 'overfitting',
    name: 'Held-out data and overfitting',
    paragraph:
      'A model can learn its training text by heart, and that is not what you want. So a part is held out and never trained on. While both losses fall, it learns; when the loss on held-out data rises and that on training data goes on falling, it has begun to memorise, and the best checkpoint lies behind.',
    formula: 'gap = loss on held-out data − loss on training data',
    shape: 'two numbers at each evaluation',
    place: 'run',
    show: 'See both curves of your run',
    illustrate: ({ name, loss }) => ({
      what: `factor of perplexity that a gap of 0.1 nats would cost ${name} at a loss of ${loss.toFixed(2)}`,
      value: Math.exp(0.1).toFixed(4),
      pytorch: `import torch

training_loss = torch.tensor(${python(loss)}, dtype=torch.float64)
held_out_loss = training_loss + 0.1
print(f"{(held_out_loss.exp() / training_loss.exp()).item():.4f}")`,
    }),
  },
  {
    id: 'checkpoint',
    name: 'Checkpoint',
    paragraph:
      'The weights at some step, and with them all that is needed to go on as if nothing had happened: the optimizer, the place in the data, the random numbers. The best one is that with the lowest loss on held-out data, which need not be the last.',
    formula: 'state = weights, optimizer, position',
    shape: 'named tensors in a safetensors file',
    place: 'checkpoints',
    show: 'See your checkpoints',
    illustrate: ({ hiddenSize, vocabSize }) => ({
      what: `numbers that come back from a file with one table of ${vocabSize} × ${hiddenSize}`,
      value: String(vocabSize * hiddenSize),
      pytorch: `import io
import torch

model = torch.nn.Embedding(${vocabSize}, ${hiddenSize})
file = io.BytesIO()
torch.save(model.state_dict(), file)
file.seek(0)
state = torch.load(file, weights_only=True)
assert torch.equal(state["weight"], model.weight)
print(sum(tensor.numel() for tensor in state.values()))`,
    }),
  },
  {
    id: 'fine-tuning',
    name: 'Fine-tuning',
    paragraph:
      'Training that begins with weights that have already learned something. It needs little data and a learning rate lower than the first training had; too much of it, and the model forgets what it knew. Instruction tuning is fine-tuning on questions with answers, of which only the answers are learned.',
    formula: 'loss over the answer’s tokens only',
    shape: 'targets (B, T) with −100 where nothing is to be learned',
    place: 'checkpoints',
    show: 'Fine-tune one of yours',
    illustrate: ({ vocabSize }) => ({
      what: `loss of two answer tokens by a model that knows nothing, with ${vocabSize} tokens`,
      value: Math.log(vocabSize).toFixed(4),
      pytorch: `import torch
import torch.nn.functional as F

logits = torch.zeros(4, ${vocabSize})
targets = torch.tensor([-100, -100, 1, 0])  # two of the question, two of the answer
loss = F.cross_entropy(logits, targets, ignore_index=-100)
print(f"{loss.item():.4f}")`,
    }),
  },
  {
    id: 'lora',
    name: 'LoRA',
    paragraph:
      'Instead of turning a large matrix, two narrow ones are learned beside it, whose product is added to it. They have a hundredth of its numbers, so gradients and optimizer state nearly vanish, and the result is a small file, an adapter, that can be added to the weights and taken away again.',
    formula: 'W′ = W + (alpha / r) · B · A',
    shape: 'A (r, C), B (C, r) beside W (C, C); B begins at 0',
    place: 'new-run',
    show: 'Tune by LoRA',
    illustrate: ({ hiddenSize, loraR, name }) => ({
      what: `numbers learned for one matrix of ${name} with r ${loraR}`,
      value: String(2 * loraR * hiddenSize),
      pytorch: `import torch

C, r, alpha = ${hiddenSize}, ${loraR}, ${2 * loraR}
W = torch.randn(C, C)
A, B = torch.randn(r, C), torch.zeros(C, r)
x = torch.randn(1, C)
y = x @ W.T + alpha / r * (x @ A.T @ B.T)
assert torch.allclose(y, x @ W.T)  # at first nothing is changed
print(A.numel() + B.numel())`,
    }),
  },
];
