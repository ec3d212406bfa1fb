"""A finished alignment as a file that further texts can join, and how that differs from a full run."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pipeline.align.direct import Alignment, Text, cells_of
from pipeline.align.formats import csv_text
from pipeline.align.grouping import Cluster
from pipeline.align.pairwise import Bead
from pipeline.errors import InputError

FILE = "alignment.json"


def alignment_text(alignment: Alignment) -> str:
    """JSON of the texts' names and fingerprints, the groups, and the beads of every pair."""
    data = {
        "texts": [
            {"name": text.name, "key": text.side.key, "segments": len(text.segments)}
            for text in alignment.texts
        ],
        "groups": [[group.score, *group.passages] for group in alignment.groups],
        "beads": [
            [x, y, [[*bead.a, *bead.b, bead.score] for bead in beads]]
            for (x, y), beads in sorted(alignment.beads.items())
        ],
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def read_alignment(data: bytes, path: str, texts: Sequence[Text]) -> tuple[Alignment, tuple[Text, ...]]:
    """The alignment in `data`, its texts found among `texts` by name, and those that it does not know.

    Raises:
        InputError: it is no such file, or a text of it is missing or has changed.
    """
    by_name = {text.name: text for text in texts}
    try:
        found = json.loads(data)
        names = [str(each["name"]) for each in found["texts"]]
        marks = {str(each["name"]): (str(each["key"]), int(each["segments"])) for each in found["texts"]}
        groups = tuple(
            Cluster(tuple((int(d), int(a), int(b)) for d, a, b in passages), float(score))
            for score, *passages in found["groups"]
        )
        beads = {
            (int(x), int(y)): tuple(Bead((a, b), (c, d), float(score)) for a, b, c, d, score in rows)
            for x, y, rows in found["beads"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"not a finished alignment: {error!r}", path=path, mend="align anew") from error
    for name in names:
        if name not in by_name:
            raise InputError(f"it aligns {name}, which is not given", path=path, mend="name that file too")
        text = by_name[name]
        if (text.side.key, len(text.segments)) != marks[name]:
            raise InputError(f"{name} has changed since", path=path, mend="align anew, without --onto")
    known = tuple(by_name[name] for name in names)
    return Alignment(known, beads, groups), tuple(text for text in texts if text.name not in marks)


def differences(joined: Alignment, full: Alignment) -> tuple[int, str]:
    """How many groups of the full run the joined one lacks, and a CSV of those that only one of them has.

    Both are alignments of the same texts in the same order.
    """
    ours, theirs = (frozenset(group.passages for group in each.groups) for each in (joined, full))
    rows = [(passages, "joined") for passages in ours - theirs]
    rows += [(passages, "full run") for passages in theirs - ours]
    header = ("only in", *(text.name for text in joined.texts))
    table = [(origin, *cells_of(passages, joined.texts)) for passages, origin in sorted(rows)]
    return len(theirs - ours), csv_text(header, table)
