"""Example sentences, and quotes of articles, in tables beside the config."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.concept import Concept
from pipeline.config import load
from pipeline.errors import ConfigError

CONFIG = """
concept:
  name: {id: KPO, label: knowledge process outsourcing}
  examples: examples.csv
  slots:
    - {id: risk, description: what can go wrong, exemplars: [It may fail.], vocabulary: risk}
    - {id: broader, description: kin, exemplars: [It is a kind of BPO.], vocabulary: broader, source: names}
  vocabularies:
    risk: [{id: turnover, label: staff turnover}]
    broader: [{id: BPO, label: business process outsourcing}]
"""


def concept(folder: Path, rows: str) -> Concept:
    (folder / "kpo.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "examples.csv").write_text(rows, encoding="utf-8")
    return load(folder / "kpo.yaml").concept


def test_each_example_goes_where_it_teaches(tmp_path: Path) -> None:
    read = concept(
        tmp_path,
        "lang,slot,value,text\n"
        "de,risk,,Dann steht alles still.\n"
        "en,risk,turnover,People leave within a year.\n"
        'en,broader,BPO,"A branch of BPO, really."\n'
        "en,broader,not BPO,It is no branch of BPO.\n"
        "en,none,,Let us look at the numbers.\n",
    )
    risk, broader = read.slots
    assert risk.exemplars == ("It may fail.", "Dann steht alles still.")
    assert read.vocabularies["risk"][0].exemplars == ("People leave within a year.",)
    assert broader.exemplars == ("It is a kind of BPO.", "A branch of BPO, really.")
    assert broader.denials == ("It is no branch of BPO.",)
    assert read.by_the_way == ("Let us look at the numbers.",)


@pytest.mark.parametrize(
    ("rows", "place", "mend"),
    [
        ("lang,slot,value,text\nen,risks,,It fails.\n", "line 2", "did you mean 'risk'?"),
        ("lang,slot,value,text\nen,risk,turnovr,They leave.\n", "line 2", "did you mean 'turnover'?"),
        ("lang,slot,value,text\nen,risk,,\n", "line 2", "give lang, slot, value and text"),
        ("lang,slot,value,text\nen,risk,,It fails,badly.\n", "line 2", "give lang, slot, value and text"),
        ("slot,text\nrisk,It fails.\n", "line 1", "head it lang,slot,value,text"),
    ],
)
def test_a_row_that_teaches_nothing_is_named(tmp_path: Path, rows: str, place: str, mend: str) -> None:
    with pytest.raises(ConfigError) as raised:
        concept(tmp_path, rows)
    assert (raised.value.place, raised.value.mend) == (place, mend)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "kpo.yaml").write_text(CONFIG, encoding="utf-8")
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "kpo.yaml")


def quoted(folder: Path, rows: str) -> Concept:
    text = CONFIG.replace("examples: examples.csv", "quotes: quotes.csv")
    (folder / "kpo.yaml").write_text(text, encoding="utf-8")
    (folder / "quotes.csv").write_text(f"lang,slot,value,text\n{rows}", encoding="utf-8")
    return load(folder / "kpo.yaml").concept


def test_quotes_go_to_their_slot_or_value_and_are_no_examples(tmp_path: Path) -> None:
    read = quoted(
        tmp_path,
        "de,risk,,alles steht still\n"
        "en,risk,turnover,leave within a year\n"
        'en,broader,BPO,"a branch of BPO, really"\n'
        "pl,risk,turnover,odchodzą po roku\n",
    )
    risk, broader = read.slots
    assert risk.quotes == ("alles steht still",)
    assert read.vocabularies["risk"][0].quotes == ("leave within a year", "odchodzą po roku")
    assert broader.quotes == ("a branch of BPO, really",)
    assert (risk.exemplars, broader.exemplars) == (("It may fail.",), ("It is a kind of BPO.",))
    assert read.vocabularies["risk"][0].exemplars == ()


def test_a_concept_has_examples_quotes_and_phrases_side_by_side(tmp_path: Path) -> None:
    rows = {"examples": "en,risk,,All may stop.", "quotes": "en,risk,,all stops", "phrases": "sv,risk,,stopp"}
    named = "".join(f"\n  {name}: {name}.csv" for name in rows)
    text = CONFIG.replace("\n  examples: examples.csv", named)
    (tmp_path / "kpo.yaml").write_text(text, encoding="utf-8")
    for name, row in rows.items():
        (tmp_path / f"{name}.csv").write_text(f"lang,slot,value,text\n{row}\n", encoding="utf-8")
    risk, _ = load(tmp_path / "kpo.yaml").concept.slots
    assert (risk.exemplars, risk.quotes) == (("It may fail.", "All may stop."), ("all stops", "stopp"))


@pytest.mark.parametrize(
    ("row", "mend"),
    [
        ("en,none,,let us look", "move the row to the table of concept.examples"),
        ("en,off_topic,,the weather", "move the row to the table of concept.examples"),
        ("en,broader,not BPO,no branch of BPO", "move the row to the table of concept.examples"),
        ("en,risks,,it fails", "did you mean 'risk'?"),
        ("en,risk,turnovr,they leave", "did you mean 'turnover'?"),
        ("en,risk,,", "give lang, slot, value and text"),
    ],
)
def test_a_quote_that_belongs_nowhere_is_named(tmp_path: Path, row: str, mend: str) -> None:
    with pytest.raises(ConfigError) as raised:
        quoted(tmp_path, f"en,risk,,it fails\n{row}\n")
    assert (raised.value.path, raised.value.place) == (str(tmp_path / "quotes.csv"), "line 3")
    assert raised.value.mend == mend


PLACED = """
concept:
  name: {id: KPO, label: knowledge process outsourcing}
  places: places.csv
  slots:
    - {id: location, description: where, exemplars: [], vocabulary: role, source: places}
  vocabularies:
    role: [{id: seller, label: seller}, {id: buyer, label: buyer}]
"""


def placed(tmp_path: Path, rows: str, config: str = PLACED) -> Concept:
    """A concept that knows what articles usually say of places."""
    (tmp_path / "kpo.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "places.csv").write_text(f"value,place,times\n{rows}", encoding="utf-8")
    return load(tmp_path / "kpo.yaml").concept


def test_a_concept_knows_what_articles_usually_say_of_places(tmp_path: Path) -> None:
    seller, buyer = placed(tmp_path, "seller,IN,7\nbuyer,US,2\nseller,PL,1\nseller,IN,2\n").vocabularies[
        "role"
    ]
    assert (seller.places, buyer.places) == ({"IN": 9, "PL": 1}, {"US": 2})


@pytest.mark.parametrize(
    ("row", "mend"),
    [
        ("sellr,IN,7", "did you mean 'seller'?"),
        ("seller,India,7", "give a value, a place by its two letters of ISO 3166-1, and how many times"),
        ("seller,IN,0", "give a value, a place by its two letters of ISO 3166-1, and how many times"),
        ("seller,IN,1.5", "give a value, a place by its two letters of ISO 3166-1, and how many times"),
        ("seller,IN,7,8", "give a value, a place by its two letters of ISO 3166-1, and how many times"),
        (",IN,7", "give a value, a place by its two letters of ISO 3166-1, and how many times"),
    ],
)
def test_a_place_that_plays_no_role_is_named(tmp_path: Path, row: str, mend: str) -> None:
    with pytest.raises(ConfigError) as raised:
        placed(tmp_path, f"seller,PL,1\n{row}\n")
    assert (raised.value.path, raised.value.place) == (str(tmp_path / "places.csv"), "line 3")
    assert raised.value.mend == mend


def test_places_need_a_slot_that_asks_for_them(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no slot asks what places do") as raised:
        placed(tmp_path, "seller,PL,1\n", PLACED.replace(", source: places", ""))
    assert raised.value.path == str(tmp_path / "places.csv")


def test_a_missing_table_of_quotes_is_named(tmp_path: Path) -> None:
    text = CONFIG.replace("examples: examples.csv", "quotes: quotes.csv")
    (tmp_path / "kpo.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="No such file") as raised:
        load(tmp_path / "kpo.yaml")
    assert raised.value.path == str(tmp_path / "quotes.csv")
