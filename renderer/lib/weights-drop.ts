// Whether what was dropped or chosen is a model of another program rather than text. Nothing of Vue.

const weightFile = /\.(safetensors|gguf|pth|pt)$|^pytorch_model.*\.bin$/i;

/** Whether file names of one folder are those of a model: its weights, or its config beside them. */
export function areWeights(names: readonly string[]): boolean {
  return names.some((name) => weightFile.test(name));
}

/** Looks into dropped folders one level deep; `entries` must have been taken while the drop event ran. */
export async function isWeightsDrop(entries: readonly FileSystemEntry[]): Promise<boolean> {
  const files = entries.filter(({ isFile }) => isFile).map(({ name }) => name);
  if (areWeights(files)) return true;
  for (const entry of entries)
    if (entry.isDirectory && areWeights(await namesIn(entry as FileSystemDirectoryEntry))) return true;
  return false;
}

function namesIn(folder: FileSystemDirectoryEntry): Promise<string[]> {
  return new Promise((resolve) => {
    folder.createReader().readEntries(
      (entries) => resolve(entries.filter(({ isFile }) => isFile).map(({ name }) => name)),
      () => resolve([]),
    );
  });
}
