// How many tokens a prompt is for a checkpoint, asked while it is typed; what cannot be known is null.

import { onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import type { CallOutput } from '../../preload/contract.ts';
import { useGenerationStore } from '../stores/generation.ts';

export type PromptTokens = CallOutput<'generation.countTokens'>;

const askAfterMs = 250;

/** The answer for the latest prompt and reference; the one before stays until it is there. */
export function usePromptTokens(
  reference: () => string | null,
  prompt: () => string,
): Readonly<Ref<PromptTokens | null>> {
  const generation = useGenerationStore();
  const counted = shallowRef<PromptTokens | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;

  async function ask(): Promise<void> {
    const mine = ++latest;
    const asked = reference();
    try {
      const answer = asked === null ? null : await generation.countTokens(asked, prompt());
      if (mine === latest) counted.value = answer;
    } catch {
      // Writing says what is wrong; a count is only told where there is one.
      if (mine === latest) counted.value = null;
    }
  }
  watch(
    [reference, prompt],
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), askAfterMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return counted;
}
