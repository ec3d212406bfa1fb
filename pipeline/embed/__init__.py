"""Vectors and token states of texts: the bundled model, other encoders, and the cache of what was encoded."""

from pipeline.embed.cache import CachedEncoder, Marker
from pipeline.embed.encoder import Encoder
from pipeline.embed.load import load_encoder, model_card, sentence_transformer
from pipeline.embed.states import States

__all__ = [
    "CachedEncoder",
    "Encoder",
    "Marker",
    "States",
    "load_encoder",
    "model_card",
    "sentence_transformer",
]
