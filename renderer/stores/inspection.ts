// A look into a model: one text in one checkpoint, with the weights of one head and small pictures of the heads
// beside it. They come together, so that what is shown always belongs together.

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { AttentionLayers, InspectedText } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import {
  decodeBytes,
  decodeFloats,
  fittingPlace,
  type HeadPlace,
  type WeightTable,
} from '../lib/inspection.ts';
import { newestAnswer } from './newest-answer.ts';
import { usePreferencesStore } from './preferences.ts';

/** What is looked at. */
export interface Looked {
  readonly checkpoint: string;
  readonly text: string;
  /** Empty for what the model itself writes. */
  readonly target: string;
}

/** A head in little. */
export interface HeadPicture {
  readonly rows: number;
  readonly columns: number;
  /** In 255ths. */
  readonly shades: Uint8Array<ArrayBuffer>;
}

export interface Sight {
  readonly looked: Looked;
  readonly found: InspectedText;
  readonly place: HeadPlace;
  readonly layers: AttentionLayers;
  readonly table: WeightTable;
  readonly pictures: readonly HeadPicture[];
}

interface Question {
  readonly looked: Looked;
  readonly place: HeadPlace | null;
}

export const useInspectionStore = defineStore('inspection', () => {
  const bridge = useBridge();
  const preferences = usePreferencesStore();
  const asked = shallowRef<Question | null>(null);
  const { answer, failure, isBusy, ask } = newestAnswer<Question, Sight>(see);

  /** The call's words for what is looked at; the device is the page's. */
  function words({ checkpoint, text, target }: Looked, own?: string) {
    const given = own ?? target;
    return { checkpoint, text, ...(given === '' ? {} : { target: given }), device: preferences.device };
  }

  async function see({ looked, place: wanted }: Question): Promise<Sight> {
    const before = answer.value;
    const isSame = before !== null && JSON.stringify(before.looked) === JSON.stringify(looked);
    const found = isSame ? before.found : await bridge.call('inspection.look', words(looked));
    const fitting = fittingPlace(wanted, found.attention);
    if (!fitting) throw new Error('the model has no attention');
    const { place, layers } = fitting;
    const { kind, layer, head } = place;
    // What was found stays what is looked at, though a run's best may be another by now.
    const exact = { ...words(looked, found.target), checkpoint: found.checkpoint.reference };
    const isSameLayer = isSame && before.place.kind === kind && before.place.layer === layer;
    const [weights, pictures] = await Promise.all([
      bridge.call('inspection.attention', { ...exact, kind, layer, head }),
      isSameLayer ? before.pictures : heads({ ...exact, kind, layer }),
    ]);
    const { rows, columns } = weights;
    const table = { rows, columns, weights: decodeFloats(weights.weights) };
    return { looked, found, place, layers, table, pictures };
  }

  async function heads(input: Parameters<typeof bridge.call<'inspection.heads'>>[1]): Promise<HeadPicture[]> {
    const { rows, columns, heads: pictures } = await bridge.call('inspection.heads', input);
    return pictures.map((picture) => ({ rows, columns, shades: decodeBytes(picture) }));
  }

  function put(question: Question): void {
    asked.value = question;
    ask(question);
  }

  /** Looks at a text in a checkpoint, at the head that is in sight already. */
  const look = (looked: Looked): void => put({ looked, place: asked.value?.place ?? null });

  /** Goes to another head of the same text. */
  function go(place: Partial<HeadPlace>): void {
    const now = asked.value?.place ?? answer.value?.place;
    if (asked.value && now) put({ ...asked.value, place: { ...now, ...place } });
  }

  return { sight: computed(() => answer.value), asked, failure, isBusy, look, go };
});
