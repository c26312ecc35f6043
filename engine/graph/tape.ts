// Records a model's operations for fixed shapes: forward commands, then the backward ones they imply.
// Needs no device and no memory. Operations (engine/ops) call it; engine/graph/plan.ts turns the result
// into placed commands. It must not know any operation by name.

import { isWritten, type Bound, type Command, type Kernel, type Params } from './kernel.ts';
import type { ElementType, Tensor } from './tensor.ts';

/** What a tape is recorded for. */
export interface TapeOptions {
  /** Whether backward commands will be asked for; without it nothing is kept for them. */
  training: boolean;
  /** Whether parameter gradients are added to what their arena holds (second and later micro-steps). */
  accumulateGradients?: boolean;
  /** Whether activations, their gradients and the weights that products read are stored as f16. */
  halfActivations?: boolean;
  /** The largest range one binding may cover; operations on vocabulary-sized tables cut them to fit. */
  maxBindingBytes?: number;
}

/** A gradient while it is being recorded: the tensor, and whether a command has written it yet. */
interface GradientSlot {
  readonly tensor: Tensor;
  isWritten: boolean;
}

export class Tape {
  readonly training: boolean;
  readonly halfActivations: boolean;
  readonly maxBindingBytes: number;
  readonly commands: Command[] = [];
  readonly inputs = new Map<string, Tensor>();
  readonly outputs = new Map<string, Tensor>();
  private readonly accumulateGradients: boolean;
  private readonly gradients = new Map<Tensor, GradientSlot>();
  private readonly parameterGradients = new Map<Tensor, Tensor>();
  /** Activations that some parameter with a gradient had a part in. */
  private readonly dependent = new Set<Tensor>();
  private readonly backwardSteps: (() => void)[] = [];
  private streams = 0;

  constructor(options: TapeOptions) {
    this.training = options.training;
    this.halfActivations = options.halfActivations ?? false;
    this.maxBindingBytes = options.maxBindingBytes ?? Infinity;
    this.accumulateGradients = options.accumulateGradients ?? false;
  }

  /** A tensor that the host writes before each submit; asking twice for one name gives the same tensor. */
  input(name: string, shape: readonly number[], elementType: ElementType): Tensor {
    const known = this.inputs.get(name);
    if (known) return known;
    const tensor: Tensor = { name, shape: [...shape], elementType, storage: { kind: 'input' } };
    this.inputs.set(name, tensor);
    return tensor;
  }

  /** A tensor that lives only inside the plan. */
  transient(name: string, shape: readonly number[], elementType: ElementType = 'f32'): Tensor {
    return { name, shape: [...shape], elementType, storage: { kind: 'transient' } };
  }

  /**
   * A transient of the size of a layer's values: what a model's operations give each other and keep for the backward
   * pass. Statistics, sums and logits are none.
   */
  activation(name: string, shape: readonly number[]): Tensor {
    return this.transient(name, shape, this.halfActivations ? 'f16' : 'f32');
  }

  /** A tensor that the host reads after each submit. */
  output(name: string, shape: readonly number[], elementType: ElementType = 'f32'): Tensor {
    const tensor: Tensor = { name, shape: [...shape], elementType, storage: { kind: 'output' } };
    this.outputs.set(name, tensor);
    return tensor;
  }

  /** Records one run of a kernel. */
  run<B extends string, P extends Params>(kernel: Kernel<B, P>, bound: Bound<B>, params: P): void {
    // Recorded while a user types, hundreds of times for a model: nothing is listed or copied on the way.
    const tensors: (Tensor | null)[] = [];
    let isDependent = false;
    for (const name in kernel.bindings) {
      const tensor = bound[name] ?? null;
      if (tensor === null && !(kernel.bindings[name] as string).endsWith('?')) {
        throw new Error(`${kernel.name} needs a tensor for "${name}"`);
      }
      isDependent ||= tensor !== null && this.wantsGradient(tensor);
      tensors.push(tensor);
    }
    if (isDependent) {
      let position = 0;
      for (const name in kernel.bindings) {
        const tensor = tensors[position++];
        if (tensor && isWritten(kernel.bindings[name])) this.dependent.add(tensor);
      }
    }
    this.commands.push({ kernel: kernel as unknown as Kernel, tensors, params });
  }

  /** A number of its own for each operation that draws random values, the same in every recording. */
  nextRandomStream(): number {
    return this.streams++;
  }

  /** Says where a parameter's gradient is kept; parameters without one are frozen. */
  trackParameter(parameter: Tensor, gradient: Tensor): void {
    this.parameterGradients.set(parameter, gradient);
  }

  /**
   * Whether a gradient is wanted for this tensor: for parameters unless frozen, and for what was computed from one
   * of those. Below the lowest trained layer nothing is, so that the backward pass ends there.
   */
  wantsGradient(tensor: Tensor): boolean {
    return this.training && (this.parameterGradients.has(tensor) || this.dependent.has(tensor));
  }

  /** Keeps a step that records an operation's backward commands; steps run in reverse order. */
  onBackward(step: () => void): void {
    if (this.training) this.backwardSteps.push(step);
  }

  /**
   * The tensor that a backward command writes a gradient into, and whether it must add to what is there.
   * The first writer of a transient overwrites; parameter gradients also add across micro-steps.
   */
  gradientForWriting(tensor: Tensor): { gradient: Tensor; accumulate: boolean } {
    const slot = this.gradientSlot(tensor);
    const accumulate = slot.isWritten;
    slot.isWritten = true;
    return { gradient: slot.tensor, accumulate };
  }

  /** The finished gradient of an activation, or null when nothing flowed into it. */
  gradientOf(tensor: Tensor): Tensor | null {
    const slot = this.gradients.get(tensor);
    return slot?.isWritten ? slot.tensor : null;
  }

  /**
   * Declares that the gradient of `to` is the very tensor of `from`'s finished gradient, because the
   * operation between them was an addition and nothing else will read `from`'s gradient afterwards.
   */
  shareGradient(from: Tensor, to: Tensor): void {
    const slot = this.gradients.get(from);
    if (!slot?.isWritten || this.gradients.has(to))
      throw new Error(`cannot share the gradient of ${from.name}`);
    this.gradients.set(to, { tensor: slot.tensor, isWritten: true });
  }

  /** Records the backward commands of everything recorded so far, last operation first. */
  backward(): void {
    for (const step of this.backwardSteps.reverse()) step();
    this.backwardSteps.length = 0;
  }

  private gradientSlot(tensor: Tensor): GradientSlot {
    const known = this.gradients.get(tensor);
    if (known) return known;
    const kept = this.parameterGradients.get(tensor);
    const slot: GradientSlot = kept
      ? { tensor: kept, isWritten: this.accumulateGradients }
      : { tensor: this.transient(`d(${tensor.name})`, tensor.shape, tensor.elementType), isWritten: false };
    this.gradients.set(tensor, slot);
    return slot;
  }
}
