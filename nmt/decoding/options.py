"""Search options, validated once."""

from __future__ import annotations

from dataclasses import dataclass

MAX_BEAM_SIZE = 64


@dataclass(frozen=True, slots=True)
class DecodingOptions:
    """Search options. A beam of 1 is greedy search."""

    beam_size: int = 5
    n_best: int = 1
    """Number of translations to return, at most `beam_size`."""
    max_length: int | None = None
    """Maximum number of subwords in a translation. If None, the package's length model decides."""
    length_alpha: float = 1.0
    """Strength of length normalisation. 0 ranks by plain log probability."""

    def __post_init__(self) -> None:
        if not 1 <= self.beam_size <= MAX_BEAM_SIZE:
            raise ValueError(f"beam_size is {self.beam_size}, allowed: 1 to {MAX_BEAM_SIZE}")
        if not 1 <= self.n_best <= self.beam_size:
            raise ValueError(
                f"{self.n_best} translations asked for with beam_size {self.beam_size}, allowed: 1 to the beam size"
            )
        if self.max_length is not None and self.max_length < 1:
            raise ValueError(f"max_length is {self.max_length}, allowed: 1 or more subwords")
        if self.length_alpha < 0.0:
            raise ValueError(f"length_alpha is {self.length_alpha}, allowed: 0 or more")
