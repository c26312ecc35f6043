// Continues prompts with llama.cpp itself, on the CPU and with a cache in F32: node llama-cpp.mjs, a JSON list of
// { file, prompt, count } on standard input, what it makes of each as JSON on standard output. Needs the package of
// this folder: npm install --prefix tests/interop

// By a name in a variable, so that the types of the project do not need the package.
const llamaPackage = 'node-llama-cpp';
const { getLlama } = await import(llamaPackage);

/** @type {Buffer[]} */
const parts = [];
for await (const part of process.stdin) parts.push(part);
const tasks = JSON.parse(Buffer.concat(parts).toString());
// No build, no download, no graphics card: the program as it comes in the tarball.
const llama = await getLlama({
  build: 'never',
  gpu: false,
  skipDownload: true,
  logLevel: 'error',
  maxThreads: 1,
});
/** @type {{ promptIds: number[], ids: number[] }[]} */
const answers = [];
for (const { file, prompt, count } of tasks) {
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({
    contextSize: model.trainContextSize,
    batchSize: 32,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  const sequence = context.getSequence();
  const promptIds = model.tokenize(prompt, true);
  /** @type {number[]} */
  const ids = [];
  for await (const id of sequence.evaluate(promptIds, { temperature: 0, yieldEogToken: true })) {
    ids.push(id);
    if (ids.length === count) break;
  }
  answers.push({ promptIds, ids });
  await context.dispose();
  await model.dispose();
}
process.stdout.write(JSON.stringify(answers));
process.exit(0);
