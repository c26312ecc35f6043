// Listens to a run and keeps how long its steps take once they are steady, for the estimates of later runs.

import { stepWork, type StepWork } from '../../engine/index.ts';
import type { EngineEvent } from '../engine-host/messages.ts';
import type { StepTimeTable } from '../store/step-times.ts';
import { timedShape } from '../studio/estimate-time.ts';

/** Steps of this process's life after which their mean has forgotten how it began. */
const steadySteps = 30;
/** A few thousand say as much as all. */
const mostKept = 5_000;

export class StepTimer {
  private readonly table: StepTimeTable;
  private deviceName = '';
  private work: StepWork | null = null;
  private firstStep = 0;
  private totalSteps = 0;
  private stepMs: number[] = [];
  private hasKept = false;

  constructor(table: StepTimeTable) {
    this.table = table;
  }

  hear(event: EngineEvent): void {
    if (event.type === 'device') this.deviceName = event.name;
    else if (event.type === 'prepared') {
      const work = stepWork(event.settings);
      this.work = { ...work, shape: timedShape(event.settings, work) };
    } else if (event.type === 'start') {
      this.firstStep = event.step;
      this.totalSteps = event.totalSteps;
    } else if (event.type === 'step' && this.work && event.step < this.totalSteps) {
      if (event.step - this.firstStep < steadySteps) return;
      // Padded batches have fewer tokens than their shape: what is left of the run tells the time of a step.
      if (this.stepMs.length < mostKept) this.stepMs.push(event.etaMs / (this.totalSteps - event.step));
      // Once as soon as it is known, so that it is there while the run goes on, and once at its end.
      if (!this.hasKept) this.keep();
      this.hasKept = true;
    }
  }

  /** Writes down what was measured, if anything. */
  keep(): void {
    const { deviceName, work } = this;
    // The middle one: whatever else the computer did for a while does not count.
    const stepMs = this.stepMs.toSorted((a, b) => a - b)[this.stepMs.length >> 1];
    if (!work || stepMs === undefined) return;
    const { shape, flops: flopsPerStep } = work;
    this.table.put({ deviceName, shape, flopsPerStep, stepMs, measuredAtMs: Date.now() });
  }
}
