"""The training objective."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from nmt.corpus.batching import Batch
from nmt.errors import ConfigError
from nmt.model import DecoderModel
from nmt.training.data.lexicon import Lexicon
from nmt.training.optimization.guided_alignment import expected_alignment, summed_alignment_loss
from nmt.training.optimization.loss import Original, summed_cross_entropy
from nmt.training.settings.config import Precision, TrainingConfig
from tokenizer import PAD_ID


@dataclass(frozen=True, slots=True)
class Objective:
    """Cross-entropy plus the terms that the settings add, summed over the target tokens of a batch."""

    config: TrainingConfig
    device: torch.device
    lexicon: Lexicon | None = None
    """The lexicon for `guided_alignment`."""
    original: DecoderModel | None = None
    """The original model for `remember`; on the device, in eval mode."""

    def __post_init__(self) -> None:
        """Raise ConfigError if the device lacks the precision, or if `remember` is set without an original model."""
        uses_bf16(self.config.precision, self.device)
        if self.config.remember and self.original is None:
            raise ConfigError("training.remember is for fine-tuning: leave it out, or name a package with --from")

    def __call__(self, model: DecoderModel, batch: Batch) -> Tensor:
        """Return the loss of `model` on `batch`, which is on the CPU."""
        expected = None  # (B, T, S)
        if self.lexicon and self.config.guided_alignment and model.decoder.attention is not None:
            expected = expected_alignment(batch, self.lexicon).to(self.device)
        batch = batch.to(self.device)
        passes = 2 if self.config.consistency else 1
        with self._autocast():
            # (B, T, E) and (B, T, S) for each pass
            attended = [
                model.attended_states(batch.source, batch.source_length, batch.target_input) for _ in range(passes)
            ]
        real = batch.target_output != PAD_ID
        states = torch.stack([each[real] for each, _ in attended])  # (passes, N, E)
        loss = summed_cross_entropy(
            states, model.output.weight, model.output.bias, batch.target_output[real],
            self.config.label_smoothing, self.config.consistency, self._original_says(batch, real),
        )  # fmt: skip
        for _, weights in attended:
            if expected is not None and weights is not None:
                loss = loss + self.config.guided_alignment / passes * summed_alignment_loss(weights, expected)
        return loss

    def _original_says(self, batch: Batch, real: Tensor) -> Original | None:
        """Return the output of the original model for the tokens selected by the mask `real` (B, T)."""
        if self.original is None or not self.config.remember:
            return None
        with torch.no_grad(), self._autocast():
            states = self.original.states(batch.source, batch.source_length, batch.target_input)  # (B, T, E)
        output = self.original.output
        return Original(states[real], output.weight, output.bias, self.config.remember)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=uses_bf16(self.config.precision, self.device))


def has_bf16(device: torch.device) -> bool:
    """Return whether `device` multiplies bfloat16 in hardware; emulation is slower than float32."""
    return device.type != "cpu" or _is_fast_with_bf16() or bool(torch.cpu.get_capabilities().get("bf16"))


def _is_fast_with_bf16() -> bool:
    """Return whether the CPU is fast in bfloat16; ARM, whose instructions torch calls "bf16", is not measured."""
    return bool(torch.cpu.get_capabilities().get("avx512_bf16"))


def uses_bf16(precision: Precision, device: torch.device) -> bool:
    """Return whether to run matrix products in bfloat16. Raises ConfigError if the device cannot."""
    if precision == "auto":
        return device.type == "cuda" or _is_fast_with_bf16()
    if precision == "bf16" and not has_bf16(device):
        raise ConfigError("training.precision is bf16, but this processor has no bfloat16 arithmetic: use float32")
    return precision == "bf16"
