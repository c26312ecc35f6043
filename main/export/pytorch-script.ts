// The model and the training loop of settings as a short script that runs with PyTorch alone. The model is that
// of model.py; what training adds to it (initial weights, dropout, frozen zero biases) and the loop are here.

import {
  EngineError,
  isDecoder,
  modelPy,
  sequenceLength,
  type DecoderConfig,
  type RunSettings,
} from '../../engine/index.ts';

/** Python source: `python train.py text.txt` trains what Heddle would train on that text. */
export function pytorchScript(settings: RunSettings, datasetName: string | null): string {
  const { model: config, task } = settings;
  if (!isDecoder(config) || task !== 'text') {
    throw new EngineError(
      'script-unsupported',
      `There is no script yet for a ${config.modelType} model of task ${task}.`,
      {
        hint: 'Scripts are written for models that go on with a text.',
      },
    );
  }
  const model = modelPy(settings.model);
  const [, afterDocstring = ''] = model.split(/^"""[\s\S]*?"""\n/);
  // The text decides the vocabulary, so it is read before the model is built.
  const at = afterDocstring.search(/\n\n(class|def) /);
  const constants = afterDocstring
    .slice(0, at)
    .replace('import torch\n', 'import math\nimport sys\n\nimport torch\n');
  const definition = withDropout(afterDocstring.slice(at), config).replace(
    /^(model = \w+\(\))\.eval\(\)$/m,
    '$1',
  );
  return [head(datasetName), constants, data(settings), definition, beginning(config), loop(settings)].join(
    '\n',
  );
}

function head(datasetName: string | null): string {
  const name = (datasetName ?? 'any text').replace(/[\\"\p{Cc}]/gu, ' ');
  return `"""Trains a model from scratch in plain PyTorch: the same model and loop as in Heddle, on ${name}.

python train.py text.txt
"""`;
}

function data({ data: { tokenizer, validationFraction }, model, training }: RunSettings): string {
  const encode =
    tokenizer === 'characters'
      ? `characters = sorted(set(text))
VOCAB = len(characters)
ids = torch.tensor([characters.index(c) for c in text])
decode = lambda tokens: "".join(characters[t] for t in tokens)`
      : `# Heddle cuts the text into ${model.vocabSize.toLocaleString('en')} or fewer pieces by byte-level BPE; bytes stand for them here, so that nothing but
# torch is needed. Put in your own tokenizer for the same tokens.
ids = torch.tensor(list(text.encode()))
decode = lambda tokens: bytes(t for t in tokens if t < 256).decode(errors="replace")`;
  return `BATCH, ACCUMULATION = ${training.perDeviceTrainBatchSize}, ${training.gradientAccumulationSteps}
LENGTH = ${sequenceLength(model, training)}
torch.manual_seed(${training.seed})

text = open(sys.argv[1], encoding="utf-8").read()
${encode}
split = int(len(ids) * ${1 - validationFraction})
train_ids, eval_ids = ids[:split], ids[split:]
`;
}

/** Dropout where the model has it while it trains; model.py needs none. */
function withDropout(definition: string, model: DecoderConfig): string {
  const attention = model.modelType === 'gpt2' ? model.attnPdrop : model.attentionDropout;
  if (attention === 0) return definition;
  return definition.replace(
    'is_causal=True)',
    `is_causal=True, dropout_p=${attention} if self.training else 0.0)`,
  );
}

function beginning(model: DecoderConfig): string {
  const projection = model.initializerRange / Math.sqrt(2 * model.numHiddenLayers);
  const isGpt2 = model.modelType === 'gpt2';
  const lines = [
    'for name, parameter in model.named_parameters():',
    '    if parameter.dim() > 1:',
    isGpt2
      ? `        nn.init.normal_(parameter, std=${projection} if name.endswith("c_proj.weight") else ${model.initializerRange})`
      : `        nn.init.normal_(parameter, std=${model.initializerRange})`,
  ];
  if (model.modelType === 'qwen2') {
    lines.push('    if name.endswith("bias"):', '        nn.init.zeros_(parameter)');
  }
  if (isGpt2 && !model.useBias) {
    lines.push(
      '    if name.endswith("bias"):',
      '        parameter.requires_grad = False  # zero, and stays so',
    );
  }
  if (isGpt2 && model.embdPdrop > 0) {
    lines.push(
      `model.transformer.h[0].register_forward_pre_hook(lambda block, x: F.dropout(x[0], ${model.embdPdrop}, block.training))`,
    );
  }
  if (isGpt2 && model.residPdrop > 0) {
    lines.push(
      'for block in model.transformer.h:',
      '    for part in (block.attn.c_proj, block.mlp.c_proj):',
      `        part.register_forward_hook(lambda part, x, y: F.dropout(y, ${model.residPdrop}, part.training))`,
    );
  }
  return lines.join('\n');
}

function loop({ training }: RunSettings): string {
  const { optim, adamBeta1, adamBeta2, adamEpsilon, weightDecay, maxGradNorm, labelSmoothingFactor } =
    training;
  const steps =
    training.maxSteps > 0
      ? `STEPS = ${training.maxSteps}`
      : `STEPS = max(1, math.ceil(${training.numTrainEpochs} * WINDOWS / (BATCH * ACCUMULATION)))`;
  const optimizers = {
    adamw: `torch.optim.AdamW(groups, betas=(${adamBeta1}, ${adamBeta2}), eps=${adamEpsilon})`,
    adam: `torch.optim.Adam(groups, betas=(${adamBeta1}, ${adamBeta2}), eps=${adamEpsilon})`,
    sgd: `torch.optim.SGD(groups, lr=1.0, momentum=${adamBeta1})`,
  };
  const smoothing =
    labelSmoothingFactor > 0 ? `, label_smoothing=${labelSmoothingFactor} if model.training else 0.0` : '';
  const clip = maxGradNorm > 0 ? `    nn.utils.clip_grad_norm_(model.parameters(), ${maxGradNorm})\n` : '';
  const evaluates =
    training.evalSteps > 0 ? `step % ${training.evalSteps} == 0 or step == STEPS` : 'step == STEPS';
  return `
WINDOWS = (len(train_ids) - 1) // LENGTH - 1
${steps}
device = "cuda" if torch.cuda.is_available() else "cpu"
model = model.to(device)
trained = [p for p in model.parameters() if p.requires_grad]
groups = [
    {"params": [p for p in trained if p.dim() > 1], "weight_decay": ${weightDecay}},
    {"params": [p for p in trained if p.dim() == 1], "weight_decay": 0.0},
]
optimizer = ${optimizers[optim]}


def learning_rate(step):  # counted from 1
    ${learningRateLines(training).join('\n    ')}


def batches():  # windows of the text in a new order and with a new shift in each epoch
    while True:
        shift = int(torch.randint(len(train_ids) - WINDOWS * LENGTH, (1,)))
        for starts in torch.randperm(WINDOWS).split(BATCH):
            if len(starts) == BATCH or WINDOWS < BATCH:
                yield windows(train_ids, shift + starts * LENGTH)


def windows(ids, starts):
    rows = torch.stack([ids[int(s) : int(s) + LENGTH + 1] for s in starts]).to(device)
    return rows[:, :-1], rows[:, 1:]


def loss_of(x, y):
    return F.cross_entropy(model(x).flatten(0, 1), y.flatten()${smoothing})


@torch.no_grad()
def evaluate():
    model.eval()
    starts = torch.linspace(0, len(eval_ids) - 1 - LENGTH, ${training.evalBatches} * BATCH).long().split(BATCH)
    losses = [loss_of(*windows(eval_ids, one)).item() for one in starts]
    model.train()
    return sum(losses) / len(losses)


model.train()
source = batches()
for step in range(1, STEPS + 1):
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(step)
    optimizer.zero_grad(set_to_none=True)
    total = 0.0
    for _ in range(ACCUMULATION):
        loss = loss_of(*next(source)) / ACCUMULATION
        loss.backward()
        total += loss.item()
${clip}    optimizer.step()
    print(f"step {step}: loss {total:.4f}")
    if (${evaluates}) and len(eval_ids) > LENGTH:
        held_out = evaluate()
        print(f"step {step}: held-out loss {held_out:.4f}, perplexity {math.exp(held_out):.2f}")

model.eval()
tokens = ids[:1].to(device)[None]
with torch.no_grad():
    for _ in range(200):
        scores = model(tokens[:, -LENGTH:])[:, -1] / 0.8
        tokens = torch.cat((tokens, torch.multinomial(scores.softmax(-1), 1)), dim=1)
print(decode(tokens[0].tolist()))
`;
}

function learningRateLines(training: RunSettings['training']): string[] {
  const { learningRate: peak, minLearningRate: end, lrSchedulerType, warmupSteps } = training;
  const lines = [
    `warmup = min(${warmupSteps}, math.ceil(STEPS / 10))`,
    'if step <= warmup:',
    `    return ${peak} * step / warmup`,
  ];
  const progress = 'progress = min(1, (step - warmup) / max(1, STEPS - warmup))';
  switch (lrSchedulerType) {
    case 'constant':
      return [...lines, `return ${peak}`];
    case 'linear':
      return [...lines, progress, `return ${end} + (${peak} - ${end}) * (1 - progress)`];
    case 'cosine':
      return [
        ...lines,
        progress,
        `return ${end} + (${peak} - ${end}) * 0.5 * (1 + math.cos(math.pi * progress))`,
      ];
    default:
      return lrSchedulerType satisfies never;
  }
}
