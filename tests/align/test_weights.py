"""Weights as a file, and the encoder that they belong to."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.align import check_encoder
from pipeline.align.weights import encoder_of, load_weights, save_weights
from pipeline.config import AlignSettings, EmbedSettings
from pipeline.embed import model_card
from pipeline.errors import ModelError
from pipeline.model import ModelCard

WEIGHTS = load_weights()
OTHER = ModelCard("twin", "1", (("prefix", "query: "), ("dimension", "384")))


def test_the_shipped_weights_belong_to_the_bundled_encoder() -> None:
    check_encoder(AlignSettings(), model_card(EmbedSettings()))


def test_a_twin_as_wide_as_the_bundled_encoder_is_refused() -> None:
    with pytest.raises(ModelError, match=r"learnt of multilingual-e5-small.*the encoder is twin"):
        check_encoder(AlignSettings(), OTHER)


def test_a_prefix_makes_another_encoder() -> None:
    with pytest.raises(ModelError, match="prefix 'query: '"):
        check_encoder(AlignSettings(), model_card(EmbedSettings(prefix="query: ")))


def test_weights_learnt_of_another_encoder_are_taken_with_it(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    save_weights(replace(WEIGHTS, encoder=encoder_of(OTHER)), path)
    check_encoder(AlignSettings(weights=str(path)), OTHER)


def test_weights_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    save_weights(WEIGHTS, path)
    again = load_weights(path)
    assert np.array_equal(again.mean, WEIGHTS.mean)
    assert np.allclose(again.bead, WEIGHTS.bead, atol=1e-4)
