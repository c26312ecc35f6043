// Names runs with two plain words: a colour and a weaving word, as in "amber-loom".

const colours =
  'amber azure cobalt copper coral crimson golden indigo ivory jade lilac maroon mint ochre olive pearl plum rose ruby russet rust saffron sage sand scarlet silver slate teal umber violet'.split(
    ' ',
  );
const weavingWords =
  'bobbin braid canvas cloth damask denim felt fringe heddle knot lace linen loom muslin plaid reed satin selvage shuttle skein spindle tapestry thread tweed twill warp weave weft wool yarn'.split(
    ' ',
  );

/** A name that `isTaken` does not know; `random` gives numbers in [0, 1). */
export function newRunName(isTaken: (name: string) => boolean, random: () => number = Math.random): string {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)]!;
  for (let attempt = 0; attempt < 50; attempt++) {
    const name = `${pick(colours)}-${pick(weavingWords)}`;
    if (!isTaken(name)) return name;
  }
  // Hundreds of runs: two words no longer suffice.
  const name = `${pick(colours)}-${pick(weavingWords)}`;
  for (let number = 2; ; number++) if (!isTaken(`${name}-${number}`)) return `${name}-${number}`;
}
