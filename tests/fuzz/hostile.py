"""Hostile inputs: the sample's files, mutated by a seed, and what no editor would write."""

from __future__ import annotations

import random
from pathlib import Path

PIECES = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\x0b\x0c\x1c\x85",
    "\u2028\u2029".encode(),
    "\u202e\u2066".encode(),
    "\u200b\u200d\u00ad".encode(),
    "\U000e0041".encode(),
    b"&#x110000;&#0;&amp;&nbsp",
    b"<script>alert(1)</script>",
    b"<!--",
    b"<table><tr><td>",
    b"]]>",
    b"```\n",
    b"~~~",
    b"\n---\n",
    b"\n---\na: &x [*x]\n---\n",
    b"[" * 300,
    b"> " * 200,
    b"(" * 200,
    b"|" * 100,
    b"\n|---|---|\n",
    b"\n| a | b",
    b"\n- " * 50,
    b"\n" + b" " * 40 + b"* x",
    b"# " * 80,
    b"\n======\n",
    b"== x ==",
    b"{{{{",
    b"[[a|b]]",
    b"![](",
    b"](http://x",
    b"\\" * 50,
    b"*" * 500,
    b"_" * 300,
    b"=SUM(A1)",
    b"@cmd",
    b"\t" * 100,
    ("a" + "\u0301" * 100).encode(),
    "ﷺ".encode() * 20,
    "İıſß".encode(),
    "𝕂𝕻𝕺".encode(),
    "КРО".encode("cp1251"),
    "Þekking".encode("utf-16"),
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"A" * 3_000,
    b"a." * 800,
    b"1. " * 200,
    "。".encode() * 200,
    b"\n" * 500,
    b" " * 2_000,
)
CODECS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp1252", "iso8859-4", "iso8859-13", "utf-32", "cp037")
SUFFIXES = (".txt", ".md", ".html", ".wiki", "", ".TXT", ".markdown", ".xml")


def seeds(raw: Path) -> list[bytes]:
    """The sample's files, cut to pieces that a reader gets through quickly."""
    pieces = []
    for path in sorted(raw.iterdir()):
        data = path.read_bytes()
        pieces += [data[start : start + 700] for start in range(0, len(data), 700)]
    return pieces


def mutated(known: list[bytes], seed: int) -> tuple[bytes, str]:
    """The input of this seed: the same bytes and name on every machine."""
    dice = random.Random(seed)  # noqa: S311 - chance, not a secret
    data = dice.choice(known)
    if dice.random() < 0.3:
        data += dice.choice(known)
    if dice.random() < 0.25:
        data = data.decode("utf-8", "replace").encode(dice.choice(CODECS), "replace")
    for _ in range(dice.randrange(6)):
        data = _changed(data, dice)
    return data, f"f{seed}{dice.choice(SUFFIXES)}"


def _changed(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data) + 1)
    other = dice.randrange(len(data) + 1)
    start, end = min(place, other), max(place, other)
    match dice.randrange(6):
        case 0:
            return data[:place] + dice.choice(PIECES) + data[place:]
        case 1:
            return data[:start] + data[end:]
        case 2:
            return data[:place] + dice.randbytes(dice.randrange(1, 40)) + data[place:]
        case 3:
            return data[:end] + data[start:end] + data[end:]
        case 4:
            return data.replace(b"\n", dice.choice((b"\r\n", b"\r", b"", b"\n\n", b" ")))
        case _:
            return data[:place]
