// Where in a model a parameter stands, told by the names that all families share with transformers and PyTorch:
// in which layer of which stack, in a table that is looked up, or in a head that a task brings along.

/** A layer of a stack; `stack` is what its parameters' names begin with. */
export interface LayerPlace {
  readonly stack: string;
  readonly layer: number;
}

const layerName = /^(.*?(?:^|\.)(?:h|layers?|block))\.(\d+)\./;
const tableName = /(?:^|\.)(?:wte|wpe|shared|relative_attention_bias|[^.]*emb[^.]*)(?:\.|$)/i;

/** The layer a parameter belongs to; null for what stands before and behind the layers. */
export function layerOf(key: string): LayerPlace | null {
  const [, stack, layer] = layerName.exec(key) ?? [];
  return stack === undefined ? null : { stack, layer: Number(layer) };
}

/** Whether a parameter is looked up, or belongs to what stands between tables and the first layer. */
export function isEmbedding(key: string): boolean {
  return tableName.test(key);
}

/** Whether a parameter scores classes: such a head is new with its task, so that every method trains it. */
export function isClassifier(key: string): boolean {
  return key.startsWith('classifier.');
}
