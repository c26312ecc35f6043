// The later lessons: training, keeping, tuning, measuring.

import { whenTrained, type Lesson } from '../lesson.ts';

export const making: readonly Lesson[] = [
  {
    id: 'training',
    title: 'Training',
    minutes: 1,
    paragraphs: [
      'At first all weights are random, and every token is as likely as any other: the loss is the logarithm of the vocabulary’s size. A step takes a batch, computes the loss, goes backwards through the computation to find for every weight in which direction the loss falls, and moves all of them a little.',
      'How far is the learning rate’s to say. It rises over the first steps and falls towards the end. When loss leaps up, it was too high; when nothing happens, too low. The gradient norm tells early: it swells before the loss does.',
      'The curve on training data always looks good in the end. The one to watch is the loss on held-out data. Where it turns up, the model has begun to learn the text by heart.',
    ],
    terms: ['loss', 'gradient', 'learning-rate', 'adamw', 'overfitting', 'dropout'],
    doing: {
      text: 'Train a small model on the sample stories. Watch the loss start near the logarithm of the vocabulary’s size, then read what it writes at every evaluation: letters first, then words, then sentences.',
      button: 'Train on the stories',
      place: 'new-run',
      query: { task: 'text' },
    },
    isDone: whenTrained(({ task }) => task === 'text'),
  },
  {
    id: 'storing',
    title: 'Storing and loading',
    minutes: 1,
    paragraphs: [
      'A trained model is a file of named tensors and a page of settings that says how to put them together. Neither is any use without the tokenizer: other numbers for the same words, and the model speaks gibberish.',
      'A checkpoint keeps more than weights: the optimizer’s running means and the place in the data. With them a run goes on as if it had never been stopped, to the last bit. To use a model, or to tune it, the weights are enough.',
      'Files that may come from strangers should hold numbers and nothing else. Safetensors does. Python’s pickle, inside of most .pth files, may also hold commands; Heddle reads its numbers and refuses the rest.',
    ],
    terms: ['checkpoint', 'parameters', 'fine-tuning'],
    doing: {
      text: 'Take a checkpoint of yours, press “Fine-tune from here”, choose another text and train a little. The new run begins with the stored weights: its first loss is far below that of a model that knows nothing.',
      button: 'Open the checkpoints',
      place: 'checkpoints',
    },
    isDone: whenTrained(({ parent }) => parent !== null),
  },
  {
    id: 'instructions',
    title: 'Instruction tuning',
    minutes: 2,
    paragraphs: [
      'A language model goes on with a text. Asked a question, it may well add another question, because in books questions come in rows. To make it answer, it is trained on a few hundred questions with good answers, laid out the same way each time by a chat template.',
      'Only the answers are learned: the loss leaves out the tokens of the questions. At the end of each answer stands a token that says: done. If it is never learned, the model does not know when to stop, which is why Heddle looks for it before a run begins.',
      'All weights may be turned, or only a few: LoRA adds two narrow matrices beside each large one and learns these. The model keeps more of what it knew, and the result is a small file.',
    ],
    terms: ['fine-tuning', 'lora', 'padding', 'overfitting'],
    doing: {
      text: 'Tune the base model on the sample instructions by LoRA, then ask it something. It is a very small model: look at how it answers, not at what it knows.',
      button: 'Tune the base model',
      place: 'new-run',
      query: { task: 'instruct' },
    },
    isDone: whenTrained(({ task }) => task === 'instruct' || task === 'chat'),
  },
  {
    id: 'evaluation',
    title: 'Evaluation',
    minutes: 1,
    paragraphs: [
      'A figure is worth something when it was measured on data that the model has never seen, by a rule that was fixed before. Perplexity says how well a model foretells text. It says nothing about whether a translation is right: for that its words are compared with a reference, as BLEU does.',
      'Accuracy alone can deceive. If nine of ten reviews praise, always saying “praise” is right nine times in ten. The confusion matrix shows which classes are mistaken for which, and macro-F1 counts rare classes in full.',
      'Two models measured on the same hundred examples will differ even if they are equally good. The paired bootstrap draws these examples again, a thousand times, and tells how often the better one would still be ahead.',
    ],
    terms: ['perplexity', 'bits-per-byte', 'accuracy', 'f1', 'bleu', 'overfitting'],
    doing: {
      text: 'Measure one of your models on its held-out data, then read the worst examples first: they tell more than the figure.',
      button: 'Evaluate a model',
      place: 'evaluate',
    },
    isDone: ({ evaluationCount }) => evaluationCount > 0,
  },
];
