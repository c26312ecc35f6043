// Turns a shader whose storage bindings are f32 into one where some of them hold f16: what is loaded is widened,
// what is stored is narrowed, and everything between stays f32. So each kernel is written once, whatever its
// tensors are stored as. It relies on kernels using a storage binding in one way only: `name[index]`.

/** The types of array elements that can be stored narrower, and as what. */
const narrowTypes: Readonly<Record<string, string>> = { f32: 'f16', 'vec4<f32>': 'vec4<f16>' };

interface HalfBinding {
  /** The element as the shader computes with it, and as it is stored. */
  readonly wide: string;
  readonly narrow: string;
}

/**
 * The text with the bindings of these names stored as f16; lines keep their numbers. Names that the text does not
 * declare are ignored, and without any the text stays as it is.
 * Throws an Error for a binding of another element type, or one whose address is taken.
 */
export function withHalfBindings(source: string, names: readonly string[]): string {
  if (names.length === 0) return source;
  // Comments go first: they may hold what looks like code.
  let text = source.replace(/\/\/.*$/gm, '');
  const bindings = new Map<string, HalfBinding>();
  for (const name of names) {
    const declaration = new RegExp(`(var<storage[^>]*>\\s*${name}\\s*:\\s*array<)([^;]+)(>\\s*;)`);
    const type = declaration.exec(text)?.[2]?.trim();
    if (type === undefined) continue;
    const wide = resolved(type, text);
    const narrow = narrowTypes[wide];
    if (narrow === undefined) throw new Error(`"${name}" holds ${wide}, which is not stored as f16`);
    if (new RegExp(`(?<!&)&\\s*${name}\\b`).test(text)) throw new Error(`the address of "${name}" is taken`);
    bindings.set(name, { wide, narrow });
    text = text.replace(declaration, `$1${narrow}$3`);
  }
  if (bindings.size === 0) return source;
  const use = new RegExp(`(?<![\\w.])(${[...bindings.keys()].join('|')})\\[`, 'g');
  // On the first line, before every declaration, so that lines keep their numbers.
  return `enable f16; ${converted(text, use, bindings)}`;
}

/** What an alias stands for, or the type itself. */
function resolved(type: string, text: string): string {
  const alias = new RegExp(`alias\\s+${type}\\s*=\\s*([^;]+);`).exec(text);
  return (alias?.[1] ?? type).replace(/\s/g, '');
}

/** The text with a conversion around every load from these bindings and every value stored to them. */
function converted(text: string, use: RegExp, bindings: ReadonlyMap<string, HalfBinding>): string {
  const pattern = new RegExp(use);
  let result = '';
  let done = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const name = match[1]!;
    const { wide, narrow } = bindings.get(name)!;
    const open = match.index + match[0].length;
    const close = closingBracket(text, open);
    const element = `${name}[${converted(text.slice(open, close), use, bindings)}]`;
    result += text.slice(done, match.index);
    done = close + 1;
    const assignment = /^\s*([-+*/]?)=(?!=)/.exec(text.slice(done));
    if (assignment) {
      const start = done + assignment[0].length;
      done = text.indexOf(';', start);
      const value = converted(text.slice(start, done), use, bindings).trim();
      const operator = assignment[1]!;
      const stored = operator ? `${wide}(${element}) ${operator} (${value})` : value;
      result += `${element} = ${narrow}(${stored})`;
    } else {
      result += `${wide}(${element})`;
    }
    pattern.lastIndex = done;
  }
  return result + text.slice(done);
}

/** The place of the bracket that ends an index which begins at `start`. */
function closingBracket(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '[') depth++;
    else if (text[at] === ']' && --depth === 0) return at;
  }
  throw new Error(`an index that begins with "${text.slice(start, start + 20)}" does not end`);
}
