// One engine process from its start to its end: carries requests and events, notices at once when it ends
// and ends it when it hangs. Does not start another one; host.ts does.

import { spawn, type ChildProcess } from 'node:child_process';
import { EngineError } from '../../engine/index.ts';
import { toError } from '../studio/failure.ts';
import type { ControlLine } from './control-line.ts';
import type { EngineLaunch } from './engine-launch.ts';
import { HangWatch, hangLimits, type HangLimits } from './hang-watch.ts';
import type { EngineEvent, EngineRequest, EngineResults, FromEngine, ToEngine } from './messages.ts';

export interface RequestOptions {
  readonly onEvent?: (event: EngineEvent) => void;
  /** Aborting cancels; with reason `save` a training run saves first. */
  readonly signal?: AbortSignal;
  /** What is asked of a training run while it trains. */
  readonly control?: ControlLine;
}

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onEvent: (event: EngineEvent) => void;
}

/** Time for the last messages of a process that has ended to arrive. */
const lastMessagesMs = 50;
/** How long a process that was asked to end may take before it is killed. */
const endMs = 30_000;
const keptErrorBytes = 4_000;

export class EngineProcess {
  readonly launch: EngineLaunch;
  /** Resolves once the process is gone. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, Pending>();
  private readonly watch: HangWatch;
  private readonly timer: NodeJS.Timeout;
  private nextId = 1;
  private errorOutput = '';
  private isHung = false;
  private isGone = false;

  constructor(launch: EngineLaunch, limits: HangLimits = hangLimits) {
    this.launch = launch;
    this.watch = new HangWatch(() => performance.now(), limits);
    this.child = spawn(launch.file, [...launch.args], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...launch.env },
      windowsHide: true,
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.errorOutput = (this.errorOutput + chunk.toString()).slice(-keptErrorBytes);
    });
    this.child.on('message', (message) => this.receive(message as FromEngine));
    this.timer = setInterval(() => this.checkForHang(), 1_000);
    this.ended = new Promise((resolve) => {
      const finish = (how: string): void => {
        if (this.isGone) return;
        this.isGone = true;
        clearInterval(this.timer);
        setTimeout(() => {
          this.failAll(how);
          resolve();
        }, lastMessagesMs);
      };
      this.child.once('exit', (code, signal) => finish(signal ? `signal ${signal}` : `code ${code}`));
      this.child.once('error', (error) => finish(error.message));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get isAlive(): boolean {
    return !this.isGone;
  }

  get pendingCount(): number {
    return this.pending.size;
  }

  /** Sends a request and resolves with its answer; rejects with `engine-exited` when the process ends. */
  request<R extends EngineRequest>(
    request: R,
    { onEvent = () => undefined, signal, control }: RequestOptions = {},
  ): Promise<EngineResults[R['kind']]> {
    const id = this.nextId++;
    const answer = new Promise<EngineResults[R['kind']]>((resolve, reject) => {
      this.pending.set(id, { resolve, reject, onEvent });
    });
    this.watch.begin();
    this.send({ type: 'request', id, request });
    const cancel = (): void => {
      this.send({ type: 'cancel', id, how: signal?.reason === 'save' ? 'save' : 'now' });
    };
    const disconnect = control?.connect((wish) => this.send({ type: 'control', id, wish }));
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    return answer.finally(() => {
      this.pending.delete(id);
      signal?.removeEventListener('abort', cancel);
      disconnect?.();
    });
  }

  /** Asks the process to save and end, and kills it when it takes too long. */
  async end(): Promise<void> {
    if (this.isGone) return this.ended;
    if (this.child.connected) this.child.disconnect();
    const killTimer = setTimeout(() => this.kill(), endMs);
    await this.ended;
    clearTimeout(killTimer);
  }

  /** Ends the process at once. */
  kill(): void {
    if (!this.isGone) this.child.kill('SIGKILL');
  }

  private send(message: ToEngine): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private receive(message: FromEngine): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'heartbeat':
        this.watch.hearHeartbeat(message.progress);
        return;
      case 'event':
        this.watch.hearEvent(message.event);
        this.pending.get(message.id)?.onEvent(message.event);
        return;
      case 'done':
        this.pending.get(message.id)?.resolve(message.result as never);
        return;
      case 'failed':
        this.pending.get(message.id)?.reject(toError(message.error));
        return;
      default:
        message satisfies never;
    }
  }

  private checkForHang(): void {
    if (this.pending.size === 0 || !this.watch.isHung()) return;
    this.isHung = true;
    this.kill();
  }

  private failAll(how: string): void {
    const lastLine = this.errorOutput.trim().split('\n').pop() ?? '';
    const error = this.isHung
      ? new EngineError('engine-hung', 'The engine made no progress for too long and was ended.', {
          hint: 'It continues from its last checkpoint; if this happens again, try another device.',
        })
      : new EngineError(
          'engine-exited',
          `The engine process ended (${how})${lastLine ? `: ${lastLine}` : '.'}`,
          { hint: 'Often this is a lack of memory: make the batch, the context or the model smaller.' },
        );
    for (const { reject } of this.pending.values()) reject(error);
  }
}
