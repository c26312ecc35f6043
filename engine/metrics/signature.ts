// The signature that sacreBLEU prints beside a score: everything that the score depends on, in its order, so that
// published figures compare. Must not compute anything.

/** What sacreBLEU computes as we do, with Heddle named as a build of its own (a local version label). */
const version = '2.6.0+heddle';

/** A paired bootstrap that a score was compared by. */
export interface SignedBootstrap {
  readonly samples: number;
  readonly seed: number;
}

/** `nrefs:1|case:mixed|…|version:…`, with the fields of the metric in the order given. */
export function signature(
  referenceCount: number | 'var',
  fields: Readonly<Record<string, string | number>>,
  bootstrap?: SignedBootstrap,
): string {
  const all = {
    nrefs: referenceCount,
    ...(bootstrap && { bs: bootstrap.samples, seed: bootstrap.seed }),
    ...fields,
    version,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}:${value}`)
    .join('|');
}
