// The shape of what carries out the contract's calls: one function a call, given checked input.

import type { z } from 'zod';
import type { CallName, CallOutput, Calls } from '../../preload/contract.ts';

/** What a handler is given: the input after its schema filled in defaults. */
export type CheckedInput<N extends CallName> = z.output<Calls[N]['input']>;

export type Handler<N extends CallName> = (input: CheckedInput<N>) => CallOutput<N> | Promise<CallOutput<N>>;

export type Handlers<N extends CallName = CallName> = { readonly [K in N]: Handler<K> };

/** The calls of one area of the contract, such as `datasets`. */
export type AreaHandlers<A extends string> = Handlers<Extract<CallName, `${A}.${string}`>>;
