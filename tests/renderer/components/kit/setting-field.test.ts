// @vitest-environment happy-dom
// One setting as a user meets it: what it takes, what it refuses, what it marks and resets.

import { mount, type VueWrapper } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { nextTick } from 'vue';
import { modelFields, trainingFields, type Field } from '../../../../engine/config.ts';
import SettingField from '../../../../renderer/components/kit/SettingField.vue';

type Value = number | string | boolean;

function field(name: string, description: Field, modelValue: Value, more: Record<string, unknown> = {}) {
  const wrapper: VueWrapper = mount(SettingField, {
    attachTo: document.body,
    props: {
      name,
      field: description,
      modelValue,
      'onUpdate:modelValue': (value: Value) => wrapper.setProps({ modelValue: value }),
      ...more,
    },
  });
  return wrapper;
}
const value = (wrapper: VueWrapper): unknown => wrapper.props('modelValue' as never);

describe('a number', () => {
  it('is taken as typed, in any way of writing it', async () => {
    const wrapper = field('learningRate', trainingFields.learningRate, 1e-3);
    const input = wrapper.find('input');
    expect(input.element.value).toBe('1e-3');
    await input.setValue('0.0003');
    expect(value(wrapper)).toBe(3e-4);
    expect(input.element.value).toBe('0.0003');
    await input.trigger('blur');
    expect(input.element.value).toBe('3e-4');
  });

  it('keeps its last good value while the text is not a number, and says so', async () => {
    const wrapper = field('learningRate', trainingFields.learningRate, 1e-3);
    const input = wrapper.find('input');
    await input.setValue('3e-');
    expect(value(wrapper)).toBe(1e-3);
    expect(input.element.value).toBe('3e-');
    expect(input.attributes('aria-invalid')).toBe('true');
    expect(wrapper.find('[role=alert]').text()).toBe('This is not a number.');
    expect(wrapper.emitted('problem')!.at(-1)).toEqual(['This is not a number.']);
    await input.setValue('3e-4');
    expect(wrapper.find('[role=alert]').exists()).toBe(false);
    expect(wrapper.emitted('problem')!.at(-1)).toEqual([null]);
  });

  it('refuses what is outside its range', async () => {
    const wrapper = field('numHiddenLayers', modelFields.gpt2.numHiddenLayers, 4);
    await wrapper.find('input').setValue('257');
    expect(value(wrapper)).toBe(4);
    expect(wrapper.find('[role=alert]').text()).toBe('It must be 1 to 256.');
  });

  it('steps by arrows, and far with Shift', async () => {
    const wrapper = field('numHiddenLayers', modelFields.gpt2.numHiddenLayers, 4);
    const input = wrapper.find('input');
    await input.trigger('keydown', { key: 'ArrowUp' });
    expect(value(wrapper)).toBe(5);
    await input.trigger('keydown', { key: 'ArrowUp', shiftKey: true });
    expect(value(wrapper)).toBe(15);
    await input.trigger('keydown', { key: 'ArrowDown' });
    expect(input.element.value).toBe('14');
  });

  it('moves its slider by arrows to another value each time', async () => {
    const wrapper = field('numHiddenLayers', modelFields.gpt2.numHiddenLayers, 4);
    const slider = wrapper.find('[role=slider]');
    expect(slider.attributes('aria-valuetext')).toBe('4');
    await slider.trigger('keydown', { key: 'ArrowRight' });
    expect(value(wrapper)).toBe(5);
    await nextTick();
    expect(wrapper.find('input').element.value).toBe('5');
    await slider.trigger('keydown', { key: 'ArrowLeft' });
    await slider.trigger('keydown', { key: 'ArrowLeft' });
    expect(value(wrapper)).toBeLessThan(5);
  });
});

describe('any setting', () => {
  it('shows its real name and its sentence', () => {
    const text = field('hiddenSize', modelFields.gpt2.hiddenSize, 128).text();
    expect(text).toContain('hiddenSize');
    expect(text).toContain(modelFields.gpt2.hiddenSize.help);
  });

  it('marks what differs from the preset and resets it alone', async () => {
    const wrapper = field('hiddenSize', modelFields.gpt2.hiddenSize, 384, { reference: 128 });
    const reset = wrapper.find('button.reset');
    expect(reset.text()).toBe('Reset to 128');
    await reset.trigger('click');
    expect(value(wrapper)).toBe(128);
    expect(wrapper.find('button.reset').exists()).toBe(false);
  });

  it('shows what the studio found wrong', () => {
    const wrapper = field('hiddenSize', modelFields.gpt2.hiddenSize, 130, {
      error: 'It must divide by 4.',
    });
    expect(wrapper.find('[role=alert]').text()).toBe('It must divide by 4.');
  });

  it('is a switch or a choice where it is one', async () => {
    const flag = field('useBias', modelFields.gpt2.useBias, false);
    await flag.find('[role=switch]').trigger('click');
    expect(value(flag)).toBe(true);
    const schedule = field('lrSchedulerType', trainingFields.lrSchedulerType, 'cosine');
    expect(schedule.findAll('[role=radio]').map((one) => one.text())).toEqual([
      'Constant',
      'Linear',
      'Cosine',
    ]);
    await schedule.findAll('[role=radio]')[1]!.trigger('click');
    expect(value(schedule)).toBe('linear');
    const prompt = field('samplePrompt', trainingFields.samplePrompt, '');
    await prompt.find('input').setValue('Once ');
    expect(value(prompt)).toBe('Once ');
  });
});
