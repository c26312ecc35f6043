// Porter's stemmer (1980) with the changes that NLTK makes by default, which rouge_score uses: English words
// without their endings. Takes lower-case words; must not tokenize.

/** Words that the rules would not bring to these forms. */
const irregular: ReadonlyMap<string, string> = new Map([
  ['skies', 'sky'],
  ['sky', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['news', 'news'],
  ['innings', 'inning'],
  ['inning', 'inning'],
  ['outings', 'outing'],
  ['outing', 'outing'],
  ['cannings', 'canning'],
  ['canning', 'canning'],
  ['howe', 'howe'],
  ['proceed', 'proceed'],
  ['exceed', 'exceed'],
  ['succeed', 'succeed'],
]);

/** Ending, what replaces it, and what the rest must be like. Of a list the first whose ending fits decides. */
type Rule = readonly [ending: string, replacement: string, isAllowed?: (stem: string) => boolean];

/** `c` and `v` for each letter: a y is a vowel behind a consonant. */
function letterKinds(word: string): string {
  let kinds = '';
  for (const letter of word) {
    const isVowel = 'aeiou'.includes(letter) || (letter === 'y' && kinds.endsWith('c'));
    kinds += isVowel ? 'v' : 'c';
  }
  return kinds;
}

/** How often a consonant follows a vowel: Porter's m. */
const measure = (stem: string): number => letterKinds(stem).split('vc').length - 1;
const isMeasured = (stem: string): boolean => measure(stem) > 0;
const isLong = (stem: string): boolean => measure(stem) > 1;
const hasVowel = (stem: string): boolean => letterKinds(stem).includes('v');

/** Ends in consonant, vowel, consonant as `hop` does (not with w, x, y at the end), or is such a pair as `at`. */
function isShortSyllable(stem: string): boolean {
  const kinds = letterKinds(stem);
  return kinds === 'vc' || (kinds.endsWith('cvc') && !/[wxy]$/.test(stem));
}

function applyRules(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([ending]) => word.endsWith(ending));
  if (rule === undefined) return word;
  const [ending, replacement, isAllowed] = rule;
  const stem = word.slice(0, word.length - ending.length);
  return isAllowed === undefined || isAllowed(stem) ? stem + replacement : word;
}

function withoutPlural(word: string): string {
  if (word.length === 4 && word.endsWith('ies')) return word.slice(0, -1);
  return applyRules(word, [
    ['sses', 'ss'],
    ['ies', 'i'],
    ['ss', 'ss'],
    ['s', ''],
  ]);
}

function withoutPast(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return applyRules(word, [['eed', 'ee', isMeasured]]);
  const ending = ['ed', 'ing'].find((end) => word.endsWith(end) && hasVowel(word.slice(0, -end.length)));
  if (ending === undefined) return word;
  const stem = word.slice(0, -ending.length);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (stem.at(-1) === stem.at(-2) && letterKinds(stem).endsWith('c'))
    return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && isShortSyllable(stem) ? `${stem}e` : stem;
}

const finalY: readonly Rule[] = [['y', 'i', (stem) => stem.length > 1 && letterKinds(stem).endsWith('c')]];

const doubleEndings: readonly Rule[] = [
  ['ational', 'ate', isMeasured],
  ['tional', 'tion', isMeasured],
  ['enci', 'ence', isMeasured],
  ['anci', 'ance', isMeasured],
  ['izer', 'ize', isMeasured],
  ['bli', 'ble', isMeasured],
  ['alli', 'al', isMeasured],
  ['entli', 'ent', isMeasured],
  ['eli', 'e', isMeasured],
  ['ousli', 'ous', isMeasured],
  ['ization', 'ize', isMeasured],
  ['ation', 'ate', isMeasured],
  ['ator', 'ate', isMeasured],
  ['alism', 'al', isMeasured],
  ['iveness', 'ive', isMeasured],
  ['fulness', 'ful', isMeasured],
  ['ousness', 'ous', isMeasured],
  ['aliti', 'al', isMeasured],
  ['iviti', 'ive', isMeasured],
  ['biliti', 'ble', isMeasured],
  ['fulli', 'ful', isMeasured],
  // The l belongs to the stem here, so that `geology` and `archaeology` are treated alike.
  ['logi', 'log', (stem) => isMeasured(`${stem}l`)],
];

/** What loses `alli` may show another of these endings. */
function withoutDoubleEnding(word: string): string {
  const shorter = applyRules(word, doubleEndings);
  return word.endsWith('alli') && shorter !== word ? withoutDoubleEnding(shorter) : shorter;
}

const adjectiveEndings: readonly Rule[] = [
  ['icate', 'ic', isMeasured],
  ['ative', '', isMeasured],
  ['alize', 'al', isMeasured],
  ['iciti', 'ic', isMeasured],
  ['ical', 'ic', isMeasured],
  ['ful', '', isMeasured],
  ['ness', '', isMeasured],
];

const singleEndings: readonly Rule[] = [
  ...['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent'].map(longStem),
  ['ion', '', (stem) => isLong(stem) && /[st]$/.test(stem)],
  ...['ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'].map(longStem),
];

function longStem(ending: string): Rule {
  return [ending, '', isLong];
}

const finalE: readonly Rule[] = [
  ['e', '', (stem) => isLong(stem) || (isMeasured(stem) && !isShortSyllable(stem))],
];

const finalL: readonly Rule[] = [['ll', 'l', (stem) => isLong(`${stem}l`)]];

/** The stem of a lower-case English word, as NLTK's `PorterStemmer().stem`. */
export function porterStem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.length <= 2) return word;
  let stem = applyRules(withoutPast(withoutPlural(word)), finalY);
  stem = withoutDoubleEnding(stem);
  for (const rules of [adjectiveEndings, singleEndings, finalE, finalL]) stem = applyRules(stem, rules);
  return stem;
}
