// The guided path: nine lessons in their order.

import type { Lesson } from './lesson.ts';
import { making } from './lessons/making.ts';
import { understanding } from './lessons/understanding.ts';

export const lessons: readonly Lesson[] = [...understanding, ...making];
