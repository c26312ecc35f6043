// What someone types for a model or a dataset of the Hugging Face Hub: "owner/name", with a revision behind an @,
// or the address of its page.

import { EngineError } from '../../engine/index.ts';

export type HubKind = 'model' | 'dataset';

export interface HubName {
  readonly kind: HubKind;
  /** `owner/name`. */
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const part = '[\\w][\\w.-]{0,95}';
const namePattern = new RegExp(`^(${part}/${part})(?:@([\\w][\\w./-]{0,200}))?$`);
const addressPattern =
  /^https:\/\/(?:huggingface\.co|hf\.co)\/(datasets\/)?([^/?#]+\/[^/?#]+)(?:\/tree\/([^?#]+))?\/?$/;

/** Whether a text has the form of a name on the Hub, whatever may be there. */
export function looksLikeHubName(text: string): boolean {
  return namePattern.test(text) || addressPattern.test(text);
}

/** Reads a name or an address; `kind` is what a plain name means. Throws `hub-name-invalid`. */
export function readHubName(text: string, kind: HubKind): HubName {
  const [, datasets, path, tree] = addressPattern.exec(text) ?? [];
  const [, name, revision] =
    namePattern.exec(path === undefined ? text : tree === undefined ? path : `${path}@${tree}`) ?? [];
  if (name === undefined || name.includes('..')) {
    throw new EngineError('hub-name-invalid', `"${text}" is no name on the Hugging Face Hub.`, {
      hint: 'Names look like "HuggingFaceTB/SmolLM2-135M", with a revision behind an @ where one is meant.',
    });
  }
  const found = path === undefined ? kind : datasets === undefined ? 'model' : 'dataset';
  return { kind: found, name, revision: revision ?? 'main' };
}
