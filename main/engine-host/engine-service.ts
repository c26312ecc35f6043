// Answers main's requests inside the engine process: one device, requests in their lane, each with its own
// abort signal. Knows nothing of process.send; entry.ts joins it to the channel.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { selfTest, TrainingControl } from '../../engine/index.ts';
import type { DeviceChoice } from '../../preload/contract.ts';
import { toFailure } from '../studio/failure.ts';
import { CheckpointUser } from './use-checkpoint.ts';
import { reportDevice } from './device-report.ts';
import { DeviceSlot, type ChosenDevice, type DevicePlatform } from './device-slot.ts';
import { fittingForms } from './export-forms-request.ts';
import { runExport } from './export-request.ts';
import { inPercent } from './in-percent.ts';
import type { EngineEvent, EngineRequest, EngineResults, FromEngine, ToEngine } from './messages.ts';
import { RequestLane } from './request-lane.ts';
import { runTraining } from './train-request.ts';

type Result = EngineResults[EngineRequest['kind']];

/** One request while it is carried out. */
interface Call {
  readonly signal: AbortSignal;
  readonly emit: (event: EngineEvent) => void;
  readonly control: TrainingControl;
}

export class EngineService {
  private readonly platform: DevicePlatform;
  private readonly send: (message: FromEngine) => void;
  private readonly slot: DeviceSlot;
  private readonly lane = new RequestLane();
  private readonly user = new CheckpointUser();
  private readonly underWay = new Map<number, { abort: AbortController; control: TrainingControl }>();
  private isTraining = false;

  constructor(platform: DevicePlatform, send: (message: FromEngine) => void) {
    this.platform = platform;
    this.send = send;
    this.slot = new DeviceSlot(platform);
  }

  /** Grows while the device works. */
  get progress(): number {
    return this.slot.progress;
  }

  receive(message: ToEngine): void {
    switch (message.type) {
      case 'request':
        void this.answer(message.id, message.request);
        return;
      case 'cancel':
        this.underWay.get(message.id)?.abort.abort(message.how);
        return;
      case 'control':
        this.underWay.get(message.id)?.control.ask(message.wish);
        return;
      default:
        message satisfies never;
    }
  }

  /** Saves what trains, ends everything else and resolves when nothing is under way. */
  async end(): Promise<void> {
    for (const { abort } of this.underWay.values()) abort.abort('save');
    while (this.underWay.size > 0) await nextTurn();
    await this.slot.release();
  }

  private async answer(id: number, request: EngineRequest): Promise<void> {
    const abort = new AbortController();
    const control = new TrainingControl();
    this.underWay.set(id, { abort, control });
    const emit = (event: EngineEvent): void => this.send({ type: 'event', id, event });
    try {
      this.send({
        type: 'done',
        id,
        result: await this.carryOut(request, { signal: abort.signal, emit, control }),
      });
    } catch (error) {
      this.send({ type: 'failed', id, error: toFailure(error) });
    } finally {
      this.underWay.delete(id);
    }
  }

  private carryOut(request: EngineRequest, call: Call): Promise<Result> {
    const { signal, emit } = call;
    switch (request.kind) {
      case 'export':
        return runExport(request, signal, emit);
      case 'export-forms':
        return fittingForms(request);
      case 'train':
        return this.lane.add(() => this.train(request, call));
      case 'generate':
        return this.lane.add(async () => {
          const { device } = await this.deviceFor(request);
          return this.user.generate(request, device, signal, (text) => emit({ type: 'text', text }));
        });
      case 'evaluate':
        return this.lane.add(async () => {
          const { device } = await this.deviceFor(request);
          const say = inPercent((value) => emit({ type: 'progress', value }));
          return this.user.evaluate(request, device, signal, say);
        });
      case 'answer':
        return this.lane.add(async () => {
          const { device } = await this.deviceFor(request);
          const say = inPercent((value) => emit({ type: 'progress', value }));
          return this.user.answer(request, device, signal, say);
        });
      case 'inspect':
      case 'inspect-head':
      case 'inspect-heads':
        return this.lane.add(async () => {
          const { device } = await this.deviceFor(request);
          return this.user.inspect(request, device, signal);
        });
      case 'report':
        return this.lane.add(async () => {
          return reportDevice(request.device, await this.deviceFor(request), this.platform);
        });
      case 'self-test':
        return this.lane.add(async () => {
          const { device } = await this.deviceFor(request);
          return selfTest(device, () => performance.now());
        });
      default:
        return request satisfies never;
    }
  }

  private async train(request: Extract<EngineRequest, { kind: 'train' }>, call: Call): Promise<Result> {
    const { device } = await this.deviceFor(request);
    // The run gets all the memory; a model that is asked for meanwhile is opened anew.
    this.user.close();
    this.isTraining = true;
    try {
      return await runTraining(request, {
        device,
        ...call,
        between: () => this.lane.serveWaiting(),
      });
    } finally {
      this.isTraining = false;
    }
  }

  /** While a run trains every request uses its device; else the one that is asked for. */
  private deviceFor({ device }: { device: DeviceChoice }): Promise<ChosenDevice> {
    const { open } = this.slot;
    if (this.isTraining && open) return Promise.resolve(open);
    return this.slot.acquire(device);
  }
}
