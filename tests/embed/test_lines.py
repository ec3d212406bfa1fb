"""`kpo embed`: rows are lines, whatever the lines hold."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.embed import Encoder
from pipeline.embed.lines import embed_file
from pipeline.errors import InputError, OutputError
from pipeline.model import ModelCard
from pipeline.vectors import Floats


def lengths(texts: list[str]) -> Floats:
    return np.array([[1 + len(text), 1] for text in texts], np.float32)


SMALL = Encoder(ModelCard("small", "1"), 2, "", lengths)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\ufeff"))))
def test_rows_are_lines(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("lines")
    (folder / "in.txt").write_bytes("".join(f"{text}\n" for text in texts).encode())
    assert embed_file(folder / "in.txt", folder / "out.npy", SMALL, lines=True) == len(texts)
    found = np.load(folder / "out.npy")
    assert (found.shape, found.dtype) == ((len(texts), 2), np.float32)
    assert np.array_equal(found, SMALL.encode(texts))
    assert len(list(folder.iterdir())) == 2


def test_line_ends_and_marks_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes("\ufeffa\r\n\nb".encode())
    assert embed_file(tmp_path / "in.txt", tmp_path / "out.npy", SMALL, lines=True) == 3
    assert np.array_equal(np.load(tmp_path / "out.npy"), SMALL.encode(["a", "", "b"]))
    assert embed_file(tmp_path / "in.txt", tmp_path / "out.npy", SMALL, lines=False) == 1
    assert np.array_equal(np.load(tmp_path / "out.npy"), SMALL.encode(["a\n\nb"]))


def test_bad_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(b"good\n\xff\xfe bad\n")
    with pytest.raises(InputError, match="line 2: not UTF-8"):
        embed_file(tmp_path / "in.txt", tmp_path / "out.npy", SMALL, lines=True)
    with pytest.raises(InputError, match="No such file"):
        embed_file(tmp_path / "none.txt", tmp_path / "out.npy", SMALL, lines=True)
    (tmp_path / "in.txt").write_bytes(b"good\n")
    with pytest.raises(OutputError):
        embed_file(tmp_path / "in.txt", tmp_path / "no" / "out.npy", SMALL, lines=True)
    with pytest.raises(OutputError, match="not a regular file"):
        embed_file(tmp_path / "in.txt", tmp_path, SMALL, lines=True)
    assert not (tmp_path / "out.npy").exists()


def test_a_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(b"good\n")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="not a regular file"):
        embed_file(tmp_path / "in.txt", tmp_path / "pipe", SMALL, lines=True)
    assert (tmp_path / "pipe").is_fifo()
