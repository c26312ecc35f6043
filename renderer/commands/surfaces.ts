// Whether the palette and the shortcut sheet are open: asked for from the bar, the keys and the menus alike.

import { ref } from 'vue';

export const isPaletteOpen = ref(false);
export const isSheetOpen = ref(false);
