// What both forward shaders write.
@group(0) @binding(8) var<storage, read_write> output: array<Value>;
//#if has_statistics
@group(0) @binding(9) var<storage, read_write> statistics: array<f32>;
//#endif
//#if has_weights
@group(0) @binding(10) var<storage, read_write> weights: array<f32>;
//#endif

fn writeOutput(at: u32, vector: u32, value: vec4<f32>) {
//#if isAligned
  output[at / 4u + vector] = value;
//#else
  for (var lane = 0u; lane < 4u && 4u * vector + lane < params.headDim; lane++) {
    output[at + 4u * vector + lane] = value[lane];
  }
//#endif
}
