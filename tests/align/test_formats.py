"""The files that `kpo align` writes."""

import csv
import io
import xml.etree.ElementTree as ET

import numpy as np

from pipeline.align.direct import FORMATS, align_texts, files_of, text_of_lines
from pipeline.align.formats import beads_text, csv_text, moses_texts, tmx_text
from pipeline.align.pairwise import Bead
from pipeline.align.weights import load_weights
from pipeline.config import AlignSettings

BEADS = (Bead((0, 1), (0, 2), 0.9), Bead((1, 2), (2, 2), 0.5), Bead((2, 2), (2, 3), 1.0))
WEIGHTS = load_weights()


def test_beads_are_in_the_notation_that_aligners_share() -> None:
    assert beads_text(BEADS) == "[0]:[0, 1]:0.9000\n[1]:[]:0.5000\n[]:[2]:1.0000\n"


def test_moses_files_run_line_by_line_without_skips() -> None:
    assert moses_texts(BEADS, ["a\tb", "c"], ["x", "y\n", "z"]) == ("a b\n", "x y\n")


def test_tables_survive_quotes_lines_and_formulas() -> None:
    rows = [('say "so", twice', "=1+1"), ("two\nlines", "")]
    read = list(csv.reader(io.StringIO(csv_text(("a", "b"), rows), newline="")))
    assert read == [["a", "b"], ['say "so", twice', "'=1+1"], ["two\nlines", ""]]


def test_a_translation_memory_is_well_formed_whatever_the_text() -> None:
    text = tmx_text([[("is", "a < b & \x00c"), ("ru", "я")]], "is")
    segments = [node.text for node in ET.fromstring(text.encode()).iter("seg")]  # noqa: S314 - our own text
    assert segments == ["a < b & c", "я"]


def test_three_texts_are_written_in_every_format_and_lose_no_segment() -> None:
    rng = np.random.default_rng(1)
    rows = (WEIGHTS.mean * 1.5 + rng.normal(size=(5, len(WEIGHTS.mean))) / 20).astype(np.float32)
    texts = [
        text_of_lines(name, name, [f"{name} line {k}." for k in keep], rows[list(keep)])
        for name, keep in (("xx", range(5)), ("yy", (0, 1, 3, 4)), ("zz", ()))
    ]
    files = files_of(align_texts(texts, AlignSettings()), (*FORMATS, "beads"))
    assert {"alignments.csv", "alignments.tmx", "xx-yy.beads", "xx-yy.xx", "xx-yy.yy", "xx-zz.beads"} <= set(
        files
    )
    assert files["xx-zz.beads"].count(":[]:") == 5
    cells = [cell for row in csv.reader(io.StringIO(files["alignments.csv"], newline="")) for cell in row]
    assert all(any(segment in cell for cell in cells) for text in texts for segment in text.segments)
