// What Hugging Face's Python `tokenizers` gives, from tests/golden/tokenizers/make_tokenizer_goldens.py.
import { readFileSync } from 'node:fs';

/** One split pattern's part of the golden file. */
export interface BpeGolden {
  /** vocab_size 600, min_frequency 2. */
  merges: string[];
  /** Of each string, with those merges. */
  ids: number[][];
  /** vocab_size 600, min_frequency 3, max_token_length 5. */
  shortMerges: string[];
}

/** The golden file. */
export interface TokenizerGoldens {
  text: string;
  strings: string[];
  gpt2: BpeGolden;
  gpt4: BpeGolden;
  characters: { vocabSize: number; ids: number[][] };
}

/** The golden values, read once. */
export const goldens = JSON.parse(
  readFileSync(new URL('../../golden/tokenizers/tokenizers.json', import.meta.url), 'utf8'),
) as TokenizerGoldens;
