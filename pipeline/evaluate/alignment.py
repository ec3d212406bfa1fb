"""Groups of a run against gold alignments: a CSV of units with `<lang>_start` and `<lang>_end`."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.errors import InputError
from pipeline.evaluate.scores import Count
from pipeline.model import Span

Unit = Mapping[str, Span]


def score_groups(out: Path, gold: Path) -> Count:
    """Groups that join the same gold units in every language of the gold, strictly.

    A group is right where its members cover exactly the same gold units, at least one, in all
    languages; metadata units are left out.

    Raises:
        InputError: a file is missing or no family of the run has the gold's languages.
    """
    units = _units(gold)
    langs = sorted({lang for unit in units for lang in unit})
    documents = _documents(out, langs)
    made: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row in _rows(out / "alignment_members.csv"):
        lang = documents.get(row["document"])
        if lang is None:
            continue
        place = Span(int(row["start"]), int(row["end"]))
        made[row["group"]][lang] |= {
            index for index, unit in enumerate(units) if 2 * place.overlap(unit[lang]) > len(unit[lang])
        }
    joined = [members for members in made.values() if sum(map(bool, members.values())) > 1]
    right = [m for m in joined if m[langs[0]] and all(m[lang] == m[langs[0]] for lang in langs)]
    covered = {index for members in right for index in members[langs[0]]}
    return Count(len(right), len(joined), len(covered), len(units))


def _units(gold: Path) -> list[Unit]:
    rows = [row for row in _rows(gold) if row.get("kind") != "metadata"]
    langs = [name.removesuffix("_start") for name in (rows[0] if rows else {}) if name.endswith("_start")]
    if not langs:
        raise InputError("no columns <lang>_start", path=str(gold), mend="name a gold alignment")
    return [
        {lang: Span(int(row[f"{lang}_start"]), int(row[f"{lang}_end"])) for lang in langs} for row in rows
    ]


def _documents(out: Path, langs: Sequence[str]) -> dict[str, str]:
    """The language of each document of the one family that is written in all of `langs`."""
    families: dict[str, dict[str, str]] = defaultdict(dict)
    path = out / "documents.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError("no documents", path=str(path), mend="run `kpo run` first") from error
    for document in map(json.loads, lines):
        if document["lang"] in langs:
            families[document["family"]][document["id"]] = document["lang"]
    for family in sorted(families):
        if sorted(families[family].values()) == list(langs):
            return families[family]
    raise InputError(f"no family in {', '.join(langs)}", path=str(path), mend="run on the gold's articles")


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return list(csv.DictReader(handle))
    except OSError as error:
        raise InputError("cannot be read", path=str(path), mend="run `kpo run` first") from error
