// Numbers as people read them in a terminal: with units, grouped, of even width.

/** 1,234,567. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** 0.80 M, 124.4 M, 950. */
export function short(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(value < 1e7 ? 2 : 1)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return count(value);
}

/** 12.3 MiB. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** 0:42, 12:05, 3:07:09. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A loss with four digits that matter. */
export function loss(value: number | null): string {
  return value === null ? '–' : value.toFixed(value < 10 ? 4 : 3);
}

/** A perplexity: 6.8, 65.2, 1,203. */
export function perplexity(value: number): string {
  if (value < 100) return value.toFixed(value < 10 ? 2 : 1);
  return count(value);
}

/** 3, or 2.7 where it is no whole number. */
export function epochs(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/** Rows of cells as lines with aligned columns; cells of `right` columns end at the same place. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
