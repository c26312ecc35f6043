// How far the user is on the guided path. What a lesson asks for is looked up in what the studio holds; only
// visits are remembered, with the page's preferences.

import { computed, type ComputedRef } from 'vue';
import type { Evidence, Lesson } from '../learn/lesson.ts';
import { lessons } from '../learn/lessons.ts';
import { recordOf } from '../lib/read-value.ts';
import { useEvaluationStore } from '../stores/evaluation.ts';
import { usePreferencesStore } from '../stores/preferences.ts';
import { useRunsStore } from '../stores/runs.ts';

export interface LessonsProgress {
  readonly doneIds: ComputedRef<ReadonlySet<string>>;
  /** The first that is not done; null when all are. */
  readonly next: ComputedRef<Lesson | null>;
  /** Remembers that a lesson's place was opened from it. */
  visit(id: string): void;
}

/** What has been done of the lessons. */
export function useLessons(): LessonsProgress {
  const preferences = usePreferencesStore();
  const runs = useRunsStore();
  const evaluations = useEvaluationStore();

  const visited = computed(() => {
    const kept = recordOf(preferences.page('learn'))['visited'];
    return new Set(Array.isArray(kept) ? kept.map(String) : []);
  });
  const evidence = computed<Evidence>(() => ({
    runs: runs.runs,
    evaluationCount: evaluations.list.length,
    visited: visited.value,
  }));
  const doneIds = computed(
    () => new Set(lessons.filter(({ isDone }) => isDone(evidence.value)).map(({ id }) => id)),
  );
  const next = computed(() => lessons.find(({ id }) => !doneIds.value.has(id)) ?? null);
  function visit(id: string): void {
    if (visited.value.has(id)) return;
    void preferences.rememberPage('learn', { visited: [...visited.value, id] });
  }
  return { doneIds, next, visit };
}
