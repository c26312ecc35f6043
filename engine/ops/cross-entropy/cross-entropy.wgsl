// Softmax cross-entropy, one workgroup a row: one pass for the maximum and the sum of exponentials, in training
// a second that turns the logits into their gradient.
@group(0) @binding(0) var<storage, read_write> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> targets: array<u32>;
//#if has_tokenWeights
@group(0) @binding(2) var<storage, read_write> tokenWeights: array<f32>;
//#endif
@group(0) @binding(3) var<storage, read_write> scalars: array<f32>;
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;
//#if has_tokenLosses
@group(0) @binding(5) var<storage, read_write> tokenLosses: array<f32>;
//#endif

const lowest = -3.0e38;
var<workgroup> partialMaxima: array<f32, #{threads}>;

fn workgroupMax(thread: u32, value: f32) -> f32 {
  partialMaxima[thread] = value;
  workgroupBarrier();
  for (var width = threads / 2u; width > 0u; width /= 2u) {
    if (thread < width) {
      partialMaxima[thread] = max(partialMaxima[thread], partialMaxima[thread + width]);
    }
    workgroupBarrier();
  }
  let largest = partialMaxima[0];
  workgroupBarrier();
  return largest;
}

@compute @workgroup_size(#{threads})
fn crossEntropy(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = workgroup.x + workgroup.y * workgroups.x;
  let isInside = row < params.rows;
  let start = row * params.rowStride;
  let at = params.firstRow + row;
  var wantedToken = 0xffffffffu;
  if (isInside) {
    wantedToken = targets[at];
  }
  let isCounted = wantedToken < params.vocabSize;
  let columns = select(0u, params.vocabSize, isCounted);

  // A running maximum and the sum of exponentials below it, so that the row is read once; four logits at a
  // time share one correction of the sum.
  var localMax = lowest;
  var localSum = 0.0;
  var total = 0.0;
  var i = thread;
  for (; i + 3u * threads < columns; i += 4u * threads) {
    let four = vec4(
      logits[start + i],
      logits[start + i + threads],
      logits[start + i + 2u * threads],
      logits[start + i + 3u * threads],
    );
    let nextMax = max(localMax, max(max(four.x, four.y), max(four.z, four.w)));
    localSum = localSum * exp(localMax - nextMax) + dot(exp(four - nextMax), vec4(1.0));
    localMax = nextMax;
    total += dot(four, vec4(1.0));
  }
  for (; i < columns; i += threads) {
    let x = logits[start + i];
    let nextMax = max(localMax, x);
    localSum = localSum * exp(localMax - nextMax) + exp(x - nextMax);
    localMax = nextMax;
    total += x;
  }
  let largest = workgroupMax(thread, localMax);
  let sums = workgroupSum(thread, vec2(localSum * exp(localMax - largest), total));
  var wanted = 0.0;
  var weight = 0.0;
  if (isCounted) {
    wanted = logits[start + wantedToken];
    weight = 1.0;
//#if has_tokenWeights
    weight = tokenWeights[at];
//#endif
  }
  // Nobody overwrites the wanted logit before every thread has read it.
  storageBarrier();
  let certain = 1.0 - params.labelSmoothing;
  if (isInside && params.isTraining != 0u) {
    let scale = weight * scalars[#{lossScale}];
    let shift = params.labelSmoothing / f32(params.vocabSize);
    for (i = thread; i < params.vocabSize; i += threads) {
      var gradient = 0.0;
      if (isCounted) {
        gradient = exp(logits[start + i] - largest) / sums.x - shift;
        if (i == wantedToken) {
          gradient -= certain;
        }
      }
      logits[start + i] = gradient * scale;
    }
  }
  if (isInside && thread == 0u) {
    var loss = 0.0;
    if (isCounted) {
      loss = log(sums.x) + certain * (largest - wanted)
        + params.labelSmoothing * (largest - sums.y / f32(params.vocabSize));
    }
    losses[at] = weight * loss;
//#if has_tokenLosses
    tokenLosses[at] = loss;
//#endif
  }
}
