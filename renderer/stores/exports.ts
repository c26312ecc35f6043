// Exports: asked for, followed, and handed over. What was exported lies where the studio put it; this page only
// knows how to have it shown or downloaded.

import { defineStore } from 'pinia';
import type { CallOutput, ExportFormat, FittingForms, Ticket } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import type { ExportElement } from '../lib/export-words.ts';
import { useOperationsStore } from './operations.ts';

export type Exported = CallOutput<'export.run'>;

export interface ExportWish {
  readonly reference: string;
  /** The model in words, for the progress. */
  readonly name: string;
  readonly format: ExportFormat;
  readonly elementType: ExportElement;
  /** Where to write; a folder of its own in Heddle's home unless given. */
  readonly folder: Ticket | null;
}

export const useExportsStore = defineStore('exports', () => {
  const bridge = useBridge();
  const operations = useOperationsStore();
  /** Whether a folder of this computer can be chosen, and what was written shown in it. */
  const isOnDesktop = bridge.host === 'desktop';

  /** Exports and reads back; `onStart` hears the operation that can be followed and cancelled. */
  function run(wish: ExportWish, onStart: (operationId: string) => void): Promise<Exported> {
    const { reference: checkpoint, name, format, elementType, folder } = wish;
    return operations.run(`Exporting ${name}`, (operationId) => {
      onStart(operationId);
      const outPath = folder ? { outPath: folder.ticket } : {};
      return bridge.call('export.run', { checkpoint, format, elementType, operationId, ...outPath });
    });
  }

  /** In which forms a model can be exported, and why not in the others. */
  const forms = (checkpoint: string): Promise<FittingForms> => bridge.call('export.forms', { checkpoint });

  /** Shows what was written in its folder, or downloads it as a zip. */
  const deliver = ({ downloadId }: Exported, name: string): Promise<void> =>
    bridge.deliver({ downloadId }, name);

  const chooseFolder = (): Promise<Ticket | null> => bridge.chooseOutFolder();

  return { isOnDesktop, forms, run, deliver, chooseFolder };
});
