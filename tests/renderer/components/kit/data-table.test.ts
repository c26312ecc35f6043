// @vitest-environment happy-dom
// The table with the keyboard and the mouse: moving, opening, selecting, sorting, hiding columns.

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Component } from 'vue';
import DataTable from '../../../../renderer/components/kit/DataTable.vue';

interface Row {
  id: string;
  name: string;
  loss: number | null;
}

const rows: Row[] = [
  { id: 'a', name: 'amber-loom', loss: 1.9 },
  { id: 'b', name: 'blue-weft', loss: null },
  { id: 'c', name: 'green-warp', loss: 1.8 },
  { id: 'd', name: 'olive-reed', loss: 2.4 },
];
const columns = [
  { id: 'name', label: 'Run', isSortable: true, isFixed: true },
  { id: 'loss', label: 'Loss', align: 'end', isSortable: true },
  { id: 'id', label: 'Id', isHidden: true },
];
let table: VueWrapper;

beforeEach(() => {
  document.body.innerHTML = '';
  table = mount(DataTable as Component, {
    attachTo: document.body,
    props: {
      columns,
      rows,
      rowKey: ({ id }: Row) => id,
      rowLabel: ({ name }: Row) => name,
      label: 'Runs',
      isSelectable: true,
      hasColumnMenu: true,
    },
    slots: { 'cell-name': '<template #cell-name="{ row }"><a href="#x">{{ row.name }}</a></template>' },
  });
});

const row = (key: string) => table.find(`tr[data-key=${key}]`);
const order = () => table.findAll('tr[data-key]').map((one) => one.attributes('data-key'));
const focused = () => (document.activeElement as HTMLElement).dataset['key'];
const selection = () => (table.emitted('update:selection')?.at(-1)?.[0] ?? []) as string[];
async function press(key: string, more: object = {}): Promise<void> {
  document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
  await flushPromises();
}

describe('with the keyboard', () => {
  it('one row is reached by Tab, arrows move, ends stop', async () => {
    expect(table.findAll('tr[tabindex="0"]').map((one) => one.attributes('data-key'))).toEqual(['a']);
    (row('a').element as HTMLElement).focus();
    await press('ArrowUp');
    expect(focused()).toBe('a');
    await press('ArrowDown');
    await press('ArrowDown');
    expect(focused()).toBe('c');
    expect(table.findAll('tr[tabindex="0"]').map((one) => one.attributes('data-key'))).toEqual(['c']);
    await press('End');
    expect(focused()).toBe('d');
    await press('Home');
    expect(focused()).toBe('a');
  });

  it('Enter opens, Space selects, Shift selects a range', async () => {
    (row('b').element as HTMLElement).focus();
    await press('Enter');
    expect(table.emitted('open')).toEqual([[rows[1]]]);
    await press(' ');
    expect(selection()).toEqual(['b']);
    await press('ArrowDown', { shiftKey: true });
    await press('ArrowDown', { shiftKey: true });
    expect(selection()).toEqual(['b', 'c', 'd']);
    expect(row('c').attributes('aria-selected')).toBe('true');
    await press(' ');
    expect(selection()).toEqual(['b', 'c']);
  });

  it('keys in a cell are its own', async () => {
    const link = row('a').find('a').element as HTMLElement;
    link.focus();
    await press('Enter');
    expect(table.emitted('open')).toBeUndefined();
  });
});

describe('with the mouse', () => {
  it('a row opens; its link and its box do their own work', async () => {
    await row('c').find('td.end').trigger('click');
    expect(table.emitted('open')).toEqual([[rows[2]]]);
    await row('c').find('a').trigger('click');
    await row('c').find('[role=checkbox]').trigger('click');
    expect(table.emitted('open')).toHaveLength(1);
    expect(selection()).toEqual(['c']);
    await row('a').find('[role=checkbox]').trigger('click', { shiftKey: true });
    expect([...selection()].sort()).toEqual(['a', 'b', 'c']);
  });

  it('all are selected and none', async () => {
    const all = table.find('thead [role=checkbox]');
    await all.trigger('click');
    expect(selection()).toHaveLength(4);
    expect(all.attributes('aria-checked')).toBe('true');
    await all.trigger('click');
    expect(selection()).toEqual([]);
  });
});

describe('columns', () => {
  it('sort: figures largest first, then smallest, then as they came', async () => {
    const loss = table.findAll('th button.sort')[1]!;
    await loss.trigger('click');
    expect(order()).toEqual(['d', 'a', 'c', 'b']);
    expect(table.findAll('th[aria-sort]')[1]!.attributes('aria-sort')).toBe('descending');
    await loss.trigger('click');
    expect(order()).toEqual(['c', 'a', 'd', 'b']);
    await loss.trigger('click');
    expect(order()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are hidden at first where they say so, and shown when chosen', async () => {
    expect(table.findAll('thead th').map((one) => one.text())).not.toContain('Id');
    await table.setProps({ hidden: ['loss'] } as never);
    expect(table.findAll('thead th').map((one) => one.text())).toContain('Id');
    expect(table.findAll('thead th').map((one) => one.text())).not.toContain('Loss');
  });

  it('show a dash for what is not known', () => expect(row('b').find('td.end').text()).toBe('–'));
});
