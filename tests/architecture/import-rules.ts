// Who may import whom (ARCHITECTURE.md has the reasons). Each rule takes the sources and returns one line per
// breach, so that the test can show them all and can show that a breach is seen.
import { builtinModules } from 'node:module';
import type { SourceFile } from './sources.ts';

const ENGINE_PACKAGES = new Set(['zod', '@huggingface/jinja', '@huggingface/tokenizers']);
const PROJECT = /^(engine|main|preload|renderer|tests|resources)\//;
const PAGE_PACKAGES = /^(vue|vue-router|pinia|@vue\/.*|reka-ui|echarts(\/.*)?)$/;
const isPackage = (name: string) => !PROJECT.test(name);
const isNode = (name: string) => name.startsWith('node:') || builtinModules.includes(name);
/** How a kernel and a tensor are described. A device knows that much of the graph, and the graph knows devices. */
const DESCRIPTIONS = new Set(['engine/graph/kernel.ts', 'engine/graph/tensor.ts']);
const isConcreteDevice = (path: string) => /^engine\/device\/(cpu|webgpu)\//.test(path);

/** Which folders of the engine each one may use besides itself; '' is the files at its top. No way round. */
const ENGINE_FOLDERS: Record<string, string[]> = {
  '': ['model-forms'],
  'model-forms': [''],
  device: [''],
  tokenizers: [''],
  metrics: [''],
  formats: ['', 'tokenizers'],
  graph: ['', 'device'],
  ops: ['', 'graph', 'device'],
  models: ['', 'graph', 'ops', 'device', 'formats'],
  data: ['', 'tokenizers', 'formats', 'graph', 'ops', 'models'],
  generation: ['', 'graph', 'ops', 'models', 'device', 'tokenizers'],
  evaluation: ['', 'graph', 'ops', 'data', 'metrics', 'tokenizers', 'generation'],
  inference: ['', 'graph', 'models', 'device', 'tokenizers', 'formats', 'data', 'generation', 'evaluation'],
  inspection: ['', 'graph', 'ops', 'models', 'device', 'formats', 'data', 'inference'],
  training: [
    '',
    'graph',
    'ops',
    'models',
    'device',
    'tokenizers',
    'generation',
    'evaluation',
    'data',
    'metrics',
    'formats',
  ],
};

const engineFolder = (path: string) => /^engine\/([^/]+)\//.exec(path)?.[1] ?? '';

type Judge = (importer: string, imported: string) => string | undefined;

/** The engine is pure: nothing of the project outside it, no Node, few packages, folders in one direction. */
const engineRule: Judge = (importer, imported) => {
  if (!importer.startsWith('engine/')) return undefined;
  if (isPackage(imported))
    return ENGINE_PACKAGES.has(imported) ? undefined : 'is not a package the engine may use';
  if (!imported.startsWith('engine/')) return 'is outside the engine';
  if (importer === 'engine/index.ts') return undefined;
  const from = engineFolder(importer);
  const to = engineFolder(imported);
  if (isConcreteDevice(imported) && from !== 'device' && !importer.endsWith('.cpu.ts'))
    return 'is one kind of device; only device/device.ts may be known here';
  if (from === 'device' && DESCRIPTIONS.has(imported)) return undefined;
  const allowed = ENGINE_FOLDERS[from];
  if (allowed === undefined) return `comes from engine/${from}, which ENGINE_FOLDERS does not list`;
  const isDispatch = importer.startsWith('engine/device/cpu/kernels/');
  return from === to || allowed.includes(to) || isDispatch ? undefined : `is not below engine/${from}`;
};

/** The contract is one file an area behind one door. */
const isContract = (file: string): boolean => /^preload\/contract(\/[\w-]+)?\.ts$/.test(file);

/** The contract describes the wire with the engine's schemas and nothing else. */
const contractRule: Judge = (importer, imported) => {
  if (!isContract(importer)) return undefined;
  if (isContract(imported)) return undefined;
  const isAllowed = ['zod', 'engine/config.ts', 'engine/fields.ts', 'engine/errors.ts'].includes(imported);
  return isAllowed ? undefined : 'is not a schema of the engine';
};

/** The preload script is the contract over Electron's bridge. */
const preloadRule: Judge = (importer, imported) => {
  if (!importer.startsWith('preload/') || isContract(importer)) return undefined;
  return imported === 'electron' || imported.startsWith('preload/') ? undefined : 'is not part of the bridge';
};

/** Main knows the engine by its one door; each native module has one owner. */
const mainRule: Judge = (importer, imported) => {
  if (!importer.startsWith('main/')) return undefined;
  const doors = ['engine/index.ts', 'preload/contract.ts'];
  // The thread needs the worker loop alone: the whole engine would be loaded once a core.
  if (importer === 'main/engine-host/cpu-worker.ts') doors.push('engine/device/cpu/worker.ts');
  // What comes with Heddle is text to main.
  const isOwn = imported.startsWith('main/') || imported.startsWith('resources/');
  if (!isPackage(imported) && !isOwn && !doors.includes(imported)) return `is neither ${doors.join(' nor ')}`;
  if (imported === 'electron' && !importer.startsWith('main/desktop/')) return 'belongs to main/desktop';
  if (imported === 'better-sqlite3' && !importer.startsWith('main/store/')) return 'belongs to main/store';
  if (imported === 'webgpu' && importer !== 'main/engine-host/entry.ts')
    return 'belongs to engine-host/entry.ts';
  return undefined;
};

/** The page sees the contract and the settings; only stores know the transport; lib/ is plain TypeScript. */
const rendererRule: Judge = (importer, imported) => {
  if (!importer.startsWith('renderer/')) return undefined;
  if (isNode(imported) || imported === 'electron') return 'does not exist in a page';
  const doors = ['preload/contract.ts', 'engine/config.ts'];
  if (!isPackage(imported) && !imported.startsWith('renderer/') && !doors.includes(imported))
    return `is neither ${doors.join(' nor ')}`;
  if (imported === 'renderer/bridge.ts' && !/^renderer\/(stores\/|main\.ts)/.test(importer))
    return 'is for stores; views use stores';
  if (importer.startsWith('renderer/lib/') && (PAGE_PACKAGES.test(imported) || imported.endsWith('.vue')))
    return 'is of Vue, and lib/ must not be';
  return undefined;
};

const JUDGES = [engineRule, contractRule, preloadRule, mainRule, rendererRule];

/** One line for each import that a rule forbids. */
export function importBreaches(files: SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap((imported) =>
      JUDGES.flatMap((judge) => {
        const reason = judge(path, imported);
        return reason === undefined ? [] : [`${path} imports ${imported}, which ${reason}.`];
      }),
    ),
  );
}

/** One line for each cycle of imports, naming its files in order. */
export function importCycles(files: SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const imported of byPath.get(path)?.imports ?? []) visit(imported, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}
