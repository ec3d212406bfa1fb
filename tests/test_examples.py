"""Example sentences in a table beside the config."""

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
