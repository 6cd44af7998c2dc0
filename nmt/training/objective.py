"""What training lowers."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from nmt.corpus.batching import Batch
from nmt.errors import ConfigError
from nmt.model import Seq2Seq
from nmt.training.config import Precision, TrainingConfig
from nmt.training.guided import expected_alignment, summed_alignment_loss
from nmt.training.lexicon import Lexicon
from nmt.training.loss import summed_cross_entropy
from tokenizer import PAD_ID


@dataclass(frozen=True, slots=True)
class Objective:
    """Cross-entropy, and what the settings add to it, summed over the target tokens of a batch."""

    config: TrainingConfig
    device: torch.device
    lexicon: Lexicon | None = None
    """For `guided_alignment`."""

    def __post_init__(self) -> None:
        """Raises ConfigError for an arithmetic that the device lacks."""
        uses_bf16(self.config.precision, self.device)

    def __call__(self, model: Seq2Seq, batch: Batch) -> Tensor:
        """Of `model` on `batch`, which is on the CPU."""
        expected = expected_alignment(batch, self.lexicon).to(self.device) if self.lexicon else None  # (B, T, S)
        batch = batch.to(self.device)
        passes = 2 if self.config.consistency else 1
        with torch.autocast(self.device.type, torch.bfloat16, enabled=uses_bf16(self.config.precision, self.device)):
            # (B, T, E) and (B, T, S) of each
            attended = [
                model.attended_states(batch.source, batch.source_length, batch.target_input) for _ in range(passes)
            ]
        real = batch.target_output != PAD_ID
        states = torch.stack([each[real] for each, _ in attended])  # (passes, N, E)
        loss = summed_cross_entropy(
            states, model.output.weight, model.output.bias, batch.target_output[real],
            self.config.label_smoothing, self.config.consistency,
        )  # fmt: skip
        for _, weights in attended:
            if expected is not None and weights is not None:
                loss = loss + self.config.guided_alignment / passes * summed_alignment_loss(weights, expected)
        return loss


def has_bf16(device: torch.device) -> bool:
    """Whether `device` multiplies bfloat16 itself."""
    return device.type != "cpu" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def uses_bf16(precision: Precision, device: torch.device) -> bool:
    """Whether matrix products are to run in bfloat16. Raises ConfigError when they cannot."""
    if precision == "auto":
        return device.type == "cuda"
    if precision == "bf16" and not has_bf16(device):
        raise ConfigError("training.precision is bf16, but this processor has no bfloat16 arithmetic: use float32")
    return precision == "bf16"
