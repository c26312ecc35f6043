// What the user prefers: each key checked by itself, so that one that cannot be read any more is at its
// default and takes no other with it.

import { z } from 'zod';
import { EngineError } from '../../engine/index.ts';
import { preferencesSchema, type Preferences } from '../../preload/contract.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from './event-bus.ts';
import type { AreaHandlers } from './handlers.ts';

type Key = keyof Preferences;

const keys = Object.keys(preferencesSchema.shape) as Key[];
/** What all pages together may remember, as JSON. */
const longestPages = 1_000_000;

export class PreferenceBook {
  readonly handlers: AreaHandlers<'preferences'> = {
    'preferences.get': () => this.get(),
    'preferences.change': (changes) => this.change(changes),
  };
  private readonly store: Store;
  private readonly bus: EventBus;

  constructor(store: Store, bus: EventBus) {
    this.store = store;
    this.bus = bus;
  }

  get(): Preferences {
    const kept = keys.map((key) => {
      const parsed = preferencesSchema.shape[key].safeParse(this.store.preferences.get(key));
      return [key, parsed.success ? parsed.data : undefined] as const;
    });
    return preferencesSchema.parse(Object.fromEntries(kept));
  }

  /**
   * Changes what is given, all of it or nothing. `pages` changes page by page: null forgets one.
   * Throws `preference-unknown`, `preference-invalid`.
   */
  private change(changes: Record<string, unknown>): Preferences {
    const checked = Object.entries(changes).map(([key, value]) => [key, this.check(key, value)] as const);
    this.store.transaction(() => {
      for (const [key, value] of checked) this.store.preferences.set(key, value);
    });
    const preferences = this.get();
    this.bus.emit('preferences.changed', preferences);
    return preferences;
  }

  private check(key: string, value: unknown): unknown {
    if (!isKey(key)) {
      throw new EngineError('preference-unknown', `There is no preference "${key}".`, {
        hint: `There are ${keys.join(', ')}.`,
      });
    }
    const schema = preferencesSchema.shape[key];
    const parsed = value === undefined ? null : schema.safeParse(value);
    if (!parsed?.success) {
      const reason = parsed ? z.prettifyError(parsed.error) : 'no value was given';
      throw new EngineError('preference-invalid', `The preference "${key}" cannot be that: ${reason}`, {
        hint: 'Give a value that is allowed.',
      });
    }
    return key === 'pages' ? this.mergePages(parsed.data as Preferences['pages']) : parsed.data;
  }

  private mergePages(changed: Preferences['pages']): Preferences['pages'] {
    const merged = Object.entries({ ...this.get().pages, ...changed }).filter(([, page]) => page !== null);
    const pages = Object.fromEntries(merged);
    if (JSON.stringify(pages).length <= longestPages) return pages;
    throw new EngineError('preference-invalid', 'The pages want to remember more than there is room for.', {
      hint: 'Forget a page with null.',
    });
  }
}

function isKey(key: string): key is Key {
  return (keys as string[]).includes(key);
}
