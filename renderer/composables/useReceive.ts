// What happens to files that come in: texts go to the datasets to be looked at, models are opened and their
// page follows. Used by the drop target, the commands and the doors of the start.

import { useRouter } from 'vue-router';
import { useIncomingStore, type Incoming } from '../stores/incoming.ts';
import { useToastsStore } from '../stores/toasts.ts';
import { useWeightsStore } from '../stores/weights.ts';

/** `receive` rejects never; what fails becomes a note. */
export function useReceive(): {
  receive: (asked: Promise<Incoming | null>) => Promise<void>;
  choose: (kind: Incoming['kind'], isFolder: boolean) => Promise<void>;
} {
  const router = useRouter();
  const incoming = useIncomingStore();
  const toasts = useToastsStore();

  async function openWeights(): Promise<void> {
    const taken = incoming.take();
    if (!taken) return;
    try {
      const weights = await useWeightsStore().open(taken.tickets);
      toasts.notify({
        title: `Opened ${weights.name}`,
        text: 'It can be fine-tuned and talked to.',
        kind: 'good',
      });
      await router.push({ name: 'new-run', query: { from: `weights:${weights.id}` } });
    } catch (error) {
      toasts.fail('These weights could not be opened', error);
      void incoming.release(taken.tickets);
    }
  }

  async function receive(asked: Promise<Incoming | null>): Promise<void> {
    try {
      const come = await asked;
      if (!come) return;
      if (come.kind === 'weights') await openWeights();
      else await router.push({ name: 'datasets' });
    } catch (error) {
      toasts.fail('The files could not be read', error);
    }
  }

  return { receive, choose: (kind, isFolder) => receive(incoming.choose(kind, isFolder)) };
}
