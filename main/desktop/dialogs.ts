// The system's dialogs for files and folders. They give paths to this process; the page gets tickets.

import { dialog, type BrowserWindow, type FileFilter } from 'electron';

export const fileKinds = ['data', 'weights'] as const;
export type FileKind = (typeof fileKinds)[number];

const filters: Record<FileKind, FileFilter[]> = {
  data: [
    { name: 'Text and tables', extensions: ['txt', 'md', 'jsonl', 'json', 'csv', 'tsv', 'parquet'] },
    { name: 'All files', extensions: ['*'] },
  ],
  weights: [
    {
      name: 'Weights and their settings',
      extensions: ['safetensors', 'gguf', 'json', 'txt', 'pth', 'pt', 'bin'],
    },
    { name: 'All files', extensions: ['*'] },
  ],
};

const folderTitles = {
  data: 'Choose a folder of texts or tables',
  weights: 'Choose a folder with a model',
  out: 'Choose a folder to write into',
};

/** Paths of the files that the user chose; none when they did not. */
export async function chooseFiles(window: BrowserWindow, kind: FileKind): Promise<string[]> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: kind === 'data' ? 'Choose texts or tables' : 'Choose the files of a model',
    filters: filters[kind],
    properties: ['openFile', 'multiSelections'],
  });
  return filePaths;
}

/** The path of the folder that the user chose; none when they did not. */
export async function chooseFolder(window: BrowserWindow, kind: FileKind | 'out'): Promise<string[]> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: folderTitles[kind],
    properties: kind === 'out' ? ['openDirectory', 'createDirectory'] : ['openDirectory'],
  });
  return filePaths;
}
