// The playground: which checkpoints write, from which prompt, with which settings, and what they wrote. Kept in
// the preferences, so that a reload loses nothing; the writing itself is the generation store's.

import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { GenerationConfig } from '../../engine/config.ts';
import type { ChatMessage } from '../lib/conversation.ts';
import { checkpointName, runReferenceOf, weightsIdOf } from '../lib/checkpoint-words.ts';
import { freshId } from '../lib/fresh-id.ts';
import {
  fitting,
  keptText,
  readMemory,
  type PlaygroundEntry,
  type PlaygroundMemory,
} from '../lib/playground-memory.ts';
import type { PlaygroundOutput } from '../lib/playground-output.ts';
import { useCheckpointsStore } from './checkpoints.ts';
import { useGenerationStore, type WrittenText } from './generation.ts';
import { usePreferencesStore } from './preferences.ts';
import { useRunsStore } from './runs.ts';
import { useWeightsStore } from './weights.ts';

/** What writes, and the name under which its text is kept meanwhile. */
export interface Writer {
  readonly key: string;
  readonly reference: string;
}

const pageName = 'playground';
const keepAfterMs = 400;

/** Short enough to be read and typed again. */
function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000;
}

/** The checkpoint that wrote, and not what is the best of its run by the time it is asked again. */
function exactReference(reference: string, step: number | null): string {
  const named = runReferenceOf(reference);
  return named && step !== null ? `${named.runId}@${step}` : reference;
}

export const usePlaygroundStore = defineStore('playground', () => {
  const preferences = usePreferencesStore();
  const generation = useGenerationStore();
  const checkpoints = useCheckpointsStore();
  const runs = useRunsStore();
  const weights = useWeightsStore();

  const memory = shallowRef<PlaygroundMemory>(readMemory(null));
  /** What writes now, in its turn; empty when nothing does. */
  const writers = shallowRef<readonly Writer[]>([]);
  const isStopping = ref(false);
  /** The entry of the history that is the text written last. */
  const shownId = ref<string | null>(null);
  const isWriting = computed(() => writers.value.length > 0);

  let keeping: ReturnType<typeof setTimeout> | undefined;
  let isTouched = false;
  watch(
    () => preferences.isLoaded,
    (isLoaded) => {
      if (isLoaded && !isTouched) memory.value = readMemory(preferences.page(pageName));
    },
    { immediate: true },
  );

  /** Keeps now what waits to be kept. */
  function keep(): void {
    if (keeping === undefined) return;
    clearTimeout(keeping);
    keeping = undefined;
    void preferences.rememberPage(pageName, memory.value);
  }
  function change(part: Partial<PlaygroundMemory>): void {
    isTouched = true;
    memory.value = { ...memory.value, ...part };
    clearTimeout(keeping);
    keeping = setTimeout(keep, keepAfterMs);
  }
  const configure = (part: Partial<GenerationConfig>): void =>
    change({ config: { ...memory.value.config, ...part } });

  /** The newest run that can write, by its best checkpoint, else the newest weights. */
  const usual = computed(() => {
    const run = runs.runs.find(({ id, isArchived }) => !isArchived && checkpoints.byRun(id).length > 0);
    if (run) return `${run.id}@best`;
    return weights.list[0] ? `weights:${weights.list[0].id}` : null;
  });
  const first = computed(() => memory.value.references[0] ?? usual.value);
  const second = computed(() => memory.value.references[1]);

  /** The model of a reference in words; `step` is that of the checkpoint that it turned out to be. */
  function nameOf(reference: string, step: number | null = null): string {
    const weightsId = weightsIdOf(reference);
    if (weightsId !== null) return weights.byId.get(weightsId)?.name ?? 'Removed weights';
    const named = runReferenceOf(reference);
    const run = named ? runs.byId.get(named.runId) : undefined;
    const which = named?.which ?? 'best';
    if (step !== null) return checkpointName(run, { step });
    if (/^\d+$/.test(which)) return checkpointName(run, { step: Number(which) });
    return `${run?.name ?? 'A removed run'}, ${which}`;
  }

  /** What writes by the choice of the page: one, or two with the same prompt and seed. */
  const chosen = computed((): Writer[] =>
    [first.value, second.value].flatMap((reference, index) =>
      reference === null ? [] : [{ key: `${pageName}-${index}`, reference }],
    ),
  );

  /**
   * Lets each write in its turn, with the same prompt and settings, each after the messages that are its own; gives
   * what came of it.
   */
  async function writeAll(
    all: readonly Writer[],
    prompt: string,
    config: GenerationConfig,
    messages: readonly (readonly ChatMessage[])[] = [],
  ): Promise<(WrittenText | null)[]> {
    if (isWriting.value || generation.isWriting) return [];
    writers.value = all;
    isStopping.value = false;
    for (const { key } of all) generation.byRun.delete(key);
    try {
      for (const [index, { key, reference }] of all.entries())
        if (!isStopping.value) await generation.write(key, prompt, config, reference, messages[index]);
    } finally {
      writers.value = [];
      isStopping.value = false;
    }
    return all.map(({ key }) => generation.byRun.get(key) ?? null);
  }

  /** The settings of the next text, with another seed unless it is to stay. */
  function nextConfig(): GenerationConfig {
    if (memory.value.isSeedFresh) configure({ seed: freshSeed() });
    return memory.value.config;
  }

  /** A text as it is remembered; null for one that failed. */
  function outputOf(text: WrittenText | null): PlaygroundOutput | null {
    if (!text || text.state === 'failed') return null;
    const { tokenCount, tokensPerSecond, state, step } = text;
    const reference = exactReference(text.reference, step);
    return {
      reference,
      name: nameOf(reference, step),
      text: keptText(text.text),
      tokenCount,
      tokensPerSecond,
      isEnded: state === 'ended',
    };
  }

  /** Writes from the chosen checkpoints and adds what they wrote to the history. */
  async function write(): Promise<void> {
    if (first.value === null || isWriting.value || generation.isWriting) return;
    shownId.value = null;
    const { prompt } = memory.value;
    const config = nextConfig();
    const texts = await writeAll(chosen.value, prompt, config);
    const outputs = texts.flatMap((text) => outputOf(text) ?? []);
    if (outputs.length === 0) return;
    const id = freshId();
    shownId.value = id;
    setEntries([{ id, atMs: Date.now(), prompt, config, outputs }, ...memory.value.entries]);
  }

  /** Ends what writes, and what waits for its turn. */
  async function stop(): Promise<void> {
    isStopping.value = true;
    if (generation.writingRunId !== null) await generation.end(generation.writingRunId);
  }

  const setEntries = (entries: readonly PlaygroundEntry[]): void => change({ entries: fitting(entries) });

  /** Takes over prompt, settings and checkpoints of what was written before. */
  function reuse({ prompt, config, outputs }: PlaygroundEntry): void {
    change({
      prompt,
      config,
      isSeedFresh: false,
      references: [outputs[0]?.reference ?? null, outputs[1]?.reference ?? null],
    });
  }

  return {
    memory,
    writers,
    isWriting,
    isStopping,
    shownId,
    first,
    second,
    usual,
    chosen,
    nextConfig,
    outputOf,
    keep,
    change,
    nameOf,
    writeAll,
    write,
    stop,
    setEntries,
    reuse,
  };
});
