// Something that is shown follows what it is made from only while it is on screen; what changed meanwhile is taken
// when it comes into sight. Decides nothing about what is shown.

import { onBeforeUnmount, onMounted, shallowRef, watch, type ShallowRef } from 'vue';

/** The newest `value` while `element` is on screen, else the one that was shown last. */
export function useWhileOnScreen<T>(
  value: () => T,
  element: Readonly<ShallowRef<Element | null>>,
): Readonly<ShallowRef<T>> {
  const shown = shallowRef(value());
  // In sight until the browser says otherwise.
  let isOnScreen = true;
  let observer: IntersectionObserver | undefined;
  watch(value, (next) => {
    if (isOnScreen) shown.value = next;
  });
  onMounted(() => {
    if (typeof IntersectionObserver === 'undefined' || !element.value) return;
    observer = new IntersectionObserver((entries) => {
      isOnScreen = entries.at(-1)!.isIntersecting;
      if (isOnScreen) shown.value = value();
    });
    observer.observe(element.value);
  });
  onBeforeUnmount(() => observer?.disconnect());
  return shown;
}
