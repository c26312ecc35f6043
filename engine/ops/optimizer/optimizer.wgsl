// One optimizer step over flat parameters, 64 threads, 16 elements or groups of four each. The gradient is
// multiplied by the clip scale; a scale of 0 says that the step must change nothing.
//#if isWide
alias Lane = vec4<f32>;
//#else
alias Lane = f32;
//#endif
@group(0) @binding(0) var<storage, read_write> parameters: array<Lane>;
@group(0) @binding(1) var<storage, read_write> gradients: array<Lane>;
//#if isAdam
@group(0) @binding(2) var<storage, read_write> firstMoment: array<Lane>;
@group(0) @binding(3) var<storage, read_write> secondMoment: array<Lane>;
@group(0) @binding(4) var<storage, read_write> metrics: array<f32>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;
//#else
@group(0) @binding(2) var<storage, read_write> momentumBuffer: array<Lane>;
@group(0) @binding(3) var<storage, read_write> metrics: array<f32>;
@group(0) @binding(4) var<storage, read_write> scalars: array<f32>;
//#endif

fn update(i: u32, clip: f32, decays: bool) {
  var weight = parameters[i];
  var gradient = gradients[i] * clip;
  let learningRate = scalars[#{learningRate}];
//#if isAdam
  if (decays) {
    if (params.isDecoupled != 0u) {
      weight = weight * (1.0 - learningRate * params.weightDecay);
    } else {
      gradient = gradient + weight * params.weightDecay;
    }
  }
  let first = firstMoment[i] + (gradient - firstMoment[i]) * params.oneMinusBeta1;
  let second = secondMoment[i] * params.beta2 + gradient * gradient * params.oneMinusBeta2;
  firstMoment[i] = first;
  secondMoment[i] = second;
  let denominator = sqrt(second) * (1.0 / sqrt(scalars[#{biasCorrection2}])) + params.epsilon;
  parameters[i] = weight - first / denominator * (learningRate / scalars[#{biasCorrection1}]);
//#else
  if (decays) {
    gradient = gradient + weight * params.weightDecay;
  }
  gradient = momentumBuffer[i] * params.momentum + gradient;
  momentumBuffer[i] = gradient;
  parameters[i] = weight - gradient * learningRate;
//#endif
}

@compute @workgroup_size(64)
fn optimizer(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let clip = metrics[#{clipScale}];
  let count = params.count / #{lanes}u;
  let first = (workgroup.x + workgroup.y * workgroups.x) * 1024u + thread;
  if (clip == 0.0) {
    return;
  }
  for (var step = 0u; step < 1024u; step += 64u) {
    let i = first + step;
    if (i < count) {
      update(i, clip, i * #{lanes}u < params.decayElements);
    }
  }
}
