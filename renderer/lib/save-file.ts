// Gives the user a file that the page made.

/** Saves a text under a name through the browser's own download. */
export function saveText(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  saveUrl(name, url);
  URL.revokeObjectURL(url);
}

/** Saves what an address of this page holds; characters that file systems refuse become dashes. */
export function saveUrl(name: string, url: string): void {
  const link = document.createElement('a');
  link.href = url;
  // oxlint-disable-next-line no-control-regex
  link.download = name.replaceAll(/[\\/:*?"<>|\u0000-\u001f]/g, '-');
  link.click();
}
