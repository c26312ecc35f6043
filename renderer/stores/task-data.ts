// What a dataset is for the task of the run that is being designed: its columns and classes, what the model would
// see of one example, and whether it could learn from all of them. Knows no draft.

import { defineStore } from 'pinia';
import type { CallInput, CallOutput } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { newestAnswer } from './newest-answer.ts';

type Without<T> = Omit<T, 'operationId'>;
export type ColumnsQuestion = Without<CallInput<'tasks.columns'>>;
export type SeesQuestion = Without<CallInput<'tasks.sees'>>;
export type CheckQuestion = Without<CallInput<'tasks.check'>>;

export const useTaskDataStore = defineStore('task-data', () => {
  const bridge = useBridge();
  const columns = newestAnswer<ColumnsQuestion, CallOutput<'tasks.columns'>>(
    (question, operationId) => bridge.call('tasks.columns', { ...question, operationId }),
    'Reading the columns',
  );
  const sees = newestAnswer<SeesQuestion, CallOutput<'tasks.sees'>>(
    (question, operationId) => bridge.call('tasks.sees', { ...question, operationId }),
    'Laying out an example',
  );
  const check = newestAnswer<CheckQuestion, CallOutput<'tasks.check'>>(
    (question, operationId) => bridge.call('tasks.check', { ...question, operationId }),
    'Looking at every example',
  );

  return { columns, sees, check };
});
