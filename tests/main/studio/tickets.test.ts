// Tickets for files of this computer and for files that arrive: what gets one, what it stands for, and that
// nothing is left when it is gone.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRefusedByWindows } from '../../../main/studio/uploads.ts';
import { Tickets } from '../../../main/studio/tickets.ts';

const isWindows = process.platform === 'win32';
const mebibyte = 1024 ** 2;

let home: string;
let tickets: Tickets;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'heddle-tickets-')));
  tickets = new Tickets(home);
});

afterEach(async () => {
  tickets.close();
  await rm(home, { recursive: true });
});

const uploads = (): Promise<string[]> => readdir(join(home, 'uploads')).catch(() => []);
const text = (words: string): Readable => Readable.from([Buffer.from(words)]);

describe('a ticket for a file of this computer', () => {
  it('names the file, and stands for its path', async () => {
    const path = join(home, 'größe 🧵 #1.txt');
    await writeFile(path, 'four');
    const ticket = await tickets.admit(path);
    expect(ticket).toMatchObject({ name: 'größe 🧵 #1.txt', sizeBytes: 4, isFolder: false });
    expect(ticket.ticket).toMatch(/^ticket:[\w-]{24}$/);
    expect(tickets.redeem(ticket.ticket)).toBe(path);
  });

  it('tells the size of a folder', async () => {
    await mkdir(join(home, 'a', 'b'), { recursive: true });
    await writeFile(join(home, 'a', 'one.txt'), '1');
    await writeFile(join(home, 'a', 'b', 'two.txt'), '22');
    expect(await tickets.admit(join(home, 'a'))).toMatchObject({ name: 'a', sizeBytes: 3, isFolder: true });
  });

  it.skipIf(isWindows)('stays with what a link led to when it was given', async () => {
    await writeFile(join(home, 'first.txt'), 'first');
    await symlink(join(home, 'first.txt'), join(home, 'link.txt'));
    const { ticket } = await tickets.admit(join(home, 'link.txt'));
    await rm(join(home, 'link.txt'));
    await symlink('/etc/passwd', join(home, 'link.txt'));
    expect(tickets.redeem(ticket)).toBe(join(home, 'first.txt'));
  });

  it.skipIf(isWindows)('is not given for a pipe, nor for a file that is gone', async () => {
    execFileSync('mkfifo', [join(home, 'pipe')]);
    await expect(tickets.admit(join(home, 'pipe'))).rejects.toMatchObject({ code: 'place-refused' });
    await expect(tickets.admit(join(home, 'none'))).rejects.toMatchObject({ code: 'place-not-found' });
    await expect(tickets.admit('/dev/zero')).rejects.toMatchObject({ code: 'place-refused' });
  });

  it('leaves the file where it is when it is released', async () => {
    await writeFile(join(home, 'mine.txt'), 'mine');
    const { ticket } = await tickets.admit(join(home, 'mine.txt'));
    await tickets.release([ticket, 'ticket:unknown']);
    expect(() => tickets.redeem(ticket)).toThrow(expect.objectContaining({ code: 'ticket-unknown' }));
    expect(existsSync(join(home, 'mine.txt'))).toBe(true);
  });
});

describe('a file that arrives', () => {
  it('is kept until its ticket is released', async () => {
    const { ticket, ...rest } = await tickets.receive(text('hello'), { name: 'a.txt' });
    expect(rest).toEqual({ name: 'a.txt', sizeBytes: 5, isFolder: false });
    expect(await readFile(tickets.redeem(ticket), 'utf8')).toBe('hello');
    await tickets.release([ticket]);
    expect(await uploads()).toEqual([]);
  });

  it('joins the other files of its folder under one ticket', async () => {
    const first = await tickets.receive(text('{}'), {
      name: 'config.json',
      relativePath: 'tiny/config.json',
    });
    const second = await tickets.receive(text('123'), {
      name: 'w.bin',
      relativePath: 'tiny/deep/w.bin',
      folderTicket: first.ticket,
    });
    expect(second).toEqual({ ticket: first.ticket, name: 'tiny', sizeBytes: 5, isFolder: true });
    const folder = tickets.redeem(first.ticket);
    expect((await readdir(folder)).toSorted()).toEqual(['config.json', 'deep']);
    expect(await readFile(join(folder, 'deep', 'w.bin'), 'utf8')).toBe('123');
  });

  it('does not join a folder that was chosen on this computer, nor one of another name', async () => {
    await mkdir(join(home, 'tiny'));
    const chosen = await tickets.admit(join(home, 'tiny'));
    const arrived = await tickets.receive(text(''), { name: 'a', relativePath: 'other/a' });
    for (const folderTicket of [chosen.ticket, arrived.ticket, 'ticket:none']) {
      const arrival = { name: 'b', relativePath: 'tiny/b', folderTicket };
      await expect(tickets.receive(text(''), arrival)).rejects.toMatchObject({ code: 'ticket-unknown' });
    }
    expect(await readdir(join(home, 'tiny'))).toEqual([]);
  });

  it.each([
    '../up/a.txt',
    'a/../../up.txt',
    'a/./b',
    'a//b',
    '/etc/passwd',
    'a/b/',
    'a/\u0000b',
    'a/b\\c',
    `a/${'n'.repeat(256)}`,
    `${'d/'.repeat(40)}a`,
  ])('is refused under the name %j, and nothing is written', async (relativePath) => {
    const arrival = { name: 'a.txt', relativePath };
    await expect(tickets.receive(text('x'), arrival)).rejects.toMatchObject({ code: 'upload-name-refused' });
    expect(await uploads()).toEqual([]);
    expect(existsSync(join(home, 'up.txt'))).toBe(false);
  });

  it.each(['..', '.', '', 'a/b', 'a\u0007b'])('is refused when it is called %j', async (name) => {
    const refused = expect.objectContaining({ code: 'upload-name-refused' });
    await expect(tickets.receive(text('x'), { name })).rejects.toEqual(refused);
  });

  it.each(['con', 'NUL.txt', 'com1', 'a:b', 'a.', 'a ', 'what?'])(
    'called %j is nothing for Windows',
    (name) => expect(isRefusedByWindows(name)).toBe(true),
  );

  it('is refused twice under one name', async () => {
    const arrival = { name: 'a', relativePath: 'f/a' };
    const { ticket } = await tickets.receive(text('first'), arrival);
    const again = tickets.receive(text('second'), { ...arrival, folderTicket: ticket });
    await expect(again).rejects.toMatchObject({ code: 'upload-exists' });
    expect(await readFile(join(tickets.redeem(ticket), 'a'), 'utf8')).toBe('first');
  });

  it('leaves nothing when its sender breaks off', async () => {
    const stream = Readable.from(
      (async function* () {
        yield Buffer.from('some');
        throw new Error('gone');
      })(),
    );
    await expect(tickets.receive(stream, { name: 'a.txt' })).rejects.toThrow('gone');
    expect(await uploads()).toEqual([]);
  });

  it('is refused before the first byte when the disk cannot hold what was announced', async () => {
    const small = new Tickets(home, () => Promise.resolve(300 * mebibyte));
    const arrival = { name: 'a.txt', declaredBytes: 100 * mebibyte };
    await expect(small.receive(text('x'), arrival)).rejects.toMatchObject({ code: 'disk-full' });
    await expect(small.receive(text('x'), { name: 'b.txt', declaredBytes: 1 })).resolves.toBeTruthy();
    small.close();
    expect(await uploads()).toEqual([]);
  });

  it('is cut off when the disk fills while it comes', async () => {
    let freeBytes = 300 * mebibyte;
    const filling = new Tickets(home, () => Promise.resolve(freeBytes));
    const chunk = Buffer.alloc(mebibyte);
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          freeBytes -= mebibyte;
          yield chunk;
        }
      })(),
    );
    await expect(filling.receive(endless, { name: 'a.bin' })).rejects.toMatchObject({ code: 'disk-full' });
    expect(freeBytes).toBeGreaterThan(200 * mebibyte);
    expect(await uploads()).toEqual([]);
  });
});

describe('uploads', () => {
  it('of processes that are gone are deleted at start; those of others that live are not', async () => {
    const parent = process.ppid;
    for (const name of ['999999999-abc', 'nonsense', `${parent}-abc`])
      await mkdir(join(home, 'uploads', name), { recursive: true });
    const { ticket } = await new Tickets(home).receive(text('x'), { name: 'a' });
    expect(ticket).toBeTruthy();
    const left = (await uploads()).map((name) => name.split('-')[0]);
    expect(left.toSorted()).toEqual([String(parent), String(process.pid)].toSorted());
  });

  it('are deleted when the process leaves', async () => {
    await tickets.receive(text('x'), { name: 'a' });
    await tickets.receive(text('y'), { name: 'b', relativePath: 'f/b' });
    tickets.close();
    expect(await uploads()).toEqual([]);
  });
});
