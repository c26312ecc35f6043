// Electron's entry: starts the application on this user's home.

import { join } from 'node:path';
import { homeFolder } from '../studio/home.ts';
import { startDesktop } from './application.ts';

void startDesktop(homeFolder(), join(import.meta.dirname, '..'));
