// Reads what was remembered and may be anything. Nothing of Vue.

/** The fields of an object; none of what is no object. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The texts of a list; none of what is no list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** The texts of a list, or null of what is none. */
export function textsOrNull(value: unknown): string[] | null {
  return Array.isArray(value) ? textsOf(value) : null;
}
