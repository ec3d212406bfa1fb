"""Alignments as files of other tools: beads, Moses pairs, CSV and TMX. Each function returns text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from pipeline.align.pairwise import Bead

Row = tuple[str, ...]


def beads_text(beads: Iterable[Bead]) -> str:
    """One bead a line, `[i, j]:[k]:score`, zero-based, a skip with an empty side."""
    return "".join(f"{list(range(*bead.a))}:{list(range(*bead.b))}:{bead.score:.4f}\n" for bead in beads)


def moses_texts(beads: Iterable[Bead], a: Sequence[str], b: Sequence[str]) -> tuple[str, str]:
    """Two texts of as many lines, line k of one the translation of line k of the other; no skips."""
    left, right = [], []
    for bead in beads:
        if not bead.skip:
            left.append(one_line(a[slice(*bead.a)]))
            right.append(one_line(b[slice(*bead.b)]))
    return "".join(line + "\n" for line in left), "".join(line + "\n" for line in right)


def csv_text(header: Row, rows: Iterable[Row]) -> str:
    """RFC 4180 with a header; a cell that a spreadsheet would run as a formula gets a leading quote mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([tuple(map(_plain, row)) for row in rows])
    return out.getvalue()


def tmx_text(units: Iterable[Sequence[tuple[str, str]]], source: str, tool: str = "kpo") -> str:
    """TMX 1.4b; each unit is (language, text) pairs, one a language."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<tmx version="1.4">',
        f'<header creationtool={quoteattr(tool)} creationtoolversion="1" segtype="block" o-tmf="beads" '
        f'adminlang="en" srclang={quoteattr(source)} datatype="plaintext"/>',
        "<body>",
    ]
    for unit in units:
        variants = "".join(
            f"<tuv xml:lang={quoteattr(lang)}><seg>{escape(_valid(text))}</seg></tuv>" for lang, text in unit
        )
        lines.append(f"<tu>{variants}</tu>")
    return "\n".join([*lines, "</body>", "</tmx>", ""])


def one_line(texts: Sequence[str]) -> str:
    """Texts in one line, runs of white space as one space."""
    return " ".join(" ".join(texts).split())


def _plain(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "'") else cell


def _valid(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
