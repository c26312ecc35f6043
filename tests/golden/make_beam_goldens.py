"""What transformers' `generate` writes with a model that is a table: the logits of the next token depend on
the last token alone, so that the search is all there is to compare. Writes
tests/golden/generation/beams.json."""

import json
from pathlib import Path

import torch
from transformers import GenerationConfig, GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

VOCAB, END, START, FORBIDDEN = 9, 1, 0, [0, 7]
HERE = Path(__file__).parent / "generation"


class TableConfig(PretrainedConfig):
    model_type = "table"
    vocab_size = VOCAB
    num_hidden_layers = 1


class TableModel(PreTrainedModel, GenerationMixin):
    config_class = TableConfig

    def __init__(self, config):
        super().__init__(config)
        self.table = torch.nn.Parameter(torch.zeros(VOCAB, VOCAB))
        self.post_init()

    def forward(self, input_ids, **kwargs):
        return CausalLMOutput(logits=self.table[input_ids])


model = TableModel(TableConfig()).eval()
tables, cases = [], []
for seed in range(6):
    table = torch.randn(VOCAB, VOCAB, generator=torch.Generator().manual_seed(seed)) * 1.5
    table[:, END] -= 0.5
    tables.append([[round(value, 3) for value in row] for row in table.tolist()])
    model.table.data.copy_(torch.tensor(tables[-1]))
    for beams, penalty, early, longest in [
        (1, 1.0, False, 8),
        (2, 1.0, False, 8),
        (3, 0.0, False, 12),
        (4, 1.0, False, 12),
        (4, 2.0, True, 12),
        (4, -1.0, False, 6),
        (3, 0.6, "never", 10),
        (4, 1.0, "never", 3),
        (4, 3.0, False, 12),
    ]:
        out = model.generate(
            torch.tensor([[START]]),
            generation_config=GenerationConfig(
                num_beams=beams,
                **({"length_penalty": penalty, "early_stopping": early} if beams > 1 else {}),
                max_new_tokens=longest,
                do_sample=False,
                use_cache=False,
                eos_token_id=END,
                pad_token_id=END,
                suppress_tokens=FORBIDDEN,
            ),
        )
        tokens = out[0, 1:].tolist()
        cases.append(
            {
                "table": seed,
                "numBeams": beams,
                "lengthPenalty": penalty,
                "earlyStopping": early,
                "maxNewTokens": longest,
                "tokens": tokens[: tokens.index(END)] if END in tokens else tokens,
            }
        )
HERE.mkdir(exist_ok=True)
golden = {"start": START, "end": END, "forbidden": FORBIDDEN, "tables": tables, "cases": cases}
(HERE / "beams.json").write_text(json.dumps(golden) + "\n")
