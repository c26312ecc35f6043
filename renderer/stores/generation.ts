// Text that a run writes on request: one text at a time, streamed as it comes, kept by run so that looking
// elsewhere and coming back loses nothing.

import { defineStore } from 'pinia';
import { computed, shallowReactive, shallowRef } from 'vue';
import type { GenerationConfig } from '../../engine/config.ts';
import type { Failure } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { failureOf } from '../lib/failure.ts';

export interface WrittenText {
  readonly generationId: string;
  readonly prompt: string;
  readonly text: string;
  readonly state: 'writing' | 'done' | 'ended' | 'failed';
  /** Of the checkpoint that wrote it, once it is known. */
  readonly step: number | null;
  readonly tokenCount: number | null;
  readonly failure: Failure | null;
}

export const useGenerationStore = defineStore('generation', () => {
  const bridge = useBridge();
  const byRun = shallowReactive(new Map<string, WrittenText>());
  const writingRunId = shallowRef<string | null>(null);
  let endedId: string | null = null;
  const isWriting = computed(() => writingRunId.value !== null);

  function change(runId: string, generationId: string, part: Partial<WrittenText>): void {
    const text = byRun.get(runId);
    if (text?.generationId === generationId) byRun.set(runId, { ...text, ...part });
  }

  bridge.on('generation.text', ({ generationId, text }) => {
    for (const [runId, written] of byRun)
      if (written.generationId === generationId) change(runId, generationId, { text: written.text + text });
  });

  /** Writes from the run's best checkpoint; never rejects, the text says how it failed. */
  async function write(runId: string, prompt: string, config: Partial<GenerationConfig>): Promise<void> {
    if (isWriting.value) return;
    const generationId = crypto.getRandomValues(new Uint32Array(4)).join('-');
    byRun.set(runId, {
      generationId,
      prompt,
      text: '',
      state: 'writing',
      step: null,
      tokenCount: null,
      failure: null,
    });
    writingRunId.value = runId;
    try {
      const { text, tokenCount, checkpoint } = await bridge.call('generation.run', {
        generationId,
        checkpoint: runId,
        prompt,
        config,
        device: {},
      });
      const state = endedId === generationId ? 'ended' : 'done';
      change(runId, generationId, { text, tokenCount, step: checkpoint.step, state });
    } catch (error) {
      change(runId, generationId, { state: 'failed', failure: failureOf(error) });
    } finally {
      writingRunId.value = null;
    }
  }

  /** Ends the text that a run is writing; what was written stays. */
  async function end(runId: string): Promise<void> {
    const text = byRun.get(runId);
    if (text?.state !== 'writing') return;
    endedId = text.generationId;
    await bridge.call('generation.cancel', { generationId: text.generationId });
  }

  return { byRun, isWriting, writingRunId, write, end };
});
