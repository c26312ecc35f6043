// The files of a drop in a browser, those inside dropped folders too, each with its path below what was
// dropped where `webkitRelativePath` of a folder dialog has it.

/** Files and the contents of folders; must be called before the drop event ends. */
export async function droppedFiles(dropped: DataTransfer): Promise<File[]> {
  const entries = [...dropped.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...dropped.files];
  const files = await Promise.all(entries.map((entry) => filesOf(entry)));
  return files.flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isDirectory) {
    const files: File[] = [];
    for (const inner of await entriesOf(entry as FileSystemDirectoryEntry))
      files.push(...(await filesOf(inner)));
    return files;
  }
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  );
  const path = entry.fullPath.replace(/^\//, '');
  if (path.includes('/')) Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return [file];
}

/** A reader gives a folder in pieces until it gives none. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}
