"""What a judge makes of quotes: texts to be near to, which train no more than the heads of asides."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.concept import Entry
from pipeline.config import load
from pipeline.extract import Judge, load_judge
from pipeline.extract.heads import Head
from pipeline.extract.nearness import Exemplars
from pipeline.extract.vocabularies import terms_of
from pipeline.vectors import Floats, normalise

CONFIG = """
concept:
  name: {id: KPO, label: knowledge process outsourcing}
  QUOTES
  slots:
    - {id: risk, description: x, exemplars: [It may fail., All stops.], vocabulary: risk}
    - {id: benefit, description: x, exemplars: [It saves money., Work is done sooner.]}
    - {id: scope, description: x, exemplars: [Core work is moved.], vocabulary: scope, aside: true}
    - {id: broader, description: x, exemplars: [It is a trade.], vocabulary: broader, source: names}
  vocabularies:
    risk: [{id: turnover, label: turnover, synonyms: [people leave]}, {id: delay, label: delay}]
    scope: [{id: core, label: core}, {id: edge, label: the edge}]
    broader: [{id: BPO, label: business process outsourcing}]
  section_roles: {risk: [Risks], benefit: [Benefits]}
  off_topic: [The weather was fine.]
"""
QUOTES = """lang,slot,value,text
en,risk,,it all breaks down
en,risk,turnover,staff resign
en,risk,turnover,people leave
en,benefit,,cheaper by half
en,scope,,what they do themselves
en,scope,edge,odd jobs
en,broader,BPO,a branch of it
"""


def encode(texts: Sequence[str]) -> Floats:
    """A vector of chance for each text, the same every time."""
    made = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=12) for text in texts]
    return normalise(np.array(made, np.float32))


def judge_of(folder: Path, *, quotes: bool) -> Judge:
    folder.mkdir()
    (folder / "quotes.csv").write_text(QUOTES, encoding="utf-8")
    line = "quotes: quotes.csv" if quotes else "examples: null"
    (folder / "kpo.yaml").write_text(CONFIG.replace("QUOTES", line), encoding="utf-8")
    return load_judge(load(folder / "kpo.yaml"), encode)


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> tuple[Judge, Judge]:
    """One without quotes, and one with them."""
    folder = tmp_path_factory.mktemp("judges")
    return judge_of(folder / "plain", quotes=False), judge_of(folder / "quoting", quotes=True)


def vectors_of(known: Exemplars, owner: int) -> Floats:
    """The unit vectors of a label's exemplars, as near as steps are."""
    return normalise(known.steps[known.owners == owner].astype(np.float32))


def texts_of(head: Head, judge: Judge, label: str, some: Sequence[str]) -> list[str]:
    """Which of `some` are among the exemplars of a label, as often as they stand there."""
    own = vectors_of(head.exemplars, head.labels.index(label))
    alike = own @ judge.prepared(encode(some)).T > 1 - 1e-3
    return [text for text, times in zip(some, alike.sum(axis=0), strict=True) for _ in range(times)]


ALL = [line.rpartition(",")[2] for line in QUOTES.splitlines()[1:]]


def changed(one: Head, other: Head) -> float:
    """By how much the weights of two heads differ; last bits depend on how many texts are encoded."""
    pairs = zip(one.layers, other.layers, strict=True)
    return max(float(np.abs(a - b).max()) for layers in pairs for a, b in zip(*layers, strict=True))


def test_quotes_train_neither_the_whitening_nor_the_heads(judges: tuple[Judge, Judge]) -> None:
    plain, quoting = judges
    assert np.array_equal(plain.mean, quoting.mean)
    assert np.array_equal(plain.turn, quoting.turn)
    for name in ("slots", "roles", "topic"):
        one, other = getattr(plain, name), getattr(quoting, name)
        assert changed(one, other) < 1e-3
        assert (one.labels, one.temperature) == (other.labels, other.temperature)


def test_quotes_are_texts_that_slots_are_near_to(judges: tuple[Judge, Judge]) -> None:
    plain, quoting = judges
    assert texts_of(plain.slots, plain, "risk", ALL) == ["people leave"]
    assert texts_of(quoting.slots, quoting, "benefit", ALL) == ["cheaper by half"]
    # What is an exemplar already stands there once.
    assert texts_of(quoting.slots, quoting, "risk", ALL) == [
        "it all breaks down",
        "staff resign",
        "people leave",
    ]
    assert texts_of(quoting.slots, quoting, "broader", ALL) == ["a branch of it"]
    assert len(quoting.slots.exemplars) == len(plain.slots.exemplars) + 4


def test_quotes_stand_among_the_terms_of_their_value(judges: tuple[Judge, Judge]) -> None:
    plain, quoting = judges
    terms = quoting.vocabularies["risk"]
    own = vectors_of(terms.exemplars, terms.ids.index("turnover"))
    known = judges[1].prepared(encode(["turnover", "people leave", "staff resign"]))
    assert np.sum(own * known, axis=1) == pytest.approx(1, abs=1e-3)
    assert (terms.exemplars.owners == terms.ids.index("delay")).sum() == 1
    near = quoting.prepared(encode(["staff resign"]))
    before, after = (each.vocabularies["risk"].similarities(near)[0] for each in judges)
    assert after[terms.ids.index("turnover")] > before[terms.ids.index("turnover")]
    assert after[terms.ids.index("delay")] == pytest.approx(before[terms.ids.index("delay")])
    assert len(quoting.vocabularies["broader"].exemplars) == len(plain.vocabularies["broader"].exemplars) + 1


def test_quotes_train_what_stands_aside(judges: tuple[Judge, Judge]) -> None:
    plain, quoting = judges
    head = quoting.asides["scope"]
    assert texts_of(head, quoting, "scope", ALL) == ["what they do themselves", "odd jobs"]
    assert changed(head, plain.asides["scope"]) > 0.1
    # What articles say of other slots is no example of what does not stand aside.
    assert texts_of(head, quoting, "none", ALL) == ["people leave"]


def test_an_entry_has_the_centre_of_its_texts() -> None:
    entries = (Entry(id="fast", label="fast"), Entry(id="cheap", label="cheap"))
    x = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    terms = terms_of(entries, ["cheap", "cheap", "fast"], x)
    assert terms.exemplars.owners.tolist() == [0, 1, 1]
    assert vectors_of(terms.exemplars, 0).tolist() == [x[2].tolist()]
    assert terms.centres == pytest.approx(np.array([[0, 0, 1], [0.5**0.5, 0.5**0.5, 0]]))
    assert terms_of((), [], x[:0]).centres.shape == (0, 3)
