// Writes that survive a power cut: a file is written beside its place, synced and renamed, and the folder
// that knows its name is synced too.

import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file so that after a crash it is there whole or not at all; a failure leaves what was there. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const staged = `${file}.new`;
  try {
    const handle = await open(staged, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(staged, file);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Makes renames in a folder durable; Windows has no such call and does it by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
