// Opening tokenizer.json: our own forms come back as they were saved, foreign ones work through
// @huggingface/tokenizers, and hostile ones are refused without harm.
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainByteLevelBpe } from '../../../engine/tokenizers/bpe-trainer.ts';
import { trainCharacters } from '../../../engine/tokenizers/characters-trainer.ts';
import { GPT2_PATTERN } from '../../../engine/tokenizers/split-patterns.ts';
import { type Tokenizer, tokenizerHash } from '../../../engine/tokenizers/tokenizer.ts';
import { loadTokenizerJson } from '../../../engine/tokenizers/tokenizer-json.ts';
import { unigramJson, wordPieceJson } from './foreign-tokenizers.ts';
import { goldens } from './goldens.ts';
import { asyncOf, hardText } from './hard-texts.ts';

/** A file to be broken at will. */
interface EditableJson extends Record<string, unknown> {
  added_tokens: { rstrip: boolean }[];
  model: Record<string, unknown> & { vocab: Record<string, number>; merges: string[] };
}
const copy = (json: unknown) => JSON.parse(JSON.stringify(json)) as EditableJson;
const split = (regex: string, behavior: string) => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: regex }, behavior, invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
});
const characters = () => trainCharacters(asyncOf([goldens.text]));
const bpe = (splitPattern: 'gpt2' | 'gpt4') =>
  trainByteLevelBpe(asyncOf([goldens.text]), { vocabSize: 500, splitPattern });
const own: [string, () => Promise<Tokenizer>][] = [
  ['characters', characters],
  ['gpt2', () => bpe('gpt2')],
  ['gpt4', () => bpe('gpt4')],
];

describe.each(own)('a saved tokenizer (%s)', (_, make) => {
  it('comes back the same, with the same hash', async () => {
    const tokenizer = await make();
    const loaded = loadTokenizerJson(
      JSON.stringify(tokenizer.toTokenizerJson()),
      JSON.stringify(tokenizer.toTokenizerConfig()),
    );
    expect(loaded.kind).toBe(tokenizer.kind);
    expect(copy(loaded.toTokenizerJson())).toEqual(copy(tokenizer.toTokenizerJson()));
    expect(loaded.toTokenizerConfig()).toEqual(tokenizer.toTokenizerConfig());
    expect(await tokenizerHash(loaded)).toBe(await tokenizerHash(tokenizer));
    const ids = (t: Tokenizer) => [t.vocabSize, t.unknownTokenId, t.endOfTextTokenId, t.padTokenId];
    expect(ids(loaded)).toEqual(ids(tokenizer));
    fc.assert(
      fc.property(hardText, (text) => {
        expect(loaded.encode(text).ids).toEqual(tokenizer.encode(text).ids);
      }),
    );
  });
});

describe('tokenizerHash', () => {
  it('is the SHA-256 of the file with sorted keys', async () => {
    const tokenizer = await trainCharacters(asyncOf(['ba']));
    // printf of the JSON in the comment's order | sha256sum: see the keys below, sorted by hand.
    const text =
      '{"added_tokens":[{"content":"<|unk|>","id":2,"lstrip":false,"normalized":false,"rstrip":false,' +
      '"single_word":false,"special":true}],"decoder":{"type":"Fuse"},"model":{"byte_fallback":false,' +
      '"continuing_subword_prefix":null,"dropout":null,"end_of_word_suffix":null,"fuse_unk":false,' +
      '"ignore_merges":false,"merges":[],"type":"BPE","unk_token":"<|unk|>","vocab":{"<|unk|>":2,"a":0,"b":1}},' +
      '"normalizer":null,"padding":null,"post_processor":null,"pre_tokenizer":null,"truncation":null,"version":"1.0"}';
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    expect(await tokenizerHash(tokenizer)).toBe(Buffer.from(digest).toString('hex'));
    expect(await tokenizerHash(await trainCharacters(asyncOf(['bc'])))).not.toBe(
      await tokenizerHash(tokenizer),
    );
  });
});

describe("GPT-2's own form", () => {
  it('gets the fast path, keeps its form, and encodes as Python does', async () => {
    const json = copy((await bpe('gpt2')).toTokenizerJson());
    json['pre_tokenizer'] = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
    json.model['unk_token'] = '';
    json.model['continuing_subword_prefix'] = '';
    Object.assign(json.model, { merges: json.model.merges.map((merge) => merge.split(' ')) });
    delete json.model['type'];
    const loaded = loadTokenizerJson(json);
    expect(loaded.kind).toBe('byte-level-bpe');
    expect(copy(loaded.toTokenizerJson())['pre_tokenizer']).toEqual(json['pre_tokenizer']);
    goldens.strings.forEach((text, index) => {
      expect([...loaded.encode(text).ids]).toEqual(goldens.gpt2.ids[index]);
    });
  });

  it.each<[string, (json: EditableJson) => void]>([
    ['a prefix space', (json) => (json['pre_tokenizer'] = { type: 'ByteLevel', add_prefix_space: true })],
    ['another pattern', (json) => (json['pre_tokenizer'] = split(`${GPT2_PATTERN.regex}|x`, 'Isolated'))],
    ['another behaviour', (json) => (json['pre_tokenizer'] = split(GPT2_PATTERN.regex, 'Removed'))],
    ['a normalizer', (json) => (json['normalizer'] = { type: 'NFC' })],
    ['ignored merges', (json) => (json.model['ignore_merges'] = true)],
    ['a token that strips spaces', (json) => (json.added_tokens[0]!.rstrip = true)],
    ['a missing byte', (json) => delete json.model.vocab['!']],
    ['a merge twice', (json) => json.model.merges.push(json.model.merges[0]!)],
    ['a merge of an unknown token', (json) => json.model.merges.push('Ġzz q')],
  ])('leaves %s to @huggingface/tokenizers, with the same ids', async (_, change) => {
    const json = copy((await bpe('gpt2')).toTokenizerJson());
    change(json);
    const loaded = loadTokenizerJson(copy(json));
    expect(loaded.kind).toBe('tokenizer-json');
    const theirs = new HuggingFaceTokenizer(json, {});
    for (const text of goldens.strings) {
      expect([...loaded.encode(text).ids]).toEqual(theirs.encode(text, { add_special_tokens: false }).ids);
    }
  });
});

describe('foreign tokenizers', () => {
  it('opens WordPiece', () => {
    const tokenizer = loadTokenizerJson(wordPieceJson(), {
      pad_token: '[PAD]',
      unk_token: { content: '[UNK]' },
    });
    expect([tokenizer.kind, tokenizer.vocabSize]).toEqual(['tokenizer-json', 13]);
    expect([tokenizer.padTokenId, tokenizer.unknownTokenId, tokenizer.endOfTextTokenId]).toEqual([
      0,
      1,
      null,
    ]);
    expect(tokenizer.specialTokens.get('[SEP]')).toBe(3);
    const { ids, offsets } = tokenizer.encode('The Rivérs, é[SEP]');
    expect([...ids]).toEqual([4, 7, 8, 9, 11, 3]);
    expect([...offsets()].slice(0, 2)).toEqual([0, 3]);
    expect(tokenizer.decode([4, 7, 8, 10])).toBe('the rivers.');
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.firstUnknown('the river')).toBeNull();
    expect(tokenizer.firstUnknown('the zebra')).toEqual({ character: 'z', index: 4 });
    const decoder = tokenizer.decoder();
    expect([4, 7, 8].map((id) => decoder.push(id)).join('') + decoder.flush()).toBe('the rivers');
    expect(() => tokenizer.decode([13])).toThrow(expect.objectContaining({ code: 'token-id-out-of-range' }));
  });

  it('opens unigram', () => {
    const tokenizer = loadTokenizerJson(unigramJson());
    expect([tokenizer.endOfTextTokenId, tokenizer.padTokenId, tokenizer.unknownTokenId]).toEqual([1, 0, 2]);
    const { ids, offsets } = tokenizer.encode('the rivers');
    expect([...ids]).toEqual([3, 4, 5]);
    expect([...offsets()]).toEqual([0, 3, 4, 9, 9, 10]);
    expect(tokenizer.decode(ids)).toBe('the rivers');
  });

  it('gives exact offsets and visible tokens where bytes are the tokens', async () => {
    const json = copy((await bpe('gpt4')).toTokenizerJson());
    json.model['ignore_merges'] = true;
    const wrapped = loadTokenizerJson(json);
    const fast = await bpe('gpt4');
    const text = 'The 🧶 river\n<|endoftext|>é';
    expect(wrapped.encode(text).offsets()).toEqual(fast.encode(text).offsets());
    const shown = (t: Tokenizer) => [...fast.encode(text).ids].map((id) => t.tokenToString(id));
    expect(shown(wrapped)).toEqual(shown(fast));
    const decoder = wrapped.decoder();
    const parts = [...fast.encode(text).ids].map((id) => decoder.push(id));
    expect(parts.join('') + decoder.flush()).toBe(text);
    expect(parts.join('')).not.toContain('\ufffd');
  });
});

describe('hostile files', () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const withRegex = (regex: string) => ({
    ...wordPieceJson(),
    pre_tokenizer: { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false },
  });

  /** A file that is sound but for what is put in front. */
  const begunWith = (text: string) => `{${text},${JSON.stringify(wordPieceJson()).slice(1)}`;
  const withModel = (model: unknown) => ({ ...wordPieceJson(), model });
  const withAdded = (added: unknown) => ({ ...wordPieceJson(), added_tokens: added });

  it.each<[string, unknown, string]>([
    ['no JSON', '{"model":', 'not JSON'],
    ['no object', '[]', 'not an object'],
    ['nothing', null, 'not an object'],
    ['no model', '{}', 'no "model"'],
    ['a model that is a list', '{"model":[]}', 'no "model"'],
    ['endless nesting', begunWith(`"extra":${deep(100_000)}`), 'nested deeper'],
    ['a list nested too deep', begunWith(`"extra":${'['.repeat(40)}${']'.repeat(40)}`), 'nested deeper'],
    ['__proto__', begunWith('"__proto__":{"polluted":1}'), '"__proto__"'],
    ['__proto__ within', begunWith('"extra":{"a":[{"__proto__":{"polluted":1}}]}'), '"__proto__"'],
    ['constructor', begunWith('"extra":{"constructor":{"prototype":{"polluted":1}}}'), '"constructor"'],
    ['added tokens that are no list', withAdded({}), 'not a list'],
    ['an added token without an id', withAdded([{ content: 'x' }]), 'entry 0'],
    ['an empty added token', withAdded([{ id: 1, content: '' }]), 'entry 0'],
    ['an id beyond any vocabulary', withAdded([{ id: 2 ** 31, content: 'xx' }]), 'entry 0'],
    ['a vocabulary of words', withModel({ type: 'WordPiece', vocab: { a: 'b' } }), 'vocabulary'],
    ['a vocabulary with negative ids', withModel({ type: 'WordPiece', vocab: { a: -1 } }), 'vocabulary'],
    ['no vocabulary', withModel({ type: 'WordPiece' }), 'vocabulary'],
    ['a repetition repeated', withRegex('(a+)+$'), 'repeats a repetition'],
    ['an alternative repeated', withRegex('(?:a|aa)*b'), 'repeats a repetition'],
    ['a repetition repeated far out', withRegex('((x(a*)y)z){2,}'), 'repeats a repetition'],
    ['a regular expression of a megabyte', withRegex('a'.repeat(1 << 20)), 'regular expression'],
  ])('refuses %s', (_, json, reason) => {
    expect(() => loadTokenizerJson(json)).toThrow(
      expect.objectContaining({ code: 'tokenizer-json-invalid', message: expect.stringContaining(reason) }),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['an unknown decoder', { ...wordPieceJson(), decoder: { type: 'Magic' } }],
    ['an unknown step', { ...wordPieceJson(), pre_tokenizer: { type: 'Magic' } }],
    ['a regular expression that does not parse', withRegex('(((')],
  ])('says that it cannot use %s', (_, json) => {
    expect(() => loadTokenizerJson(json)).toThrow(expect.objectContaining({ code: 'tokenizer-unsupported' }));
  });

  it('takes the patterns of published tokenizers', () => {
    for (const regex of [
      GPT2_PATTERN.regex,
      "\\p{N}{1,3}(?=(?:\\p{N}{3})*(?!\\p{N}))|[^\\r\\n\\p{L}]?[\\p{Lu}\\p{Ll}]+(?i:'s|'t)?",
      '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|\\s+',
    ]) {
      expect(loadTokenizerJson(withRegex(regex)).kind).toBe('tokenizer-json');
    }
  });

  it('keeps __proto__ as a token like any other', async () => {
    const text = '__proto__ '.repeat(50);
    const tokenizer = await trainByteLevelBpe(asyncOf([text]), { vocabSize: 300, splitPattern: 'gpt2' });
    const json = JSON.stringify(tokenizer.toTokenizerJson());
    const loaded = loadTokenizerJson(json);
    expect(loaded.kind).toBe('byte-level-bpe');
    expect(loaded.encode(text).ids).toEqual(tokenizer.encode(text).ids);
    const word = JSON.stringify(wordPieceJson()).replace('"weaver"', '"__proto__"');
    expect(loadTokenizerJson(word).vocabSize).toBe(13);
  });

  it('survives any damage with a typed error or a working tokenizer', async () => {
    const json = JSON.stringify(
      (await trainByteLevelBpe(asyncOf(['abab']), { vocabSize: 258 })).toTokenizerJson(),
    );
    const damage = fc.constantFrom(
      'null',
      '-1',
      '1e99',
      '""',
      '[]',
      '{}',
      '"__proto__"',
      'true',
      '[[]]',
      '{"type":"BPE"}',
    );
    fc.assert(
      fc.property(fc.nat(), damage, (position, value) => {
        const values = [...json.matchAll(/:(null|true|false|-?\d+|"[^"]*"|\[\]|\{\})/g)];
        const { 0: found, index } = values[position % values.length]!;
        const damaged = `${json.slice(0, index)}:${value}${json.slice(index + found.length)}`;
        expect(['works', 'EngineError']).toContain(outcomeOf(damaged));
      }),
      { numRuns: 500 },
    );
  });
});

/** What comes of opening and using a file: 'works', or the name of the error. */
function outcomeOf(json: string): string {
  try {
    const tokenizer = loadTokenizerJson(json);
    tokenizer.decode(tokenizer.encode('ab <|endoftext|>').ids);
    return 'works';
  } catch (error) {
    return error instanceof Error ? error.name : 'no error object';
  }
}
