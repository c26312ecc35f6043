// Text that a checkpoint writes on request: one text at a time, streamed as it comes, kept by the place that
// asked for it (the page of a run by the run's id) so that looking elsewhere and coming back loses nothing.

import { defineStore } from 'pinia';
import { computed, shallowReactive, shallowRef } from 'vue';
import type { GenerationConfig } from '../../engine/config.ts';
import type { CallOutput, Failure } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import type { ChatMessage } from '../lib/conversation.ts';
import { failureOf } from '../lib/failure.ts';
import { freshId } from '../lib/fresh-id.ts';
import { usePreferencesStore } from './preferences.ts';

export interface WrittenText {
  readonly generationId: string;
  /** What was asked to write. */
  readonly reference: string;
  readonly prompt: string;
  readonly text: string;
  readonly state: 'writing' | 'done' | 'ended' | 'failed';
  /** Of the checkpoint that wrote it, once it is known. */
  readonly step: number | null;
  readonly tokenCount: number | null;
  /** From the first token on: opening the model and reading the prompt is not writing. */
  readonly tokensPerSecond: number | null;
  readonly firstTextAtMs: number | null;
  /** Earlier messages that did not fit into what the model reads. */
  readonly leftOutCount: number;
  readonly failure: Failure | null;
}

/** A thousand pieces may come a second; the longer a text, the longer it takes to lay out. */
const showAfterMs = (length: number): number => 50 + length / 400;

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

  /** Came, and is not shown yet. */
  let pending = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(): void {
    const written = byRun.get(writingRunId.value ?? '');
    if (!written || pending === '') return;
    change(writingRunId.value!, written.generationId, {
      text: written.text + pending,
      firstTextAtMs: written.firstTextAtMs ?? performance.now(),
    });
    pending = '';
    timer = setTimeout(() => {
      timer = undefined;
      show();
    }, showAfterMs(written.text.length));
  }
  bridge.on('generation.text', ({ generationId, text }) => {
    if (byRun.get(writingRunId.value ?? '')?.generationId !== generationId) return;
    pending += text;
    if (timer === undefined) show();
  });

  /**
   * Writes from the run's best checkpoint, or another one, under the run's id or the name of the place that
   * asks; `messages` are what was said before. Never rejects, the text says how it failed.
   */
  async function write(
    runId: string,
    prompt: string,
    config: Partial<GenerationConfig>,
    checkpoint = runId,
    messages: readonly ChatMessage[] = [],
  ): Promise<void> {
    if (isWriting.value) return;
    const generationId = freshId();
    byRun.set(runId, {
      generationId,
      reference: checkpoint,
      prompt,
      text: '',
      state: 'writing',
      step: null,
      tokenCount: null,
      tokensPerSecond: null,
      firstTextAtMs: null,
      leftOutCount: 0,
      failure: null,
    });
    writingRunId.value = runId;
    try {
      const { device } = usePreferencesStore();
      const written = await bridge.call('generation.run', {
        generationId,
        checkpoint,
        prompt,
        messages: [...messages],
        config,
        device,
      });
      const { text, tokenCount, leftOutCount } = written;
      const state = endedId === generationId ? 'ended' : 'done';
      const spentMs = performance.now() - (byRun.get(runId)?.firstTextAtMs ?? Infinity);
      const tokensPerSecond = spentMs > 0 && tokenCount > 1 ? ((tokenCount - 1) * 1_000) / spentMs : null;
      change(runId, generationId, {
        text,
        tokenCount,
        tokensPerSecond,
        leftOutCount,
        step: written.checkpoint.step,
        state,
      });
    } catch (error) {
      show();
      change(runId, generationId, { state: 'failed', failure: failureOf(error) });
    } finally {
      clearTimeout(timer);
      timer = undefined;
      pending = '';
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

  /** The tokens of a prompt for a checkpoint, and what of it its tokenizer does not know. */
  const countTokens = (checkpoint: string, text: string): Promise<CallOutput<'generation.countTokens'>> =>
    bridge.call('generation.countTokens', { checkpoint, text });

  return { byRun, isWriting, writingRunId, write, end, countTokens };
});
