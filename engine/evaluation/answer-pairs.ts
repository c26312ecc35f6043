// What a model that goes on with a text answers to the questions of examples, as texts beside what was wanted.

import type { Example } from '../data/examples.ts';
import type { AnswerPlans } from '../generation/answer-plans.ts';
import { writeAnswers } from '../generation/write-answers.ts';
import { textOf, type Writing, type WrittenPair } from './write-pairs.ts';

/** The likeliest answer to each example's question, which ends where its first trained token stands. */
export async function answerPairs(
  { tokenizer, tokens, ...writing }: Omit<Writing, 'plans' | 'numBeams'> & { readonly plans: AnswerPlans },
  examples: readonly Example[],
): Promise<WrittenPair[]> {
  const questions = examples.map(({ ids, trainedOn }) => ids.subarray(0, Math.max(1, trainedOn.indexOf(1))));
  const { unknownTokenId, vocabSize, endOfTextTokenId } = tokenizer;
  const answers = await writeAnswers({
    ...writing,
    questions,
    // Not every tokenizer has a token that ends a text.
    endTokenId: endOfTextTokenId ?? -1,
    knownTokens: vocabSize,
    // The unknown token stands for no text: it may be read, never written.
    neverWritten: unknownTokenId === null ? [] : [unknownTokenId],
  });
  return examples.map(({ ids, trainedOn }, index) => {
    const decoder = tokenizer.decoder();
    const written = answers[index]!.map((id) => decoder.push(id)).join('') + decoder.flush();
    return {
      input: textOf(questions[index]!, tokenizer, tokens),
      target: textOf(
        ids.filter((_, at) => trainedOn[at] === 1),
        tokenizer,
        tokens,
      ),
      output: written.trim(),
    };
  });
}
