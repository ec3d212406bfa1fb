"""New values that are one and the same, by their wording, their passages and their vectors."""

import numpy as np
from hand_made import quote

from pipeline.fuse.candidates import clusters
from pipeline.vectors import Floats

ANGLES = {"work of the head": 0.0, "arbete med huvudet": 30.0, "work by experts": 50.0, "golf": 120.0}


def encode(texts: list[str]) -> Floats:
    turned = np.radians([ANGLES[text.strip(".").lower()] for text in texts])
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def joined(*stated: tuple[str, str]) -> list[list[int]]:
    """The clusters of (label, document) pairs."""
    labels = [label for label, _ in stated]
    return clusters(labels, [(quote(document, 0, 9),) for _, document in stated], encode)


def test_what_one_document_states_in_two_ways_is_not_one() -> None:
    assert joined(("work of the head", "a-is"), ("arbete med huvudet", "b-sv")) == [[0, 1]]
    assert joined(("work of the head", "a-is"), ("arbete med huvudet", "a-is")) == [[0], [1]]


def test_a_value_that_is_near_to_both_joins_the_nearer_and_does_not_make_them_one() -> None:
    one, other, near = (
        ("work of the head", "a-is"),
        ("work by experts", "a-is"),
        ("arbete med huvudet", "b-sv"),
    )
    assert joined(one, other, near) == [[0], [1, 2]]
    assert joined(near, other, one) == [[0, 1], [2]]


def test_equal_wordings_of_one_document_are_one() -> None:
    assert joined(("golf", "a-is"), ("Golf.", "a-is")) == [[0, 1]]
