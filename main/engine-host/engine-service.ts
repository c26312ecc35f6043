// Answers main's requests inside the engine process: one device, requests in their lane, each with its own
// abort signal. Knows nothing of process.send; entry.ts joins it to the channel.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeviceChoice } from '../../preload/contract.ts';
import { toFailure } from '../studio/failure.ts';
import { CheckpointUser } from './use-checkpoint.ts';
import { reportDevice } from './device-report.ts';
import { DeviceSlot, type ChosenDevice, type DevicePlatform } from './device-slot.ts';
import { runExport } from './export-request.ts';
import type { EngineEvent, EngineRequest, EngineResults, FromEngine, ToEngine } from './messages.ts';
import { RequestLane } from './request-lane.ts';
import { runTraining } from './train-request.ts';

type Result = EngineResults[EngineRequest['kind']];

export class EngineService {
  private readonly platform: DevicePlatform;
  private readonly send: (message: FromEngine) => void;
  private readonly slot: DeviceSlot;
  private readonly lane = new RequestLane();
  private readonly user = new CheckpointUser();
  private readonly aborts = new Map<number, AbortController>();
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
    if (message.type === 'cancel') this.aborts.get(message.id)?.abort(message.how);
    else void this.answer(message.id, message.request);
  }

  /** Saves what trains, ends everything else and resolves when nothing is under way. */
  async end(): Promise<void> {
    for (const abort of this.aborts.values()) abort.abort('save');
    while (this.aborts.size > 0) await nextTurn();
    await this.slot.release();
  }

  private async answer(id: number, request: EngineRequest): Promise<void> {
    const abort = new AbortController();
    this.aborts.set(id, abort);
    const emit = (event: EngineEvent): void => this.send({ type: 'event', id, event });
    try {
      this.send({ type: 'done', id, result: await this.carryOut(request, abort.signal, emit) });
    } catch (error) {
      this.send({ type: 'failed', id, error: toFailure(error) });
    } finally {
      this.aborts.delete(id);
    }
  }

  private carryOut(
    request: EngineRequest,
    signal: AbortSignal,
    emit: (event: EngineEvent) => void,
  ): Promise<Result> {
    switch (request.kind) {
      case 'export':
        return runExport(request);
      case 'train':
        return this.lane.add(() => this.train(request, signal, emit));
      case 'generate':
        return this.lane.add(async () => {
          const { device } = await this.deviceFor(request);
          return this.user.generate(request, device, signal, (text) => emit({ type: 'text', text }));
        });
      case 'evaluate':
        return this.lane.add(async () => {
          const { device } = await this.deviceFor(request);
          return this.user.evaluate(request, device, signal);
        });
      case 'report':
        return this.lane.add(async () => {
          return reportDevice(request.device, await this.deviceFor(request), this.platform);
        });
      default:
        return request satisfies never;
    }
  }

  private async train(
    request: Extract<EngineRequest, { kind: 'train' }>,
    signal: AbortSignal,
    emit: (event: EngineEvent) => void,
  ): Promise<Result> {
    const { device } = await this.deviceFor(request);
    // The run gets all the memory; a model that is asked for meanwhile is opened anew.
    this.user.close();
    this.isTraining = true;
    try {
      return await runTraining(request, {
        device,
        signal,
        emit,
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
