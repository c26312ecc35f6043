// The library of chat templates: for each name the Jinja text, which gives what the published template of that
// name gives, and the tokens that a tokenizer made from nothing needs for it. Choosing one for a tokenizer, and
// putting one into a tokenizer, stand here too; rendering in chat-layout.ts.

import type { ChatTemplateName } from '../chat-template-names.ts';
import { loadTokenizerJson } from '../tokenizers/tokenizer-json.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';

/** A template by its text, and what it takes in a tokenizer. */
export interface LibraryTemplate {
  readonly text: string;
  /** Special tokens that a tokenizer made for it has, in the order of their ids. */
  readonly specialTokens: readonly string[];
  /** What `bos_token` and `eos_token` are in such a tokenizer; generation ends with the latter. */
  readonly bosToken: string;
  readonly eosToken: string;
}

type LibraryName = Exclude<ChatTemplateName, 'auto'>;

/** Refuses what these models cannot read, in the words that the user sees. */
const mustAlternate =
  "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}" +
  "{{ raise_exception('the turns of user and assistant must alternate, and the user begins') }}{% endif %}";

/** Sets `system` and `turns`: the first message apart where it is the system's. */
const systemApart =
  "{% if messages and messages[0]['role'] == 'system' %}" +
  "{% set system = messages[0]['content'] %}{% set turns = messages[1:] %}" +
  "{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}";

export const chatTemplates: Readonly<Record<LibraryName, LibraryTemplate>> = {
  chatml: {
    text:
      "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}" +
      "{{ message['content'] + '<|im_end|>\\n' }}{% endfor %}" +
      "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    specialTokens: ['<|endoftext|>', '<|im_start|>', '<|im_end|>'],
    bosToken: '<|endoftext|>',
    eosToken: '<|im_end|>',
  },
  'llama-2': {
    text:
      systemApart +
      "{% if system %}{% set system = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' %}{% endif %}" +
      `{% for message in turns %}${mustAlternate}` +
      "{% set told = (system if loop.first else '') + message['content'] %}" +
      "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + told | trim + ' [/INST]' }}" +
      "{% else %}{{ ' ' + message['content'] | trim + ' ' + eos_token }}{% endif %}{% endfor %}",
    specialTokens: ['<s>', '</s>'],
    bosToken: '<s>',
    eosToken: '</s>',
  },
  'llama-3': {
    text:
      '{{ bos_token }}{% for message in messages %}' +
      "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}" +
      "{{ message['content'] | trim + '<|eot_id|>' }}{% endfor %}" +
      "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
    specialTokens: [
      '<|begin_of_text|>',
      '<|end_of_text|>',
      '<|start_header_id|>',
      '<|end_header_id|>',
      '<|eot_id|>',
    ],
    bosToken: '<|begin_of_text|>',
    eosToken: '<|eot_id|>',
  },
  mistral: {
    text:
      `${systemApart}{{ bos_token }}{% for message in turns %}${mustAlternate}` +
      "{% if message['role'] == 'user' %}" +
      "{{ '[INST] ' + (system + '\\n\\n' if loop.first and system else '') + message['content'] + ' [/INST]' }}" +
      "{% else %}{{ ' ' + message['content'] | trim + eos_token }}{% endif %}{% endfor %}",
    specialTokens: ['<s>', '</s>', '[INST]', '[/INST]'],
    bosToken: '<s>',
    eosToken: '</s>',
  },
  gemma: {
    text:
      "{{ bos_token }}{% if messages and messages[0]['role'] == 'system' %}" +
      "{{ raise_exception('a message of the system is not supported') }}{% endif %}" +
      `{% for message in messages %}${mustAlternate}` +
      "{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else message['role']) + '\\n' }}" +
      "{{ message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}" +
      "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}",
    specialTokens: ['<pad>', '<eos>', '<bos>', '<start_of_turn>', '<end_of_turn>'],
    bosToken: '<bos>',
    eosToken: '<end_of_turn>',
  },
  'phi-3': {
    text:
      "{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' }}" +
      "{{ message['content'] + '<|end|>\\n' }}{% endfor %}" +
      "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}",
    specialTokens: ['<|endoftext|>', '<|system|>', '<|user|>', '<|assistant|>', '<|end|>'],
    bosToken: '<|endoftext|>',
    eosToken: '<|endoftext|>',
  },
  zephyr: {
    text:
      "{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' }}" +
      "{{ message['content'] + eos_token + '\\n' }}{% endfor %}" +
      "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}",
    specialTokens: ['<s>', '</s>', '<|system|>', '<|user|>', '<|assistant|>'],
    bosToken: '<s>',
    eosToken: '</s>',
  },
  alpaca: {
    text:
      `${systemApart}{{ (system if system else 'Below is an instruction that describes a task. ` +
      "Write a response that appropriately completes the request.') + '\\n\\n' }}" +
      "{% for message in turns %}{% if message['role'] == 'user' %}" +
      "{{ ('' if loop.first else '\\n\\n') + '### Instruction:\\n' + message['content'] + '\\n\\n' }}" +
      "{% else %}{{ '### Response:\\n' + message['content'] + eos_token }}{% endif %}{% endfor %}" +
      "{% if add_generation_prompt %}{{ '### Response:\\n' }}{% endif %}",
    specialTokens: ['<|endoftext|>'],
    bosToken: '<|endoftext|>',
    eosToken: '<|endoftext|>',
  },
  // As TRL lays out prompt and completion that are plain texts: one right behind the other, and an end.
  plain: {
    text:
      "{% for message in messages %}{{ message['content'] }}" +
      "{% if message['role'] == 'assistant' and not message['content'].endswith(eos_token) %}" +
      '{{ eos_token }}{% endif %}{% endfor %}',
    specialTokens: ['<|endoftext|>'],
    bosToken: '<|endoftext|>',
    eosToken: '<|endoftext|>',
  },
};

/** A chosen template: its name in the library, or null where it is the tokenizer's own. */
export interface ChosenTemplate {
  readonly name: LibraryName | null;
  readonly text: string;
}

/**
 * The template that a setting means for a tokenizer. `auto` is the tokenizer's own; else ChatML where the
 * tokenizer has its tokens, and else Alpaca's, which needs none but the end of text.
 */
export function chooseChatTemplate(setting: ChatTemplateName, tokenizer: Tokenizer): ChosenTemplate {
  if (setting !== 'auto') return { name: setting, text: chatTemplates[setting].text };
  if (tokenizer.chatTemplate !== null) return { name: null, text: tokenizer.chatTemplate };
  const hasChatml = ['<|im_start|>', '<|im_end|>'].every((token) => tokenizer.specialTokens.has(token));
  const name = hasChatml ? 'chatml' : 'alpaca';
  return { name, text: chatTemplates[name].text };
}

/** The template of a run whose tokenizer is yet to be made: `auto` is ChatML. */
export function scratchChatTemplate(setting: ChatTemplateName): LibraryTemplate {
  return chatTemplates[setting === 'auto' ? 'chatml' : setting];
}

/**
 * The tokenizer with a chat template in its tokenizer_config.json, and with these as first and end token where
 * they are given. Ids stay as they are.
 */
export function withChatTemplate(
  tokenizer: Tokenizer,
  { text, bosToken, eosToken }: { text: string; bosToken?: string; eosToken?: string },
): Tokenizer {
  return loadTokenizerJson(tokenizer.toTokenizerJson(), {
    ...tokenizer.toTokenizerConfig(),
    ...(bosToken === undefined ? {} : { bos_token: bosToken }),
    ...(eosToken === undefined ? {} : { eos_token: eosToken }),
    chat_template: text,
  });
}
