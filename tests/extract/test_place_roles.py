"""The roles of countries that one sentence names, on records made by hand."""

import numpy as np
from one_sentence import article, context
from tagging import tags

from pipeline.concept import Concept, ConceptNames, Slot
from pipeline.extract import Judge
from pipeline.extract.enumerations import enumerations
from pipeline.extract.heads import Head
from pipeline.extract.passages import Passage
from pipeline.extract.places import place_facts
from pipeline.extract.vocabularies import Terms
from pipeline.model import Mention, Span

TEXT = "Countries such as China, Israel and Ireland will offer KPO, as India does."
PLACES = {"China": "CN", "Israel": "IL", "Ireland": "IE", "India": "IN"}
LABELS = ("location:provider", "location:emerging")
CONCEPT = Concept(
    name=ConceptNames(id="KPO", label="KPO"),
    slots=(Slot(id="location", description="", exemplars=(), source="places", vocabulary="roles"),),
)


def judge() -> Judge:
    """To which both roles are alike."""
    head = Head((), (), np.zeros((0, 2), np.float32), np.zeros(0, np.intp))
    names = ("provider", "emerging")
    alike = np.ones((2, 2), np.float32) / 2**0.5
    roles = Terms(names, names, np.arange(2), alike, alike)
    return Judge(
        np.zeros(2, np.float32), np.eye(2, dtype=np.float32), head, head, head, {}, {}, {"roles": roles}
    )


def roles(marked: dict[str, tuple[float, float]], *, listed: bool = True) -> dict[str, str | None]:
    """The role of each country, of which the tagger marks as much as `marked` says."""
    at = {name: Span(TEXT.index(name), TEXT.index(name) + len(name)) for name in PLACES}
    seen = tags(
        [(span.start, span.end) for span in at.values()], [marked[name] for name in at], labels=LABELS
    )
    lists = enumerations(TEXT, "en") if listed else ()
    x = np.array([1, 0], np.float32)
    passage = Passage(0, 0, (Span(0, len(TEXT)),), (13,), lists, x[None], x, tags=seen)
    mentions = [Mention("place", 0, span, name, PLACES[name]) for name, span in at.items()]
    facts = place_facts(passage, context(TEXT), mentions, x[None], judge(), CONCEPT)
    assert [fact.span.of(article(TEXT).document.text) for fact in facts] == list(PLACES)
    return {fact.value.label: fact.value.role for fact in facts}


MARKED = {"China": (0.6, 0.4), "Israel": (0.2, 0.8), "Ireland": (0.1, 0.9), "India": (0.9, 0.1)}


def test_countries_that_are_listed_together_play_one_role() -> None:
    assert roles(MARKED) == {
        "China": "emerging",
        "Israel": "emerging",
        "Ireland": "emerging",
        "India": "provider",
    }


def test_countries_that_are_not_listed_together_play_each_its_own() -> None:
    assert roles(MARKED, listed=False)["China"] == "provider"
