// Writes a list of placed commands into shared memory as the workers read it: phase records and argument
// blocks (pointers of the bindings, constants, pointer of the shared scratch; see kernels/layout.ts).

import { alignUp } from '../../align.ts';
import type { BufferRange, PlacedCommand } from '../device.ts';
import { alignmentBytes } from '../../graph/tensor.ts';
import { functionNumber, type KernelFunctions } from './kernel-bundle.ts';
import {
  PHASE_ARGUMENTS,
  PHASE_BYTES,
  PHASE_FUNCTION,
  PHASE_TILES,
  PROGRAM_HEADER_BYTES,
  PROGRAM_PHASE_COUNT,
  PROGRAM_SCRATCH,
  PROGRAM_SCRATCH_STRIDE,
} from './kernels/layout.ts';

/** A phase of a program: the number of its kernel function, which command's arguments, how many tiles. */
interface Phase {
  readonly functionId: number;
  readonly command: number;
  readonly tiles: number;
}

/** A program before it has memory. */
export interface ProgramLayout {
  readonly commands: readonly PlacedCommand[];
  readonly phases: readonly Phase[];
  /** Where each command's arguments start, from the program's own start. */
  readonly argumentOffsets: readonly number[];
  readonly sizeBytes: number;
  readonly sharedScratchBytes: number;
  /** Bytes of scratch of one thread. */
  readonly threadScratchBytes: number;
}

/** Finds the phases and sizes of a program. Throws `kernels-outdated` where the compiled kernels do not fit it. */
export function layOut(commands: readonly PlacedCommand[], functions: KernelFunctions): ProgramLayout {
  const phases: Phase[] = [];
  let sharedScratchBytes = 0;
  let threadScratchBytes = 0;
  commands.forEach(({ kernel, params }, command) => {
    sharedScratchBytes = Math.max(sharedScratchBytes, kernel.cpu.sharedScratchBytes?.(params) ?? 0);
    threadScratchBytes = Math.max(threadScratchBytes, kernel.cpu.threadScratchBytes?.(params) ?? 0);
    for (const { function: name, tiles } of kernel.cpu.phases(params)) {
      const functionId = functionNumber(functions, kernel, name);
      if (!Number.isInteger(tiles) || tiles < 0 || tiles >= 2 ** 31) {
        throw new Error(`${kernel.name}: ${name} cannot have ${tiles} tiles`);
      }
      if (tiles > 0) phases.push({ functionId, command, tiles });
    }
  });
  let offset = PROGRAM_HEADER_BYTES + phases.length * PHASE_BYTES;
  const argumentOffsets = commands.map(({ kernel, ranges }) => {
    const start = offset;
    offset += 4 * (ranges.length + Object.keys(kernel.params).length + 1);
    return start;
  });
  return {
    commands,
    phases,
    argumentOffsets,
    sizeBytes: alignUp(offset, alignmentBytes),
    sharedScratchBytes,
    threadScratchBytes: alignUp(threadScratchBytes, alignmentBytes),
  };
}

/** Where a laid out program and its scratch lie; `words` views the program itself. */
export interface ProgramPlace {
  readonly words: Uint32Array;
  readonly address: number;
  readonly sharedScratch: number;
  readonly threadScratch: number;
  readonly addressOf: (range: BufferRange) => number;
}

/** Writes a program at its place. */
export function writeProgram(layout: ProgramLayout, place: ProgramPlace): void {
  const { words, address } = place;
  words[PROGRAM_PHASE_COUNT / 4] = layout.phases.length;
  words[PROGRAM_SCRATCH / 4] = place.threadScratch;
  words[PROGRAM_SCRATCH_STRIDE / 4] = layout.threadScratchBytes;
  layout.phases.forEach(({ functionId, command, tiles }, index) => {
    const record = PROGRAM_HEADER_BYTES + index * PHASE_BYTES;
    words[(record + PHASE_FUNCTION) / 4] = functionId;
    words[(record + PHASE_ARGUMENTS) / 4] = address + layout.argumentOffsets[command]!;
    words[(record + PHASE_TILES) / 4] = tiles;
  });
  const reals = new Float32Array(words.buffer, words.byteOffset, words.length);
  layout.commands.forEach(({ kernel, params, ranges }, command) => {
    let at = layout.argumentOffsets[command]! / 4;
    for (const range of ranges) words[at++] = range === null ? 0 : place.addressOf(range);
    for (const [name, type] of Object.entries(kernel.params)) {
      const value = params[name];
      if (value === undefined) throw new Error(`${kernel.name} lacks the constant "${name}"`);
      if (type === 'f32') reals[at++] = value;
      else words[at++] = value;
    }
    words[at] = place.sharedScratch;
  });
}
