// Training against Hugging Face's BpeTrainer (golden merges) and against itself under other chunks.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BpeTrainerOptions, trainByteLevelBpe } from '../../../engine/tokenizers/bpe-trainer.ts';
import { goldens } from './goldens.ts';
import { asyncOf, chunked, chunkSizes, hardText } from './hard-texts.ts';

async function mergesOf(
  chunks: Iterable<string | Uint8Array>,
  options: Partial<BpeTrainerOptions>,
): Promise<unknown> {
  const tokenizer = await trainByteLevelBpe(asyncOf(chunks), { vocabSize: 600, ...options });
  return tokenizer.toTokenizerJson().model['merges'];
}

describe.each(['gpt2', 'gpt4'] as const)('training with the %s pattern', (splitPattern) => {
  it("learns the merges of Hugging Face's trainer, ties included", async () => {
    const merges = await mergesOf([goldens.text], { splitPattern, minFrequency: 2 });
    expect(merges).toEqual(goldens[splitPattern].merges);
  });

  it('limits length and frequency as it does', async () => {
    const merges = await mergesOf([goldens.text], { splitPattern, minFrequency: 3, maxTokenLength: 5 });
    expect(merges).toEqual(goldens[splitPattern].shortMerges);
  });

  it('gives special tokens the first ids, then the bytes, then the merges', async () => {
    const tokenizer = await trainByteLevelBpe(asyncOf([goldens.text]), { vocabSize: 300, splitPattern });
    expect(tokenizer.vocabSize).toBe(300);
    expect([...tokenizer.specialTokens]).toEqual([['<|endoftext|>', 0]]);
    expect(tokenizer.endOfTextTokenId).toBe(0);
    const { vocab } = tokenizer.toTokenizerJson().model as unknown as { vocab: Record<string, number> };
    expect([vocab['!'], vocab['ÿ'], vocab['Ā'], vocab['Ń']]).toEqual([1, 188, 189, 256]);
    expect(Object.values(vocab).sort((a, b) => a - b)).toEqual([...Array(300).keys()]);
  });

  it('does not depend on how the text is cut, as text or as bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hardText, { maxLength: 6 }), chunkSizes, async (texts, sizes) => {
        const text = `${texts.join(' ')}ab ab ${texts.join('\n')}`;
        const whole = await mergesOf([text], { splitPattern });
        expect(await mergesOf(chunked(text, sizes), { splitPattern })).toEqual(whole);
        const bytes = new TextEncoder().encode(text);
        const step = sizes[0]!;
        const parts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) =>
          bytes.subarray(i * step, (i + 1) * step),
        );
        expect(await mergesOf(parts, { splitPattern })).toEqual(whole);
      }),
    );
  });
});

describe('training', () => {
  it('learns nothing from special tokens in the text', async () => {
    const options = { specialTokens: ['<|sep|>', '<|separate|>'] };
    const separated = await mergesOf(['over<|sep|>under<|separate|>over<|sep|>under'], options);
    const expected = await mergesOf(['over\nunder\nover\nunder'], options);
    expect(separated).toEqual(expected);
    expect(expected).toContain('o v');
  });

  it('never makes a token that would share its name with a special token', async () => {
    // "Ġab" is how the file writes " ab", so the merge that would make it is passed over.
    const tokenizer = await trainByteLevelBpe(asyncOf([' ab ab ab ab']), {
      vocabSize: 300,
      specialTokens: ['Ġab'],
    });
    const bytes = new TextEncoder().encode(' ab ab Ġab');
    expect(tokenizer.decodeBytes(tokenizer.encodeBytes(bytes))).toEqual(bytes);
    expect(tokenizer.encode('Ġab').ids).toEqual(Uint32Array.of(0));
    expect(tokenizer.encode(' ab').ids.length).toBe(2);
  });

  it('stays within its memory by forgetting the rarest words, whatever the chunks', async () => {
    const words = Array.from({ length: 400 }, (_, i) => `w${(i * i) % 397}q`);
    const text = Array.from(
      { length: 40 },
      (_, i) => `${words.slice(i * 10, i * 10 + 10).join(' ')} the weaver`,
    ).join(' ');
    const options = { maxDistinctWords: 32, minFrequency: 10 };
    const merges = await mergesOf([text], options);
    const learned = (merges as string[]).map((merge) => merge.replace(' ', ''));
    expect(learned).toContain('Ġweaver');
    expect(learned.join('')).not.toContain('q');
    expect(await mergesOf(chunked(text, [1, 7, 64]), options)).toEqual(merges);
  });

  it('reports progress and stops when asked, with the reason given', async () => {
    const phases = new Set<string>();
    await trainByteLevelBpe(asyncOf([goldens.text]), {
      vocabSize: 300,
      onProgress: ({ phase }) => phases.add(phase),
    });
    expect([...phases]).toEqual(['counting', 'merging']);
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const stopped = trainByteLevelBpe(asyncOf(['ab']), { vocabSize: 300, signal: controller.signal });
    await expect(stopped).rejects.toThrow('enough');
  });

  it.each([
    [{ vocabSize: 256 }, 'vocab-size-too-small'],
    [{ vocabSize: 300.5 }, 'vocab-size-too-small'],
    [{ vocabSize: 2 ** 30 }, 'vocab-size-too-large'],
    [{ vocabSize: 300, specialTokens: ['<|a|>', '<|a|>'] }, 'special-token-invalid'],
    [{ vocabSize: 300, specialTokens: ['a'] }, 'special-token-invalid'],
    [{ vocabSize: 300, specialTokens: ['x\ud800'] }, 'special-token-invalid'],
  ])('refuses %j', async (options, code) => {
    await expect(trainByteLevelBpe(asyncOf(['text']), options)).rejects.toMatchObject({ code });
  });

  it('refuses an empty text', async () => {
    const error = { code: 'tokenizer-empty-text' };
    await expect(trainByteLevelBpe(asyncOf(['', '']), { vocabSize: 300 })).rejects.toMatchObject(error);
  });
});
