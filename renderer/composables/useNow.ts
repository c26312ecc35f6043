// The time, once a second, for words like "12 s ago". Ticks only while something shows it.

import { onScopeDispose, readonly, ref, type Ref } from 'vue';

/** A clock that stops with the component that uses it. */
export function useNow(everyMs = 1_000): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, everyMs);
  onScopeDispose(() => clearInterval(timer));
  return readonly(now);
}
