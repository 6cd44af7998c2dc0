"""The captioner in torch: a convolutional network turns a picture into a vector, which the decoder reads at every
step."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from nmt.caption.training.config import CaptionConfig
from nmt.model import DecoderModel
from nmt.model.decoder import Decoder, DecoderState
from nmt.model.dropout import Dropout
from nmt.model.rnn import uniform_embedding

NORM_EPSILON = 1e-5
_MOMENTUM = 0.1
"""Share of a batch in the running mean and variance."""


class BatchNorm(nn.Module):
    """(x - mean) / deviation of each channel, over the batch in training, else by running values (Ioffe & Szegedy 2015,
    without scale and shift).

    Unlike those of `nn.BatchNorm2d`, the running values are parameters, though no gradient changes them: checkpoints
    and averaged weights hold all parameters.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(width), requires_grad=False)
        self.variance = nn.Parameter(torch.ones(width), requires_grad=False)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, P, P) -> (B, C, P, P). A batch of one picture is too small to have a variance of its own."""
        is_batch = self.training and len(maps) > 1
        return functional.batch_norm(
            maps.float(), self.mean, self.variance, training=is_batch, momentum=_MOMENTUM, eps=NORM_EPSILON
        )


class PictureEncoder(nn.Module):
    """Convolutions of 3 x 3 that each halve the picture, then one over all that is left: v = W x + b.

    Normalization keeps apart what differs between pictures. What they share, such as a light background, is far larger,
    and without it drove every picture to the same v.
    """

    def __init__(self, config: CaptionConfig) -> None:
        super().__init__()
        widths = (3, *config.widths)
        self.convolutions = nn.ModuleList(
            _convolution(before, after, 3, stride=2, padding=1) for before, after in pairwise(widths)
        )
        self.whole = _convolution(widths[-1], config.vector_size, config.map_size)
        self.norms = nn.ModuleList(BatchNorm(width) for width in (*config.widths, config.vector_size))
        self.dropout = Dropout(config.decoder.dropout.hidden)

    def forward(self, pictures: Tensor) -> Tensor:
        """Turn `pictures` (B, 3, P, P) uint8 into vectors (B, N)."""
        maps = pictures.float() / 127.5 - 1.0
        *norms, last = self.norms
        for convolution, norm in zip(self.convolutions, norms, strict=True):
            maps = functional.relu(norm(convolution(maps)))  # (B, C, P / 2, P / 2)
        vector: Tensor = self.dropout(last(self.whole(maps)).flatten(1))  # (B, N)
        return vector


class CaptionModel(DecoderModel):
    """p(caption | picture): h_t = tanh(W_hh h_{t-1} + W_xh x_t + W_ih v) in the vanilla cell, and W_ih v is added to
    all gates of the other cells (Karpathy & Fei-Fei 2015, section 3.2, whose network reads v at the first step
    only)."""

    config: CaptionConfig

    def __init__(self, config: CaptionConfig, padding_id: int) -> None:
        super().__init__()
        self.config = config
        sizes = config.decoder
        embedding = uniform_embedding(sizes.target_vocabulary, sizes.embedding_size, padding_id)
        self.encoder = PictureEncoder(config)
        self.decoder = Decoder(sizes, embedding, config.vector_size)
        self.output = nn.Linear(sizes.embedding_size, sizes.target_vocabulary)
        self.output.weight = embedding.weight
        nn.init.zeros_(self.output.bias)

    def start(self, source: Tensor, source_length: Tensor) -> DecoderState:
        """Return the decoder's state before the first step, which holds v, for pictures (B, 3, P, P)."""
        return self.decoder.start_with(self.encoder(source))


def _convolution(before: int, after: int, size: int, stride: int = 1, padding: int = 0) -> nn.Conv2d:
    """Return a convolution initialised for rectified outputs (He et al. 2015)."""
    convolution = nn.Conv2d(before, after, size, stride, padding)
    nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    if convolution.bias is not None:
        nn.init.zeros_(convolution.bias)
    return convolution
