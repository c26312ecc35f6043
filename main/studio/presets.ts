// Settings to begin with: those that come with Heddle and those that a user saved.

import { EngineError, parseRunSettings, presets } from '../../engine/index.ts';
import type { Preset } from '../../preload/contract.ts';
import type { Store } from '../store/store.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';

export class Presets {
  readonly handlers: AreaHandlers<'presets'> = {
    'presets.list': () => [...presets.map((preset) => ({ ...preset, isOwn: false })), ...this.own()],
    'presets.save': (input) => this.save(input),
    'presets.remove': ({ name }) => this.remove(name),
  };
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  private own(): Preset[] {
    return this.store.presets.list().map(({ name, label, settings, createdAtMs }) => ({
      name,
      label,
      help: `Saved by you on ${new Date(createdAtMs).toISOString().slice(0, 10)}.`,
      settings,
      isOwn: true,
    }));
  }

  /** The label is the name; throws `preset-name-taken` for one of Heddle's own, `settings-invalid`. */
  private save({ label: given, settings }: CheckedInput<'presets.save'>): Preset {
    const label = given.trim();
    // eslint-disable-next-line no-control-regex
    if (label === '' || /[\u0000-\u001f\u007f]/.test(label)) {
      throw new EngineError('preset-name-invalid', 'The name of a preset is one line of text.', {
        hint: 'Give it a name such as "Small and quick".',
      });
    }
    if (presets.some((preset) => preset.name === label || preset.label === label)) {
      throw new EngineError('preset-name-taken', `"${label}" is a preset of Heddle's own.`, {
        hint: 'Choose another name.',
      });
    }
    const own = { name: label, label, settings: parseRunSettings({ ...settings, preset: label }) };
    this.store.presets.put({ ...own, createdAtMs: Date.now() });
    return this.own().find(({ name }) => name === label)!;
  }

  /** Throws `preset-not-found`; Heddle's own presets cannot be removed. */
  private remove(name: string): Record<string, never> {
    if (this.store.presets.remove(name)) return {};
    throw new EngineError('preset-not-found', `You have saved no preset "${name}".`, {
      hint: "Heddle's own presets cannot be removed.",
    });
  }
}
