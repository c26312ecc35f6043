// A disk that is full from some operation on, or for one operation only: wraps `node:fs/promises` so that every
// change of the disk is counted and the chosen ones fail as Linux lets them. Deleting always works.

import type * as fileSystem from 'node:fs/promises';

type FileSystem = typeof fileSystem;
type FileHandle = fileSystem.FileHandle;

const handleChanges: ReadonlySet<string | symbol> = new Set(['write', 'writeFile', 'sync']);

export class FaultyDisk {
  /** Changes so far, from 1 on. */
  count = 0;
  private first = Infinity;
  private last = Infinity;
  private freeBytes: number | null = null;

  /** From here on all is well. */
  heal(): void {
    this.fill(Infinity);
    this.freeBytes = null;
  }

  /** The change of this number, counted from now, fails; all later ones too unless `once`. */
  fill(at: number, { once = false } = {}): void {
    this.count = 0;
    this.first = at;
    this.last = once ? at : Infinity;
  }

  /** What the disk says is free. */
  leave(freeBytes: number): void {
    this.freeBytes = freeBytes;
  }

  /** The module to use in place of the real one. */
  wrap(real: FileSystem): FileSystem {
    const open: FileSystem['open'] = async (path, flags, mode) => {
      if (typeof flags === 'string' && /[wax+]/.test(flags)) this.change('open');
      return this.wrapHandle(await real.open(path, flags, mode));
    };
    const rename: FileSystem['rename'] = async (from, to) => {
      this.change('rename');
      return real.rename(from, to);
    };
    const mkdir = (async (path: string, options: { recursive: true }) => {
      this.change('mkdir');
      return real.mkdir(path, options);
    }) as FileSystem['mkdir'];
    const statfs = (async (path: string) => {
      const found = await real.statfs(path);
      return this.freeBytes === null ? found : { ...found, bsize: 1, bavail: this.freeBytes };
    }) as FileSystem['statfs'];
    const module = { ...real, open, rename, mkdir, statfs };
    return { ...module, default: module } as FileSystem;
  }

  private wrapHandle(handle: FileHandle): FileHandle {
    return new Proxy(handle, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (!handleChanges.has(name)) return Reflect.apply(value, target, given);
          return Promise.resolve().then(() => {
            this.change(String(name));
            return Reflect.apply(value, target, given) as unknown;
          });
        };
      },
    });
  }

  private change(what: string): void {
    this.count++;
    if (this.count < this.first || this.count > this.last) return;
    const message = `ENOSPC: no space left on device, ${what}`;
    throw Object.assign(new Error(message), { code: 'ENOSPC', syscall: what });
  }
}
