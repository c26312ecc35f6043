// Keeps the window's title on what the page shows.

import { onScopeDispose, watchEffect } from 'vue';

/** Shows `title()` as the window's title while the component lives. */
export function usePageTitle(title: () => string): void {
  watchEffect(() => {
    document.title = title();
  });
  onScopeDispose(() => {
    document.title = 'Heddle';
  });
}
