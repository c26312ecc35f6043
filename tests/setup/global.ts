// Runs once before the tests: compiles the CPU kernels when they are missing or stale.
import { ensureBuilt } from '../../main/build/ensure.mjs';
import { projectRoot } from '../../main/launcher/project.mjs';

export default async function setup(): Promise<void> {
  await ensureBuilt(projectRoot(), ['kernels']);
}
