import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../../engine/config.ts';
import { readHfConfig } from '../../../engine/formats/hf-config.ts';
import { hfStateDict, hfTensorsToWrite } from '../../../engine/formats/hf-state-dict.ts';
import { modelPy } from '../../../engine/formats/model-py.ts';
import { goldens } from './in-memory.ts';

const forms = ['gpt2 tied', 'gpt2 untied', 'llama tied', 'llama untied'];

async function form(name: string): Promise<{ model: ModelConfig; stateDict: [string, number[]][] }> {
  const { config, stateDict } = (await goldens()).models[name]!;
  return { model: readHfConfig(JSON.stringify(config)).model, stateDict };
}

describe.each(forms)('the %s form', (name) => {
  it('has the names, shapes and order of the state dict in transformers', async () => {
    const { model, stateDict } = await form(name);
    const { tensors, aliases } = hfStateDict(model);
    const shapes = new Map(tensors.map((tensor) => [tensor.name, tensor.shape]));
    const ours = [...shapes, ...aliases.map((alias) => [alias.name, shapes.get(alias.sameAs)] as const)];
    expect(ours).toEqual(stateDict);
    expect(aliases.length).toBe(name.endsWith(' tied') ? 1 : 0);
    expect(tensors.every((tensor) => !tensor.isZeros)).toBe(true);
  });

  it('has a model.py of at most 60 short lines with its numbers and nothing left open', async () => {
    const { model } = await form(name);
    const text = modelPy(model);
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(text).not.toMatch(/undefined|null|NaN|\[object|transformers import|\$\{/);
    expect(text).toContain(String(model.intermediateSize));
  });
});

describe('a GPT-2 form without biases', () => {
  it('is written with zeros where transformers has biases, and reads only its own parameters', async () => {
    const { model, stateDict } = await form('gpt2 tied');
    const asked: string[] = [];
    const { tensors } = hfTensorsToWrite({ ...model, useBias: false } as ModelConfig, (name) => {
      asked.push(name);
      return new Float32Array(1);
    });
    const biases = [];
    for (const tensor of tensors) {
      const values = await tensor.read();
      if (tensor.name.endsWith('.bias')) biases.push([tensor.name, values]);
    }
    expect(biases).toEqual(
      stateDict
        .filter(([name]) => name.endsWith('.bias'))
        .map(([name, shape]) => [name, new Float32Array(shape[0]!)]),
    );
    const weights = stateDict
      .map(([name]) => name)
      .filter((name) => name.endsWith('.weight') && name !== 'lm_head.weight');
    expect(asked).toEqual(weights);
  });
});
