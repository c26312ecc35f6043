// Answers written for many questions at once: token for token what is written for each alone,
// whatever the rows, also past the end of the context and where an answer ends early.
import { describe, expect, it } from 'vitest';
import { defaultsOf, generationFields } from '../../../engine/config.ts';
import { allAnswerPlans, recordAnswers } from '../../../engine/generation/answer-plans.ts';
import { generateFrom } from '../../../engine/generation/generate.ts';
import { allGenerationPlans, recordGeneration } from '../../../engine/generation/plans.ts';
import { writeAnswers } from '../../../engine/generation/write-answers.ts';
import { createModel } from '../../../engine/models/model.ts';
import type { Tokenizer } from '../../../engine/tokenizers/tokenizer.ts';
import { goldenConfigs, openModel } from '../models/golden.ts';
import { onCpuDevice } from '../on-each-device.ts';

// The golden models see 12 tokens: the last question is longer, and most answers go past it.
const questions = [[3], [5, 9, 2, 7], [28, 1], [11, 4, 6, 6, 0, 13, 21, 8, 8], [2, 2, 2], [17], range(15)];
const maxNewTokens = 16;

/** Ids as words, with one token that ends a text. */
function numbers(endOfTextTokenId: number | null): Tokenizer {
  return {
    vocabSize: 27,
    unknownTokenId: 1,
    endOfTextTokenId,
    decoder: () => ({ push: (id: number) => `${id} `, flush: () => '' }),
  } as unknown as Tokenizer;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => (i * 7) % 29);
}

onCpuDevice((makeDevice) => {
  describe.each(goldenConfigs)('writeAnswers: $modelType', (config) => {
    it('writes what is written for each question alone', async () => {
      const device = await makeDevice();
      const model = createModel(config, { training: false });
      const single = recordGeneration(model, device.limits.maxBindingBytes);
      const together = recordAnswers(model, 3, device.limits);
      const executor = await openModel(
        device,
        model,
        [...allGenerationPlans(single), ...allAnswerPlans(together)],
        [single.cacheArena, ...together.cacheArenas],
      );
      const alone = async (endTokenId: number | null): Promise<number[][]> => {
        const texts: number[][] = [];
        for (const question of questions) {
          const { text } = await generateFrom(
            {
              executor,
              plans: single,
              tokenizer: numbers(endTokenId),
              config: {
                ...defaultsOf(generationFields),
                temperature: 0,
                repetitionPenalty: 1,
                stopStrings: [],
                maxNewTokens,
              },
            },
            question,
          );
          texts.push(text.split(' ').filter(Boolean).map(Number));
        }
        return texts;
      };
      const write = (endTokenId: number | null): Promise<(readonly number[])[]> =>
        writeAnswers({
          executor,
          plans: together,
          questions,
          maxNewTokens,
          endTokenId: endTokenId ?? -1,
          knownTokens: 27,
          neverWritten: [1],
        });
      const whole = await alone(null);
      expect(whole.map(({ length }) => length)).toEqual(questions.map(() => maxNewTokens));
      expect(await write(null)).toEqual(whole);
      // A token that some answers reach: those end there, and their rows go to the next question.
      const end = whole[1]![2]!;
      const ended = await alone(end);
      expect(ended.some(({ length }) => length < maxNewTokens)).toBe(true);
      expect(await write(end)).toEqual(ended);
      executor.destroy();
    });
  });

  describe('writeAnswers', () => {
    it('writes fewer at once where the device has room for fewer, and hears of a cancel', async () => {
      const device = await makeDevice();
      const model = createModel(goldenConfigs[0]!, { training: false });
      // A token of a layer is 2 * 16 f32, a row 12 of them.
      const plans = recordAnswers(model, 8, {
        maxBindingBytes: 2 * 16 * 4 * 12 * 3,
        maxBufferBytes: 2 ** 30,
      });
      expect(plans.rows).toBe(3);
      const executor = await openModel(device, model, allAnswerPlans(plans), plans.cacheArenas);
      const heard: number[] = [];
      const writing = {
        executor,
        plans,
        questions,
        maxNewTokens: 1,
        endTokenId: -1,
        knownTokens: 29,
        neverWritten: [],
      };
      await writeAnswers({ ...writing, onProgress: (share) => heard.push(share) });
      expect(heard).toEqual(questions.map((_, i) => (i + 1) / questions.length));
      const signal = AbortSignal.abort();
      await expect(writeAnswers({ ...writing, signal })).rejects.toMatchObject({
        code: 'operation-cancelled',
      });
      executor.destroy();
    });
  });
});
