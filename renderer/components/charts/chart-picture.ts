// A chart as a picture that can stand alone: its name, what it draws and the curves' names around the drawing.

export interface PictureWords {
  readonly title: string;
  readonly note: string;
  readonly legend: readonly { readonly name: string; readonly colour: string }[];
}

export interface PictureInk {
  readonly surface: string;
  readonly text: string;
  readonly faint: string;
  readonly mono: string;
}

const head = 40;
const foot = 34;
const edge = 18;

/** The picture as a data address; `drawing` is as large as the chart times `pixelRatio`. */
export function chartPicture(
  drawing: HTMLCanvasElement,
  pixelRatio: number,
  words: PictureWords,
  ink: PictureInk,
): string {
  const canvas = document.createElement('canvas');
  canvas.width = drawing.width;
  canvas.height = drawing.height + (head + foot) * pixelRatio;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = ink.surface;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(drawing, 0, head * pixelRatio);
  pen.scale(pixelRatio, pixelRatio);
  const width = canvas.width / pixelRatio;
  const height = canvas.height / pixelRatio;
  pen.textBaseline = 'middle';
  pen.fillStyle = ink.text;
  pen.font = `600 14px ${getComputedStyle(document.body).fontFamily}`;
  pen.fillText(words.title, edge, head / 2 + 2);
  pen.font = `11px ${ink.mono}`;
  pen.fillStyle = ink.faint;
  pen.textAlign = 'right';
  pen.fillText(words.note, width - edge, head / 2 + 2);
  pen.textAlign = 'left';
  let left = edge;
  for (const { name, colour } of words.legend) {
    pen.fillStyle = colour;
    pen.fillRect(left, height - foot / 2 - 4, 8, 8);
    pen.fillStyle = ink.text;
    pen.fillText(name, left + 14, height - foot / 2);
    left += 14 + pen.measureText(name).width + edge;
  }
  return canvas.toDataURL('image/png');
}
