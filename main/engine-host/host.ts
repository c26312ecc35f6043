// Main's door to the engine: starts its process for the first request, starts another when it has ended or
// when a device needs another environment, and ends it when nothing was asked of it for a while.

import type { DeviceChoice } from '../../preload/contract.ts';
import { engineLaunch, type EngineLaunch } from './engine-launch.ts';
import { EngineProcess, type RequestOptions } from './engine-process.ts';
import type { HangLimits } from './hang-watch.ts';
import type { EngineRequest, EngineResults } from './messages.ts';

export interface EngineHostOptions {
  /** How to start the process for a request; tests give their own. */
  readonly launch?: (request: EngineRequest) => Promise<EngineLaunch>;
  readonly hangLimits?: HangLimits;
}

/** An idle engine gives its memory back after this time. */
const idleMs = 60_000;

export class EngineHost {
  private readonly launch: (request: EngineRequest) => Promise<EngineLaunch>;
  private readonly hangLimits: HangLimits | undefined;
  private current: EngineProcess | null = null;
  private starting: Promise<EngineProcess> | null = null;
  private idleTimer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor({ launch = launchFor, hangLimits }: EngineHostOptions = {}) {
    this.launch = launch;
    this.hangLimits = hangLimits;
  }

  /** The process id of the engine, where one runs. */
  get pid(): number | undefined {
    return this.current?.isAlive ? this.current.pid : undefined;
  }

  /** Sends a request to the engine; rejects with `engine-exited` or `engine-hung` when it ends meanwhile. */
  async request<R extends EngineRequest>(
    request: R,
    options: RequestOptions = {},
  ): Promise<EngineResults[R['kind']]> {
    clearTimeout(this.idleTimer);
    const engine = await this.processFor(request);
    try {
      return await engine.request(request, options);
    } finally {
      this.endWhenIdle(engine);
    }
  }

  /** Ends the engine at once, unsaved; the next request starts another. */
  async kill(): Promise<void> {
    this.current?.kill();
    await this.current?.ended;
  }

  /** Lets the engine save and end. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.idleTimer);
    await this.current?.end();
  }

  private async processFor(request: EngineRequest): Promise<EngineProcess> {
    // One start at a time: whoever comes meanwhile gets what was started, or looks again.
    while (this.starting) await this.starting.catch(() => undefined);
    this.starting = this.start(request);
    try {
      return await this.starting;
    } finally {
      this.starting = null;
    }
  }

  private async start(request: EngineRequest): Promise<EngineProcess> {
    const { current } = this;
    if (current?.isAlive && current.pendingCount > 0) return current;
    const launch = await this.launch(request);
    if (current?.isAlive) {
      const isEnough = request.kind === 'export' || isSame(launch, current.launch);
      if (isEnough || current.pendingCount > 0) return current;
      await current.end();
    }
    return (this.current = new EngineProcess(launch, this.hangLimits));
  }

  private endWhenIdle(engine: EngineProcess): void {
    if (this.isClosed || engine.pendingCount > 0) return;
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => {
      if (engine.pendingCount === 0) void engine.end();
    }, idleMs);
    this.idleTimer.unref();
  }
}

function isSame(a: EngineLaunch, b: EngineLaunch): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const anyDevice: DeviceChoice = { device: 'cpu', adapter: '', threads: 0 };

function launchFor(request: EngineRequest): Promise<EngineLaunch> {
  if (request.kind === 'export' || request.kind === 'export-forms') return engineLaunch(anyDevice);
  return engineLaunch(request.device, request.kind === 'report');
}
