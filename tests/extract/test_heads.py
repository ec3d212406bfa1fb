"""The classifiers on sentence vectors."""

import numpy as np

from pipeline.extract.heads import softmax, train
from pipeline.vectors import normalise


def rings(count: int) -> tuple[np.ndarray, list[str], list[str]]:
    """Vectors of three labels, none of which a plane tells from the others."""
    dice = np.random.default_rng(0)
    x = dice.normal(size=(count, 8)).astype(np.float32)
    signs = (x[:, 0] > 0) ^ (x[:, 1] > 0)
    labels = [
        "far" if abs(row[2]) > 1.5 else ("a" if sign else "b") for row, sign in zip(x, signs, strict=True)
    ]
    return normalise(x), labels, [str(i % 50) for i in range(count)]


def test_many_exemplars_teach_what_no_plane_divides() -> None:
    x, labels, meanings = rings(3000)
    head = train(x[:2500], labels[:2500], meanings[:2500], near=0.0)
    plain = train(x[:500], labels[:500], meanings[:500], near=0.0)
    told = np.array(head.labels)[head.logits(x[2500:]).argmax(axis=1)]
    guessed = np.array(plain.labels)[plain.logits(x[2500:]).argmax(axis=1)]
    assert len(head.layers) == 2
    assert len(plain.layers) == 1
    assert np.mean(told == labels[2500:]) > 0.8 > np.mean(guessed == labels[2500:])


def test_the_same_exemplars_teach_the_same_to_the_bit() -> None:
    x, labels, meanings = rings(2200)
    one, two = train(x, labels, meanings), train(x, labels, meanings)
    assert one.logits(x).tobytes() == two.logits(x).tobytes()
    assert one.temperature == two.temperature


def test_probabilities_sum_to_one() -> None:
    x, labels, meanings = rings(300)
    assert np.allclose(softmax(train(x, labels, meanings).logits(x)).sum(axis=1), 1, atol=1e-5)
