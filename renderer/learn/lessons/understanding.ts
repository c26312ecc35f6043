// The first lessons: what a transformer is, and what goes in and comes out.

import { whenTrained, whenVisited, type Lesson } from '../lesson.ts';

export const understanding: readonly Lesson[] = [
  {
    id: 'attention',
    title: 'Attention',
    minutes: 0,
    paragraphs: [
      'Read “The cat drank because it was thirsty”. To know what “it” is, you looked back at “cat”. Attention is how a network looks back: each token compares its question, the query, with a description of every token it may see, the key, and takes from each as much of its value as the two fit.',
      'The comparison is a product of two vectors, softmax turns the products into shares that sum to 1, and the result is the values averaged by these shares. Nothing in it depends on how far apart two tokens are. There are several heads side by side, each with queries and keys of its own, so one can follow grammar while another looks for the last name.',
      'Nobody tells a head what to look for. It is learned, because looking there made the next token easier to foretell. Heads of a small model are often simple: many look at the token before, some at the first token, which serves as a place to look at when there is nothing to fetch.',
    ],
    terms: ['attention', 'head', 'causal-mask', 'softmax'],
    doing: {
      text: 'Open a model and a text, go through layers and heads with the arrow keys, and find a head that looks mostly at the token before. The base model that comes with Heddle will do.',
      button: 'Look at attention',
      place: 'inspect',
    },
    isDone: whenVisited('attention'),
  },
  {
    id: 'transformer',
    title: 'The transformer',
    minutes: 2,
    paragraphs: [
      'The transformer was made for translation in 2017. Its encoder reads the source, every word seeing every other. Its decoder writes the target one token at a time: it looks at what it has written, through a mask that hides what is to come, and by cross-attention at what the encoder made of the source.',
      'It learns from pairs. The decoder is given the target shifted by one place behind a start token, and at each position must foretell the token that belongs there. Because of the mask all positions are learned in one pass, although later, in use, each token has to wait for the one before.',
      'The two halves went their own ways. The decoder alone, with nothing to translate, became the language models of today. The encoder alone became the models that classify texts and find them.',
    ],
    terms: ['transformer', 'cross-attention', 'causal-mask', 'label-smoothing'],
    doing: {
      text: 'Train a small translator on the sample of English and German pairs. While it trains, its page shows what it makes of sentences that it has never seen, beside the right answer.',
      button: 'Train a translator',
      place: 'new-run',
      query: { task: 'translate' },
    },
    isDone: whenTrained(({ task }) => task === 'translate'),
  },
  {
    id: 'architecture',
    title: 'Sizes of a model',
    minutes: 0,
    paragraphs: [
      'A model is as wide as the vector that stands for a token, and as deep as it has blocks. Width decides how much can be said about a token, depth how many steps of thought are possible. In each block attention has about 4 C² weights and the feed-forward layer 8 C², so doubling the width costs four times as much and doubling the depth twice.',
      'The vocabulary has its price too: its table has V · C numbers, which in a small model with a large vocabulary is most of it. The context, how many tokens are seen at once, costs few weights but time and memory: attention compares all pairs.',
      'More parameters want more data. A rule of thumb from large models is twenty tokens of text for each parameter. Below that, a smaller model learns as much and trains faster.',
    ],
    terms: ['parameters', 'embedding', 'feed-forward', 'norm', 'position'],
    doing: {
      text: 'In the designer, double the width and watch parameters, memory and time; then halve the layers. Stop where tokens a parameter come near 20, or where you lose patience.',
      button: 'Open the designer',
      place: 'new-run',
      query: { task: 'text' },
    },
    isDone: whenVisited('architecture'),
  },
  {
    id: 'input',
    title: 'What goes in: tokens, shapes, padding',
    minutes: 0,
    paragraphs: [
      'A model does not read letters. The tokenizer cuts the text into tokens and gives their numbers; a batch of B rows with T tokens each is a rectangle of whole numbers, its shape (B, T). The embedding makes vectors of them: (B, T, C). That shape stays the same through all blocks.',
      'A long text is cut into rows of full length and nothing is wasted. Pairs, questions, sentences differ in length: their rows are filled up with padding, which attention does not see and the loss does not count. Putting examples of like length together saves much of it.',
      'What is to be learned is a rectangle too: at each place the token that should come next, or a mark that says: nothing to learn here. With questions and answers, only the answers are marked to be learned.',
    ],
    terms: ['token', 'padding', 'batch', 'embedding'],
    doing: {
      text: 'Choose the instructions and open “what the model sees”: every token of a row, which of them are learned, and where padding begins.',
      button: 'See what the model sees',
      place: 'new-run',
      query: { task: 'instruct' },
    },
    isDone: whenVisited('input'),
  },
  {
    id: 'output',
    title: 'What comes out: logits and argmax',
    minutes: 0,
    paragraphs: [
      'The last layer compares what it computed for a place with every token of the vocabulary: (B, T, C) becomes (B, T, V), one number for each token, the logits. Softmax makes probabilities of them. The largest is the argmax, the answer of a model that does not gamble.',
      'To write a text, only the last place counts. A token is chosen, put at the end, and the model is asked again. Always taking the argmax is called greedy; it repeats itself easily. Drawing by probability gives variety, and temperature, top-k and top-p say how much of it.',
      'A classifier is read in the same way, with classes in place of tokens: its argmax is the answer and the probability says how sure it is. How sure it is and how right it is are two things; evaluation tells them apart.',
    ],
    terms: ['logits', 'softmax', 'temperature', 'top-p', 'beam-search'],
    doing: {
      text: 'Write with a model at temperature 0, twice: the same text. Then at 1, twice: two texts. Then at 1 with top-k 3, and find the temperature at which it is worth reading.',
      button: 'Open the playground',
      place: 'playground',
    },
    isDone: whenVisited('output'),
  },
];
