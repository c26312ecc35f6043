// Asks for files with the browser's own dialog, through an input that is gone afterwards.

/** The files the user picks, or of the folder they pick; none when they cancel. */
export function pickFiles(isFolder: boolean): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = isFolder;
  input.hidden = true;
  // Some browsers drop an input that is not in the page before its dialog closes.
  document.body.append(input);
  return new Promise<File[]>((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  }).finally(() => input.remove());
}
