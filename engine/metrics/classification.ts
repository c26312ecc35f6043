// Accuracy, precision, recall and F1 of predicted classes, and who is taken for whom: scikit-learn's figures with
// zero_division=0. Must not know how a class was predicted.

import { EngineError } from '../errors.ts';
import { requireExamples } from './references.ts';

export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface ClassScore<Label> extends PrecisionRecall {
  readonly label: Label;
  /** Examples that are of this class. */
  readonly support: number;
}

export interface ClassScores<Label> {
  readonly accuracy: number;
  /** In the order of rows and columns of `confusion`. */
  readonly classes: readonly ClassScore<Label>[];
  /** Mean over classes, each weighing as much. */
  readonly macro: PrecisionRecall;
  /** Over all decisions; equal to accuracy. */
  readonly micro: PrecisionRecall;
  /** Mean over classes, weighed by their support. */
  readonly weighted: PrecisionRecall;
  /** `confusion[i][j]`: examples of class i that were taken for class j. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * The figures of predictions against targets. Without `labels` the classes are those that occur, sorted, as
 * scikit-learn has it; with them a class that never occurs counts in `macro` with 0.
 * Throws `no-examples`, `unequal-lengths`, and `unknown-class` for a class that `labels` lacks.
 */
export function scoreClasses<Label extends string | number>(
  targets: readonly Label[],
  predictions: readonly Label[],
  labels: readonly Label[] = occurring([...targets, ...predictions]),
): ClassScores<Label> {
  requireExamples(targets);
  if (targets.length !== predictions.length)
    throw new EngineError(
      'unequal-lengths',
      `There are ${predictions.length} predictions for ${targets.length} targets; each target needs one.`,
    );
  const rowOf = new Map(labels.map((label, row) => [label, row]));
  const indexOf = (label: Label): number => {
    const index = rowOf.get(label);
    if (index === undefined) throw unknownClass(label, labels);
    return index;
  };
  const confusion = labels.map(() => labels.map(() => 0));
  targets.forEach((target, i) => confusion[indexOf(target)]![indexOf(predictions[i]!)]!++);

  const rowSums = confusion.map(sum);
  const columnSums = labels.map((_, column) => sum(confusion.map((row) => row[column]!)));
  const classes = labels.map((label, i) => ({
    label,
    support: rowSums[i]!,
    ...precisionRecall(confusion[i]![i]!, columnSums[i]!, rowSums[i]!),
  }));
  const correct = sum(confusion.map((row, i) => row[i]!));
  return {
    accuracy: correct / targets.length,
    classes,
    macro: weightedMean(classes, () => 1),
    micro: precisionRecall(correct, targets.length, targets.length),
    weighted: weightedMean(classes, ({ support }) => support),
    confusion,
  };
}

function occurring<Label extends string | number>(labels: readonly Label[]): Label[] {
  return [...new Set(labels)].sort((a, b) => (a < b ? -1 : 1));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** `precision = correct / predicted`, `recall = correct / actual`, f1 their harmonic mean; 0 for 0 / 0. */
export function precisionRecall(correct: number, predicted: number, actual: number): PrecisionRecall {
  return {
    precision: predicted === 0 ? 0 : correct / predicted,
    recall: actual === 0 ? 0 : correct / actual,
    f1: predicted + actual === 0 ? 0 : (2 * correct) / (predicted + actual),
  };
}

function weightedMean<Label>(
  classes: readonly ClassScore<Label>[],
  weightOf: (score: ClassScore<Label>) => number,
): PrecisionRecall {
  const weightSum = sum(classes.map(weightOf));
  const mean = (figure: keyof PrecisionRecall) =>
    sum(classes.map((score) => score[figure] * weightOf(score))) / weightSum;
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

function unknownClass(label: string | number, labels: readonly (string | number)[]): EngineError {
  return new EngineError('unknown-class', `“${label}” is none of the ${labels.length} classes.`, {
    hint: `The classes are ${labels.slice(0, 10).join(', ')}${labels.length > 10 ? ', …' : ''}.`,
  });
}
