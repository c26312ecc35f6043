// The model.py that stands beside an exported .pth: the model in plain PyTorch, in at most 60 lines,
// whose parameters have the names and layouts of the state dict. Each form's text is in its own file.

import type { ModelConfig } from '../config.ts';
import { hfFamilyOf } from './hf-families.ts';

/** Python source that defines `model`, for `model.load_state_dict(torch.load(path, weights_only=True))`. */
export function modelPy(config: ModelConfig): string {
  return hfFamilyOf(config).modelPy(config);
}
