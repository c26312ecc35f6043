// Exact match: equality and what may be ignored of it.
import { expect, it } from 'vitest';
import { isExactMatch } from '../../../engine/metrics/exact-match.ts';

it('is equality with any reference', () => {
  expect(isExactMatch('Garn', ['Faden', 'Garn'])).toBe(true);
  expect(isExactMatch('Garn ', ['Garn'])).toBe(false);
  expect(isExactMatch('garn', ['Garn'])).toBe(false);
  expect(isExactMatch('', [''])).toBe(true);
});

it('ignores case and ASCII punctuation when told to', () => {
  expect(isExactMatch('ÄRGER', ['ärger'], { ignoreCase: true })).toBe(true);
  expect(isExactMatch(`a!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~b`, ['ab'], { ignorePunctuation: true })).toBe(
    true,
  );
  expect(isExactMatch('Ab.', ['ab'], { ignorePunctuation: true })).toBe(false);
  expect(isExactMatch('Ab.', ['aB'], { ignorePunctuation: true, ignoreCase: true })).toBe(true);
  expect(isExactMatch('„ab“', ['ab'], { ignorePunctuation: true })).toBe(false);
});

it('refuses an example without references', () => {
  expect(() => isExactMatch('a', [])).toThrow(expect.objectContaining({ code: 'no-references' }));
});
