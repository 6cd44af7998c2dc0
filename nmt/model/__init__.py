"""The torch model: encoder, attention and decoder. Used only by training. Imports no other room but errors."""

from nmt.model.config import DropoutConfig, ModelConfig
from nmt.model.seq2seq import DecoderModel, Seq2Seq

__all__ = ["DecoderModel", "DropoutConfig", "ModelConfig", "Seq2Seq"]
