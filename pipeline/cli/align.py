"""`kpo align`: given files aligned directly, without a batch."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import config_option, read_config

if TYPE_CHECKING:
    from pipeline.align.direct import Format, Text
    from pipeline.align.whole import Encode
    from pipeline.config import Config

FORMATS = ("csv", "tmx", "moses", "beads")


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="output folder")
@click.option("--lines", is_flag=True, help="each line of a file is one segment")
@click.option(
    "--lang", "langs", multiple=True, help="language of each file, in their order; else it is detected"
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    default=("csv", "tmx", "moses"),
    help="what is written; may be given several times  [default: csv, tmx, moses]",
)
@click.option(
    "--onto",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="folder of an earlier alignment: its groups stay, and the files that it lacks join them",
)
@config_option
def align(
    files: tuple[Path, ...],
    out: Path,
    lines: bool,
    langs: tuple[str, ...],
    formats: tuple[Format, ...],
    onto: Path | None,
    config_path: Path | None,
) -> None:
    """Align FILES, which say the same in different languages or versions, with one another.

    Writes to the folder OUT: alignments.csv, one row a group and one column a file; alignments.tmx;
    for each pair A-B.A and A-B.B (Moses), line for line; with --format beads A-B.beads, one bead a
    line as [i, j]:[k]:score. Names are those of the files without their extensions, or with them
    or a number where two would be alike. With --onto, FILES are those aligned earlier and the new ones, which
    join without changing what is between the others; differences.csv says where aligning all anew
    would differ.
    """
    from pipeline.align import check_encoder
    from pipeline.align.direct import align_texts, files_of, join_texts
    from pipeline.align.finished import FILE, alignment_text, differences, read_alignment
    from pipeline.align.whole import remembered
    from pipeline.embed import load_encoder
    from pipeline.files import write_file

    named = tuple(itertools.chain.from_iterable(value.split(",") for value in langs))
    if len(files) < 2:
        raise click.UsageError("name two files or more")
    if named and len(named) != len(files):
        raise click.UsageError(f"{len(files)} files, but {len(named)} languages")
    config = read_config(config_path)
    encoder = load_encoder(config.embed)
    check_encoder(config.align, encoder.card)
    encode = remembered(encoder.encode)
    texts = _read(files, named or ("",) * len(files), lines, config, encode)
    if onto is None:
        done, written = align_texts(texts, config.align, encode), {}
    else:
        known, new = read_alignment(_bytes(onto / FILE), str(onto / FILE), texts)
        done = join_texts(known, new, config.align, encode)
        count, table = differences(done, align_texts(done.texts, config.align, encode))
        written = {"differences.csv": table}
        click.echo(f"{count} groups of a full run differ: {out / 'differences.csv'}")
    written |= {FILE: alignment_text(done), **files_of(done, formats)}
    for name, text in written.items():
        write_file(out / name, text.encode("utf-8-sig" if name.endswith(".csv") else "utf-8"))


def _read(
    files: tuple[Path, ...], langs: tuple[str, ...], lines: bool, config: Config, encode: Encode
) -> list[Text]:
    from pipeline.align.direct import text_of_article, text_of_lines
    from pipeline.ingest import read_document
    from pipeline.ingest.language import identify
    from pipeline.segment import load_splitters, segment

    splitters = load_splitters(config.segment)
    texts = []
    for file, name, lang in zip(files, _names(files), langs, strict=True):
        allowed = {"languages": (lang,)} if lang else {}
        settings = config.ingest.model_copy(update=allowed)
        if lines:
            rows = _lines(file)
            found = lang or identify("\n".join(rows), settings.languages).lang
            texts.append(text_of_lines(name, found, rows, encode(rows)))
        else:
            article = segment(
                read_document(file.read_bytes(), file.name, settings), splitters, config.segment
            )
            vectors = encode([each.text for each in article.segments])
            texts.append(text_of_article(name, article, vectors))
    return texts


def _names(files: tuple[Path, ...]) -> list[str]:
    """A name for each file that no other has: without its extension, with it, or with an ordinal too."""
    stems = Counter(file.stem for file in files)
    seen: Counter[str] = Counter()
    names = []
    for file in files:
        name = file.stem if stems[file.stem] == 1 else file.name
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


def _bytes(file: Path) -> bytes:
    from pipeline.errors import InputError

    try:
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise InputError(reason, path=str(file), mend="name a folder that kpo align wrote") from error


def _lines(file: Path) -> list[str]:
    """The lines of a file as other aligners count them: only a line feed ends one."""
    from pipeline.errors import InputError

    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 at byte {error.start}", path=str(file), mend="convert it to UTF-8"
        ) from error
    rows = text.split("\n")
    return [row.rstrip("\r") for row in (rows[:-1] if rows[-1] == "" else rows)]
