// Answers to many questions as texts: what each question alone is answered with, beside what was wanted.

import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { defaultsOf, generationFields } from '../../../engine/config.ts';
import { taskTokens } from '../../../engine/data/task-tokens.ts';
import { answerPairs } from '../../../engine/evaluation/answer-pairs.ts';
import { allAnswerPlans, recordAnswers } from '../../../engine/generation/answer-plans.ts';
import { generateFrom } from '../../../engine/generation/generate.ts';
import { allGenerationPlans, recordGeneration } from '../../../engine/generation/plans.ts';
import { createModel } from '../../../engine/models/model.ts';
import { trainCharacters } from '../../../engine/tokenizers/characters-trainer.ts';
import { goldenConfigs, openModel } from '../models/golden.ts';
import { onCpuDevice } from '../on-each-device.ts';

const config = goldenConfigs[1]!;
const examples = [
  ['whose loom', 'hums'],
  ['a', 'bee hums'],
  ['the weaver', 'sings'],
];

onCpuDevice((makeDevice) => {
  it('answers are the texts that each question alone is answered with', async () => {
    const device = await makeDevice();
    const tokenizer = await trainCharacters(Readable.from(['abcdefghijklmnopqrstuvwxyz ']));
    expect(tokenizer.vocabSize).toBeLessThan(config.vocabSize);
    const model = createModel(config, { training: false });
    const alone = recordGeneration(model, device.limits.maxBindingBytes);
    const plans = recordAnswers(model, 2, device.limits);
    const executor = await openModel(
      device,
      model,
      [...allGenerationPlans(alone), ...allAnswerPlans(plans)],
      [alone.cacheArena, ...plans.cacheArenas],
    );
    const maxNewTokens = 9;
    const encoded = examples.map(([question, answer]) => {
      const asked = tokenizer.encode(question!).ids;
      const ids = Uint32Array.of(...asked, ...tokenizer.encode(answer!).ids);
      return { ids, trainedOn: Uint8Array.from(ids, (_, at) => Number(at >= asked.length)) };
    });
    const pairs = await answerPairs(
      { executor, plans, tokenizer, tokens: taskTokens('instruct', config, tokenizer), maxNewTokens },
      encoded,
    );
    const sampling = { ...defaultsOf(generationFields), temperature: 0, repetitionPenalty: 1 };
    for (const [index, [question, answer]] of examples.entries()) {
      const { text, tokenCount } = await generateFrom(
        { executor, plans: alone, tokenizer, config: { ...sampling, maxNewTokens, stopStrings: [] } },
        tokenizer.encode(question!).ids,
      );
      expect(tokenCount).toBe(maxNewTokens);
      expect(pairs[index]).toEqual({ input: question, target: answer, output: text.trim() });
    }
    executor.destroy();
  });
});
