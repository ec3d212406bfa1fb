"""Vectors of texts: the bundled model, other encoders, and the cache of what was encoded."""

from pipeline.embed.cache import CachedEncoder
from pipeline.embed.encoder import Encoder
from pipeline.embed.load import load_encoder, model_card, sentence_transformer

__all__ = ["CachedEncoder", "Encoder", "load_encoder", "model_card", "sentence_transformer"]
