"""The classifiers on sentence vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.heads import Head, softmax, train
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


def test_exemplars_are_kept_only_where_texts_are_compared_with_them() -> None:
    x, labels, meanings = rings(300)
    loud, silent = train(x, labels, meanings, near=20.0), train(x, labels, meanings, near=0.0)
    assert (len(loud.exemplars), len(silent.exemplars)) == (300, 0)
    assert np.ptp(silent.logits(x)) > 0


def test_the_same_exemplars_teach_the_same_to_the_bit() -> None:
    x, labels, meanings = rings(2200)
    one, two = train(x, labels, meanings), train(x, labels, meanings)
    assert one.logits(x).tobytes() == two.logits(x).tobytes()
    assert one.temperature == two.temperature


def test_probabilities_sum_to_one() -> None:
    x, labels, meanings = rings(300)
    assert np.allclose(softmax(train(x, labels, meanings).logits(x)).sum(axis=1), 1, atol=1e-5)


@pytest.fixture(scope="module")
def head() -> Head:
    return train(*rings(300))


@given(st.integers(0, 2**32 - 1), st.sampled_from(["a", "b", "far"]))
def test_a_text_near_an_added_one_gets_likelier_of_its_label(head: Head, seed: int, label: str) -> None:
    dice = np.random.default_rng(seed)
    x = normalise(dice.normal(size=(1, 8)).astype(np.float32))
    near = normalise(x + 0.01 * dice.normal(size=(1, 8)).astype(np.float32))
    column = head.labels.index(label)
    before, after = head.logits(near)[0], head.beside(x, [label]).logits(near)[0]
    assert after[column] > before[column]
    assert np.delete(after, column).tolist() == pytest.approx(np.delete(before, column).tolist(), abs=1e-4)


def test_what_is_added_trains_nothing(head: Head) -> None:
    x, labels, _ = rings(40)
    more = head.beside(x, labels)
    assert more.layers is head.layers
    assert (more.labels, more.near, more.temperature) == (head.labels, head.near, head.temperature)
    assert len(more.exemplars) == len(head.exemplars) + 40


def test_adding_nothing_changes_no_log_odds(head: Head) -> None:
    x, _, _ = rings(60)
    assert head.beside(x[:0], []).logits(x).tobytes() == head.logits(x).tobytes()


def test_a_label_that_the_head_does_not_know_cannot_be_added(head: Head) -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        head.beside(np.ones((1, 8), np.float32), ["near"])
