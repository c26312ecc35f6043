// Whether the palette, the shortcut sheet and the dialog of the Hub are open: asked for from the bar, the keys and
// the menus alike.

import { ref } from 'vue';

export const isPaletteOpen = ref(false);
export const isSheetOpen = ref(false);
export const isHubOpen = ref(false);
