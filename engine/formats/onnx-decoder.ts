// The forward pass of the decoders as ONNX operators: input_ids (B, T) i64 to logits (B, T, V) f32, causal, without
// a cache. B = batch, T = tokens, C = hidden size, NH heads of size HS, NKV of keys and values.

import type { DecoderConfig, Gpt2Config, HiddenAct, RotaryConfig } from '../config.ts';
import { inverseFrequencies } from '../rotary-frequencies.ts';
import { dataTypes, real, type OnnxGraph } from './onnx-graph.ts';

/** The input and the output of the graph. */
export const onnxInput = 'input_ids';
export const onnxOutput = 'logits';

/** Adds a model to a graph whose weights have Hugging Face's names. */
export function addDecoder(graph: OnnxGraph, config: DecoderConfig): void {
  const logits = config.modelType === 'gpt2' ? gpt2(graph, config) : rotary(graph, config);
  graph.output(logits, onnxOutput);
}

/** The positions 0 … T − 1, and what is added to scores: (T, T), 0 for what a token sees. */
function frame(g: OnnxGraph): { positions: string; mask: string } {
  const length = g.op('Gather', [g.op('Shape', [onnxInput]), g.integers([1], true)]);
  const positions = g.op('Range', [g.integers([0], true), length, g.integers([1], true)]);
  const side = g.op('Unsqueeze', [length, g.integers([0])]);
  const square = g.op('Concat', [side, side], { axis: 0 });
  const all = g.op('Expand', [g.reals([-3.4028234663852886e38]), square]);
  // What lies before a token stays 0.
  return { positions, mask: g.op('Trilu', [all, g.integers([1], true)], { upper: 1 }) };
}

function gpt2(g: OnnxGraph, config: Gpt2Config): string {
  const { hiddenSize: C, numAttentionHeads: NH, layerNormEpsilon } = config;
  const { positions, mask } = frame(g);
  const table = 'transformer.wte.weight';
  const tokens = g.op('Gather', [g.weight(table), onnxInput]);
  let x = g.op('Add', [tokens, g.op('Gather', [g.weight('transformer.wpe.weight'), positions])]);
  const norm = (value: string, name: string): string =>
    g.op('LayerNormalization', [value, g.weight(`${name}.weight`), g.weight(`${name}.bias`)], {
      axis: 2,
      epsilon: real(layerNormEpsilon),
    });
  // GPT-2's matrices are stored as (in, out).
  const linear = (value: string, name: string): string =>
    g.op('Add', [g.op('MatMul', [value, g.weight(`${name}.weight`)]), g.weight(`${name}.bias`)]);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = `transformer.h.${layer}`;
    const joined = linear(norm(x, `${block}.ln_1`), `${block}.attn.c_attn`);
    const [q, k, v] = g
      .ops('Split', [joined, g.integers([C, C, C])], 3, { axis: 2 })
      .map((part) => heads(g, part, NH, C / NH));
    const seen = attention(g, { q: q!, k: k!, v: v! }, mask, C / NH, C);
    x = g.op('Add', [x, linear(seen, `${block}.attn.c_proj`)]);
    const inner = activation(g, linear(norm(x, `${block}.ln_2`), `${block}.mlp.c_fc`), config.hiddenAct);
    x = g.op('Add', [x, linear(inner, `${block}.mlp.c_proj`)]);
  }
  return head(g, norm(x, 'transformer.ln_f'), table);
}

function rotary(g: OnnxGraph, config: RotaryConfig): string {
  const { numAttentionHeads: NH, numKeyValueHeads: NKV, headDim: HS, rmsNormEps } = config;
  const { positions, mask } = frame(g);
  const angles = g.op('Mul', [
    g.op('Unsqueeze', [g.op('Cast', [positions], { to: dataTypes.f32 }), g.integers([1])]),
    g.reals(inverseFrequencies(config), [1, HS / 2]),
  ]);
  const both = g.op('Concat', [angles, angles], { axis: 1 });
  const [cos, sin] = [g.op('Cos', [both]), g.op('Sin', [both])];
  const turn = (value: string): string => {
    const [first, second] = g.ops('Split', [value, g.integers([HS / 2, HS / 2])], 2, { axis: 3 });
    const turned = g.op('Concat', [g.op('Neg', [second!]), first!], { axis: 3 });
    return g.op('Add', [g.op('Mul', [value, cos]), g.op('Mul', [turned, sin])]);
  };
  const norm = (value: string, name: string, lastAxis = 2): string => {
    const squares = g.op('Mul', [value, value]);
    const square = g.op('ReduceMean', [squares, g.integers([lastAxis])], { keepdims: 1 });
    const root = g.op('Sqrt', [g.op('Add', [square, g.reals([rmsNormEps])])]);
    return g.op('Mul', [g.op('Div', [value, root]), g.weight(`${name}.weight`)]);
  };
  const linear = (value: string, name: string): string => {
    const product = g.op('MatMul', [
      value,
      g.op('Transpose', [g.weight(`${name}.weight`)], { perm: [1, 0] }),
    ]);
    return g.has(`${name}.bias`) ? g.op('Add', [product, g.weight(`${name}.bias`)]) : product;
  };
  const table = 'model.embed_tokens.weight';
  let x = g.op('Gather', [g.weight(table), onnxInput]);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = `model.layers.${layer}`;
    const normed = norm(x, `${block}.input_layernorm`);
    const part = (name: string, count: number): string => {
      const split = heads(g, linear(normed, `${block}.self_attn.${name}_proj`), count, HS);
      const own = `${block}.self_attn.${name}_norm`;
      return g.has(`${own}.weight`) ? norm(split, own, 3) : split;
    };
    const q = turn(part('q', NH));
    const [k, v] = [turn(part('k', NKV)), part('v', NKV)].map((one) => shared(g, one, { NH, NKV, HS }));
    const seen = attention(g, { q, k: k!, v: v! }, mask, HS, NH * HS);
    x = g.op('Add', [x, linear(seen, `${block}.self_attn.o_proj`)]);
    const inner = norm(x, `${block}.post_attention_layernorm`);
    const gate = activation(g, linear(inner, `${block}.mlp.gate_proj`), config.hiddenAct);
    const wide = g.op('Mul', [gate, linear(inner, `${block}.mlp.up_proj`)]);
    x = g.op('Add', [x, linear(wide, `${block}.mlp.down_proj`)]);
  }
  return head(g, norm(x, 'model.norm'), table);
}

/** (B, T, heads · HS) to (B, heads, T, HS). */
function heads(g: OnnxGraph, value: string, count: number, HS: number): string {
  // A 0 keeps the extent that is there.
  const split = g.op('Reshape', [value, g.integers([0, 0, count, HS])]);
  return g.op('Transpose', [split], { perm: [0, 2, 1, 3] });
}

/** Keys or values (B, NKV, T, HS) once for each of the heads that share them: (B, NH, T, HS). */
function shared(
  g: OnnxGraph,
  value: string,
  { NH, NKV, HS }: { NH: number; NKV: number; HS: number },
): string {
  if (NH === NKV) return value;
  const apart = g.op('Unsqueeze', [value, g.integers([2])]);
  const repeated = g.op('Expand', [apart, g.integers([1, 1, NH / NKV, 1, 1])]);
  // A 0 keeps the extent that is there, and -1 is what is left: T.
  return g.op('Reshape', [repeated, g.integers([0, NH, -1, HS])]);
}

/** softmax(q kᵀ / √HS + mask) v, its heads put together: (B, T, width). */
function attention(
  g: OnnxGraph,
  { q, k, v }: { q: string; k: string; v: string },
  mask: string,
  HS: number,
  width: number,
): string {
  const product = g.op('MatMul', [q, g.op('Transpose', [k], { perm: [0, 1, 3, 2] })]);
  const scores = g.op('Add', [g.op('Mul', [product, g.reals([HS ** -0.5])]), mask]);
  const mixed = g.op('MatMul', [g.op('Softmax', [scores], { axis: 3 }), v]);
  const together = g.op('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  return g.op('Reshape', [together, g.integers([0, 0, width])]);
}

function activation(g: OnnxGraph, value: string, kind: HiddenAct): string {
  if (kind === 'relu') return g.op('Relu', [value]);
  if (kind === 'silu') return g.op('Mul', [value, g.op('Sigmoid', [value])]);
  return g.op('Gelu', [value], { approximate: kind === 'gelu' ? 'none' : 'tanh' });
}

/** The product with the output layer, or with the table of embeddings where they are one. */
function head(g: OnnxGraph, value: string, table: string): string {
  const name = g.has('lm_head.weight') ? 'lm_head.weight' : table;
  return g.op('MatMul', [value, g.op('Transpose', [g.weight(name)], { perm: [1, 0] })]);
}
