"""What a text says of the places that it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.enumerations import enumerations
from pipeline.extract.place_clauses import PlaceClause, place_clauses
from pipeline.model import Span


def clauses(text: str, lang: str = "en") -> tuple[str, tuple[PlaceClause, ...]]:
    """Of a text in which places stand in brackets: the text without them, and its clauses."""
    bare, spans = "", []
    for i, piece in enumerate(text.replace("[", "]").split("]")):
        if i % 2:
            spans.append(Span(len(bare), len(bare) + len(piece)))
        bare += piece
    return bare, place_clauses(bare, lang, spans, enumerations(bare, lang))


@pytest.mark.parametrize(
    ("text", "lang", "said"),
    [
        ("[India] provides most of such services.", "en", ["X provides most of such services"]),
        # Each with its own clause.
        (
            "Most of the firms are based in [India], while [Poland] is catching up very quickly.",
            "en",
            ["Most of the firms are based in X", "while X is catching up very quickly"],
        ),
        # Each with its own part of it, up to a mark or joiner.
        (
            "[Indien] führt, [Polen] holt mit großen Schritten auf.",
            "de",
            ["X führt", "X holt mit großen Schritten auf"],
        ),
        (
            "Kraje: [Indie] (główny dostawca), [Polska] (rosnący dostawca), [USA] (klient).",
            "pl",
            [
                "Kraje: X (główny dostawca)",
                "X (rosnący dostawca)",
                "X (klient)",
            ],
        ),
        (
            "[India] takes the lead and [Poland] has begun.",
            "en",
            ["X takes the lead", "and X has begun"],
        ),
        # What says nothing of a place by itself is read with what follows or goes before.
        ("在[印度]，这类公司最多。", "zh", ["在X，这类公司最多"]),
    ],
)
def test_each_place_has_the_clause_about_it(text: str, lang: str, said: list[str]) -> None:
    assert [clause.text for clause in clauses(text, lang)[1]] == said


@pytest.mark.parametrize(
    ("text", "lang", "together"),
    [
        ("Firms in [India], [Sri Lanka] and the [Philippines] lead.", "en", [3]),
        ("Les clients viennent de [France], de [Suisse] et du [Canada].", "fr", [3]),
        ("Заказчики живут в [Румынии] и [Чили].", "ru", [2]),
        ("受注は[インド]、[フィリピン]が多い。", "ja", [2]),
        # Another word between them, or the end of what is said.
        ("[India] leads and [Poland] follows.", "en", [1, 1]),
        ("They sit in [India]; [Poland] is new.", "en", [1, 1]),
        ("Firms of [India] serve [France].", "en", [1, 1]),
    ],
)
def test_places_with_nothing_but_commas_between_them_are_named_together(
    text: str, lang: str, together: list[int]
) -> None:
    assert [len(clause.places) for clause in clauses(text, lang)[1]] == together


def test_a_clause_counts_the_groups_that_it_names() -> None:
    (one, other) = clauses("Firms of [India] and [Peru] serve [France] gladly.")[1]
    assert (one.named, other.named) == (2, 2)
    assert one.text == other.text == "Firms of X and X serve X gladly"


names = st.sampled_from(["[India]", "[Peru]", "[Chad]"])
words = st.sampled_from(["and", ",", "work", "in", "grows", ".", ";", "while", "the", "firms of"])


@given(st.lists(st.one_of(names, words), max_size=20))
def test_every_place_is_in_one_clause_and_none_is_named(pieces: list[str]) -> None:
    bare, found = clauses(" ".join(pieces))
    places = [place for clause in found for place in clause.places]
    assert sorted(set(places)) == places
    assert len(places) == sum(piece.startswith("[") for piece in pieces)
    for clause in found:
        assert all(clause.clause.holds(place) for place in clause.places)
        assert not any(name in clause.text for name in ("India", "Peru", "Chad"))
        assert clause.text.count("X") >= len(clause.places)
        assert clause.clause.end <= len(bare)
        assert clause.named >= 1
