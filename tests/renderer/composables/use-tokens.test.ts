// @vitest-environment happy-dom
// The tokens of a text, followed: the making of a tokenizer is work with a name, shown when it takes long, and
// ended when nobody wants it any more.

import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref, type EffectScope } from 'vue';
import type { CallInput } from '../../../preload/contract.ts';
import { setBridge } from '../../../renderer/bridge.ts';
import { useTokens } from '../../../renderer/composables/useTokens.ts';
import { useOperationsStore } from '../../../renderer/stores/operations.ts';
import { createFakeStudio, type FakeStudio } from '../fake-studio.ts';

type Question = CallInput<'tokenizers.encode'>;

const question = (vocabSize: number, text = 'abc'): Question => ({
  tokenizer: { kind: 'byte-level-bpe', vocabSize },
  datasetId: 'large',
  text,
});
let studio: FakeStudio;
let scope: EffectScope;
let release: () => void;
const asked = (name: string): { operationId?: string }[] =>
  studio.asked.filter((one) => one.name === name).map(({ input }) => input as object);

beforeEach(() => {
  vi.useFakeTimers();
  studio = createFakeStudio();
  const call = studio.call.bind(studio);
  const isMade = new Promise<void>((resolve) => (release = resolve));
  studio.call = (async (name: 'tokenizers.encode', input: Question) => {
    const answer = await call(name, input);
    if (name === 'tokenizers.encode') await isMade;
    return answer;
  }) as typeof studio.call;
  setBridge(studio);
  setActivePinia(createPinia());
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

const follow = (input: { value: Question | null }) => scope.run(() => useTokens(() => input.value))!;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('show the making of a tokenizer only when it takes long', async () => {
  const { encoded } = follow(ref(question(600)));
  const operations = useOperationsStore();
  await pass(300);
  const [{ operationId } = {}] = asked('tokenizers.encode');
  expect(operations.active).toEqual([]);
  await pass(600);
  expect(operations.active).toMatchObject([{ id: operationId }]);
  release();
  await pass(0);
  expect(operations.active).toEqual([]);
  expect(encoded.value?.vocabSize).toBe(59);
});

it('end the making of a tokenizer when another is wanted, and not when the text changes', async () => {
  const input = ref<Question | null>(question(600));
  follow(input);
  await pass(300);
  input.value = question(600, 'abcd');
  await pass(300);
  expect(asked('operations.cancel')).toEqual([]);
  input.value = question(700);
  await pass(300);
  const [, second, third] = asked('tokenizers.encode');
  expect(asked('operations.cancel')).toContainEqual({ operationId: second!.operationId });
  input.value = null;
  await nextTick();
  expect(asked('operations.cancel')).toContainEqual({ operationId: third!.operationId });
});

it('of a kept tokenizer are no work of their own', async () => {
  follow(ref({ tokenizer: { tokenizerId: 'kept' }, text: 'abc' }));
  await pass(900);
  expect(asked('tokenizers.encode')[0]).not.toHaveProperty('operationId');
  expect(useOperationsStore().active).toEqual([]);
});
