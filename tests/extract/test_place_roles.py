"""The roles of countries that one sentence names, on records made by hand."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from one_sentence import article, context
from tagging import tags

from pipeline.concept import Concept, ConceptNames, Entry, Slot
from pipeline.extract import Judge
from pipeline.extract.enumerations import enumerations
from pipeline.extract.facts import Fact
from pipeline.extract.heads import Head
from pipeline.extract.nearness import exemplars
from pipeline.extract.passages import Passage
from pipeline.extract.place_roles import Roles
from pipeline.extract.places import place_facts
from pipeline.extract.vocabularies import Terms
from pipeline.model import Annotations, Mention, Span
from pipeline.vectors import Floats

TEXT = "Countries such as China, Israel and Ireland will offer KPO, as India does."
PLACES = {"China": "CN", "Israel": "IL", "Ireland": "IE", "India": "IN"}
LABELS = ("location:provider", "location:emerging")
IDS = ("provider", "emerging")
MARKED = {"China": (0.6, 0.4), "Israel": (0.2, 0.8), "Ireland": (0.1, 0.9), "India": (0.9, 0.1)}
ALIKE = np.array([1, 1], np.float32) / 2**0.5
OF_ROLE = {role: row for role, row in zip(IDS, np.eye(2, dtype=np.float32), strict=True)}


def concept(usual: Mapping[str, Mapping[str, int]]) -> Concept:
    """The roles that articles give to countries are `usual`, by role and country."""
    return Concept(
        name=ConceptNames(id="KPO", label="KPO"),
        slots=(Slot(id="location", description="", exemplars=(), source="places", vocabulary="roles"),),
        vocabularies={"roles": tuple(Entry(id=x, label=x, places=dict(usual.get(x, {}))) for x in IDS)},
    )


def judge() -> Judge:
    """To which each role is a direction of its own."""
    head = Head((), (), exemplars(np.zeros((0, 2), np.float32), ()))
    x = np.eye(2, dtype=np.float32)
    roles = Terms(IDS, IDS, exemplars(x, range(2)), x)
    return Judge(np.zeros(2, np.float32), x, head, head, head, {}, {}, {"roles": roles})


def facts(
    text: str,
    places: Mapping[str, str],
    marked: Mapping[str, tuple[float, float]] | None = None,
    said: Mapping[str, str] | None = None,
    usual: Mapping[str, Mapping[str, int]] | None = None,
) -> tuple[list[Fact], list[str]]:
    """What is found of `places`, and the texts that were encoded.

    Args:
        text: a sentence of KPO.
        places: codes of the countries that it names.
        marked: how likely the tagger finds both roles of each.
        said: the role that a text states in which these words stand; both alike where none does.
        usual: what other articles say of countries.
    """
    at = {name: Span(text.index(name), text.index(name) + len(name)) for name in places}
    spans = [(span.start, span.end) for span in at.values()]
    seen = tags(spans, [marked[name] for name in at], labels=LABELS) if marked else None
    passage = Passage(
        0, 0, (Span(0, len(text)),), (13,), enumerations(text, "en"), ALIKE[None], ALIKE, tags=seen
    )
    mentions = tuple(Mention("place", 0, span, name, places[name]) for name, span in at.items())
    encoded: list[str] = []

    def encode(texts: Sequence[str]) -> Floats:
        encoded.extend(texts)
        stated = [
            next((role for words, role in (said or {}).items() if words in each), None) for each in texts
        ]
        return np.array([ALIKE if role is None else OF_ROLE[role] for role in stated])

    found = place_facts(
        [passage],
        [context(text)],
        [Annotations((), mentions)],
        [ALIKE[None]],
        judge(),
        concept(usual or {}),
        encode,
    )
    return found, encoded


def roles(found: Sequence[Fact]) -> dict[str, str | None]:
    return {fact.value.label: fact.value.role for fact in found}


def test_countries_that_are_named_together_play_one_role() -> None:
    found, _ = facts(TEXT, PLACES, MARKED)
    assert [fact.span.of(article(TEXT).document.text) for fact in found] == list(PLACES)
    assert roles(found) == {
        "China": "emerging",
        "Israel": "emerging",
        "Ireland": "emerging",
        "India": "provider",
    }


def test_but_not_where_each_surely_plays_another() -> None:
    text = "Most of such work is done in Peru, yet Chad grows."
    sure = facts(text, {"Peru": "PE", "Chad": "TD"}, {"Peru": (0.9, 0.1), "Chad": (0.1, 0.95)})[0]
    assert roles(sure) == {"Peru": "provider", "Chad": "emerging"}
    unsure = facts(text, {"Peru": "PE", "Chad": "TD"}, {"Peru": (0.6, 0.4), "Chad": (0.1, 0.95)})[0]
    assert roles(unsure) == {"Peru": "emerging", "Chad": "emerging"}


def test_a_country_plays_the_role_that_its_clause_tells() -> None:
    text = "Most firms are based in Peru today, while many new ones open in Chad."
    found, encoded = facts(text, {"Peru": "PE", "Chad": "TD"}, said={"based": "provider", "open": "emerging"})
    assert roles(found) == {"Peru": "provider", "Chad": "emerging"}
    assert [text.count("X") for text in encoded] == [1, 1]


def test_a_clause_tells_the_same_whichever_country_it_names() -> None:
    pairs = [("Peru", "PE"), ("India", "IN"), ("Sri Lanka", "LK")]
    encoded = [facts(f"The work is done in {name} for many years.", {name: code})[1] for name, code in pairs]
    assert encoded == [["The work is done in X for many years"]] * 3


def test_what_articles_usually_say_decides_where_a_text_leaves_it_open() -> None:
    usual = {"provider": {"IN": 30, "PL": 2}, "emerging": {"PL": 30}}
    text = "Much of such work concerns Poland."
    assert roles(facts(text, {"Poland": "PL"}, usual=usual)[0]) == {"Poland": "emerging"}
    assert roles(facts(text.replace("Poland", "India"), {"India": "IN"}, usual=usual)[0]) == {
        "India": "provider"
    }


def test_what_a_text_says_outweighs_what_articles_usually_say() -> None:
    usual = {"provider": {"IN": 300}, "emerging": {"PL": 300}}
    text = "Such work is only beginning in India."
    found, _ = facts(
        text, {"India": "IN"}, marked={"India": (0.1, 0.9)}, said={"beginning": "emerging"}, usual=usual
    )
    assert roles(found) == {"India": "emerging"}


def test_a_country_of_which_the_tagger_marks_nothing_plays_no_role() -> None:
    assert facts("The author was born in Chad.", {"Chad": "TD"}, marked={"Chad": (0.2, 0.1)})[0] == []


@pytest.mark.parametrize("code", ["IN", "PL", "ZZ"])
def test_of_countries_alone_nothing_is_usual(code: str) -> None:
    terms = judge().vocabularies["roles"]
    bare = Roles("location", concept({}).vocabularies["roles"], terms)
    assert bare.usual(code) == pytest.approx([0, 0])
    known = Roles(
        "location", concept({"provider": {"IN": 9}, "emerging": {"PL": 9}}).vocabularies["roles"], terms
    )
    odds = known.usual(code)
    assert (odds[0] > odds[1], odds[0] < odds[1]) == (code == "IN", code == "PL")
