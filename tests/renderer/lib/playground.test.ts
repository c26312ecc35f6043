// What the playground remembers and the words around written text.

import { describe, expect, it } from 'vitest';
import {
  generationWords,
  paceWords,
  readStopString,
  showStopString,
} from '../../../renderer/lib/generation-words.ts';
import { exportBytes, openingSnippet } from '../../../renderer/lib/export-words.ts';
import {
  defaultGeneration,
  fitting,
  keptText,
  readMemory,
  type PlaygroundEntry,
} from '../../../renderer/lib/playground-memory.ts';

const entry = (id: string, length = 10): PlaygroundEntry => ({
  id,
  atMs: 5,
  prompt: 'Once ',
  config: defaultGeneration(),
  outputs: [
    {
      reference: 'run-1@200',
      name: 'amber-loom, step 200',
      text: 'x'.repeat(length),
      tokenCount: length,
      tokensPerSecond: 40,
      isEnded: false,
    },
  ],
});

describe('the memory of the playground', () => {
  it('comes back as it was kept', () => {
    const memory = {
      ...readMemory(null),
      prompt: 'The loom ',
      config: { ...defaultGeneration(), temperature: 1.2, stopStrings: ['\n\n'] },
      isSeedFresh: false,
      references: ['run-1@best', 'weights:w1'] as const,
      entries: [entry('a')],
    };
    expect(readMemory(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
  });

  it.each([null, 7, 'text', [], { config: { temperature: 'hot' }, entries: 'many', references: 3 }])(
    'is whole whatever was kept: %j',
    (value) => {
      const memory = readMemory(value);
      expect(memory.config).toEqual(defaultGeneration());
      expect(memory.entries).toEqual([]);
      expect(memory.references).toEqual([null, null]);
    },
  );

  it('loses only the entry that cannot be read', () => {
    const broken = { ...entry('b'), config: { temperature: -1 } };
    const read = readMemory({ entries: [entry('a'), broken, { id: 1 }, entry('c')] });
    expect(read.entries.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('lets the oldest go when there is too much', () => {
    expect(fitting(Array.from({ length: 60 }, (_, i) => entry(String(i))))).toHaveLength(50);
    const long = fitting([entry('new', 150_000), entry('old', 150_000)]);
    expect(long.map(({ id }) => id)).toEqual(['new']);
    expect(keptText('x'.repeat(60_000))).toHaveLength(50_001);
    expect(keptText('short')).toBe('short');
  });
});

describe('the words', () => {
  it('name the settings that are not as usual', () => {
    expect(generationWords(defaultGeneration())).toBe('at most 200 tokens · temperature 0.8 · seed 1337');
    const config = { ...defaultGeneration(), topK: 40, stopStrings: ['\n'], seed: 20261124 };
    expect(generationWords(config)).toBe(
      'at most 200 tokens · temperature 0.8 · top k 40 · stops at “\\n” · seed 20261124',
    );
  });

  it('say the pace', () => {
    expect(paceWords(200, 1_081.6)).toBe('200 tokens · 1,082 tokens/s');
    expect(paceWords(1, null)).toBe('1 token');
    expect(paceWords(30, 4.26)).toBe('30 tokens · 4.3 tokens/s');
    expect(paceWords(null, null)).toBe('');
  });

  it('take stop strings as they are typed and show them so', () => {
    for (const text of ['\n\n', 'a\tb', 'C:\\new', 'plain'])
      expect(readStopString(showStopString(text).slice(1, -1))).toBe(text);
    expect(readStopString('\\n')).toBe('\n');
  });
});

describe('an export', () => {
  it('takes four bytes a weight, or two', () => {
    expect([exportBytes(10, 'f32'), exportBytes(10, 'f16'), exportBytes(10, 'bf16')]).toEqual([40, 20, 20]);
  });

  it('is opened by code in which the path is a Python string', () => {
    const path = 'C:\\models\\"mine"';
    const model = { modelType: 'gpt2', isClassifier: false };
    expect(openingSnippet('pth', path, model)).toContain('path = "C:\\\\models\\\\\\"mine\\""');
    expect(openingSnippet('huggingface', 'a', model)).toContain('AutoModelForCausalLM.from_pretrained(path)');
    expect(openingSnippet('safetensors', 'a', model)).toContain('model.safetensors');
  });
});
