import { describe, expect, it } from 'vitest';
import { parseStrictJson, type JsonValue } from '../../../engine/formats/strict-json.ts';

const limits = { maxDepth: 8, maxValues: 1000 };

function parse(text: string): unknown {
  return plain(parseStrictJson(text, limits, 'The text'));
}

function plain(value: JsonValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('parseStrictJson', () => {
  it.each([
    'null',
    ' true ',
    '-0.5e+3',
    '"\\u00e9\\ud83d\\ude00\\n\\"\\\\"',
    '[]',
    '[1,[2,{"a":[]}],"x"]',
    '{"a":{"b":[false,null]},"":0}',
    '"ünïcode 😀 \u2028"',
    '12345678901234567890',
    '\t\r\n{ "a" : 1 , "b" : 2 }\n',
  ])('reads %s as JSON.parse does', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['', 'json-syntax'],
    ['{', 'json-syntax'],
    ['{"a"}', 'json-syntax'],
    ['{"a":1,}', 'json-syntax'],
    ['{a:1}', 'json-syntax'],
    ['[1,]', 'json-syntax'],
    ['[1 2]', 'json-syntax'],
    ['01', 'json-syntax'],
    ['+1', 'json-syntax'],
    ['.5', 'json-syntax'],
    ['NaN', 'json-syntax'],
    ['nul', 'json-syntax'],
    ["'a'", 'json-syntax'],
    ['"a', 'json-syntax'],
    ['"a\\"', 'json-syntax'],
    ['"\\x41"', 'json-syntax'],
    ['"\n"', 'json-syntax'],
    ['"\\ud800"', 'json-syntax'],
    ['1 1', 'json-syntax'],
    ['\u00a01', 'json-syntax'],
    ['1e999', 'json-number-range'],
    ['{"a":1,"\\u0061":2}', 'json-duplicate-key'],
    ['[{"x":{"a":1,"a":1}}]', 'json-duplicate-key'],
    ['[[[[[[[[[]]]]]]]]]', 'json-too-deep'],
    [`[${'0,'.repeat(1000)}0]`, 'json-too-many-values'],
  ])('refuses %s as %s', (text, code) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code }));
  });

  it('keeps __proto__ as a key like any other', () => {
    const value = parseStrictJson('{"__proto__":{"polluted":true}}', limits, 'The text');
    expect(value).toBeInstanceOf(Map);
    expect([...(value as ReadonlyMap<string, JsonValue>).keys()]).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('agrees with JSON.parse on seeded mutations, apart from what it refuses on purpose', () => {
    const seed = '{"a":[1,-2.5e3,"x\\n"],"b":{"c":null,"d":[true,false]}}';
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const letters = '{}[]",:0123.eE+-\\untrfalse \u0001';
    let agreed = 0;
    for (let round = 0; round < 5_000; round++) {
      let text = seed;
      for (let edits = 1 + random(2); edits > 0; edits--) {
        const at = random(text.length);
        text = text.slice(0, at) + letters[random(letters.length)] + text.slice(at + random(2));
      }
      const [ours, code] = attempt(() => parse(text));
      const [theirs, fault] = attempt(() => JSON.parse(text) as unknown);
      if (code === 'json-duplicate-key' || code === 'json-number-range') continue;
      expect([text, ours, code === undefined]).toEqual([text, theirs, fault === undefined]);
      if (fault === undefined) agreed++;
    }
    expect(agreed).toBeGreaterThan(100);
  });
});

function attempt(parseText: () => unknown): [value: unknown, code: string | undefined] {
  try {
    return [parseText(), undefined];
  } catch (error) {
    return [undefined, (error as { code?: string }).code ?? 'thrown'];
  }
}
