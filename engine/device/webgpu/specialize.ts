// The preprocessor of WGSL kernels: conditional lines and named values, nothing more.
// Every line keeps its number, so that a compiler message points into the file the kernel was written in.

/** Flags that `//#if` tests and values that `#{name}` inserts. */
export type Defines = Readonly<Record<string, number | boolean>>;

interface Branch {
  readonly line: number;
  readonly isParentTaken: boolean;
  isTaken: boolean;
  hasElse: boolean;
}

const directive = /^\s*\/\/#(\w*)(.*)$/;
const condition = /^\s+(!?)\s*(\w+)\s*$/;
const insertion = /#\{(\w+)\}/g;

/**
 * Specialises WGSL text: keeps or blanks the lines between `//#if NAME` (or `//#if !NAME`), `//#else` and
 * `//#endif`, which nest, and replaces `#{NAME}` by its value. A flag is set unless it is false or 0.
 * Throws an Error naming the line for a name that is not in `defines`, an unknown directive, an unbalanced
 * branch or a value that is not finite: these are mistakes in a kernel, never of a user.
 */
export function specialize(source: string, defines: Defines): string {
  const branches: Branch[] = [];
  const lines = source.split('\n').map((text, index) => {
    const line = index + 1;
    const match = directive.exec(text);
    if (match) {
      takeDirective(branches, match[1]!, match[2]!, line, defines);
      return '';
    }
    if (!(branches.at(-1)?.isTaken ?? true)) return '';
    return text.replace(insertion, (_, name: string) => wgslValue(lookUp(defines, name, line), name, line));
  });
  const open = branches.at(-1);
  if (open) throw new Error(`line ${open.line}: //#if has no //#endif`);
  return lines.join('\n');
}

function takeDirective(branches: Branch[], word: string, rest: string, line: number, defines: Defines): void {
  const current = branches.at(-1);
  if (word === 'if') {
    const match = condition.exec(rest);
    if (!match) throw new Error(`line ${line}: //#if takes one name, got "${rest.trim()}"`);
    // Looked up even in a dropped branch, so that a misspelt name never hides there.
    const isSet = Boolean(lookUp(defines, match[2]!, line)) !== (match[1] === '!');
    const isParentTaken = current?.isTaken ?? true;
    branches.push({ line, isParentTaken, isTaken: isParentTaken && isSet, hasElse: false });
    return;
  }
  if (word !== 'else' && word !== 'endif') throw new Error(`line ${line}: unknown directive //#${word}`);
  if (rest.trim() !== '') throw new Error(`line ${line}: //#${word} takes nothing, got "${rest.trim()}"`);
  if (!current) throw new Error(`line ${line}: //#${word} has no //#if`);
  if (word === 'endif') {
    branches.pop();
    return;
  }
  if (current.hasElse)
    throw new Error(`line ${line}: a second //#else for the //#if of line ${current.line}`);
  current.hasElse = true;
  current.isTaken = current.isParentTaken && !current.isTaken;
}

function lookUp(defines: Defines, name: string, line: number): number | boolean {
  if (!Object.hasOwn(defines, name)) {
    throw new Error(`line ${line}: "${name}" is not defined; known: ${Object.keys(defines).join(', ')}`);
  }
  return defines[name]!;
}

function wgslValue(value: number | boolean, name: string, line: number): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error(`line ${line}: the value of "${name}" is ${value}; WGSL has no such literal`);
  }
  return String(value);
}
