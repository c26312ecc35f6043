// Which kernels compute a run. A checkpoint keeps the table, so that a run goes on with the same kernels where
// they are still there, and says so where they are not: other kernels may differ in their last bits.

/** What decides the bits of a run on one kind of device, by name: the form of the kernels, hashes of their code. */
export type KernelTable = Readonly<Record<string, string>>;

/** What a device says of its kernels. */
interface KernelChoice {
  readonly kernels: KernelTable;
  readonly features: readonly string[];
}

/**
 * The kernels to use on a device for a run that was computed with `stored` before: those where this device has
 * them, else its own.
 */
export function kernelsFor({ kernels, features }: KernelChoice, stored: KernelTable | null): KernelTable {
  if (stored === null || kernels['device'] !== 'webgpu' || stored['device'] !== 'webgpu') return kernels;
  const { form, subgroups } = stored;
  const isKnown = form === 'software' || form === 'hardware';
  const hasSubgroups = subgroups === 'no' || (subgroups === 'yes' && features.includes('subgroups'));
  return isKnown && hasSubgroups ? { ...kernels, form, subgroups } : kernels;
}

/** Where two tables differ, for people; an empty text where they do not. */
export function kernelChanges(from: KernelTable, to: KernelTable): string {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names
    .filter((name) => from[name] !== to[name])
    .map((name) => `${name} ${from[name] ?? 'none'} became ${to[name] ?? 'none'}`)
    .join('; ');
}
