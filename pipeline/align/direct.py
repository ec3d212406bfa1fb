"""Given texts aligned directly: what `kpo align` computes and writes, without a run's folder or record."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.align.family import align_all, bead_scale, calibrated, group_pairs
from pipeline.align.formats import beads_text, csv_text, moses_texts, one_line, tmx_text
from pipeline.align.grouping import Cluster
from pipeline.align.incremental import join
from pipeline.align.pairwise import Bead, Pair, transpose
from pipeline.align.side import Side, side_of_article, side_of_texts
from pipeline.align.weights import Line, load_weights
from pipeline.align.whole import Encode
from pipeline.config import AlignSettings
from pipeline.model import Article
from pipeline.vectors import Floats

Format = Literal["csv", "tmx", "moses", "beads"]
FORMATS: tuple[Format, ...] = ("csv", "tmx", "moses")


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """One input: `name` for its files, `lang`, and its `segments` with the arrays that are aligned."""

    name: str
    lang: str
    segments: tuple[str, ...]
    side: Side


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Calibrated beads of all pairs (x, y), x < y, of `texts`, and the groups over all of them."""

    texts: tuple[Text, ...]
    beads: dict[tuple[int, int], tuple[Bead, ...]]
    groups: tuple[Cluster, ...]


def text_of_lines(name: str, lang: str, lines: Sequence[str], vectors: Floats) -> Text:
    """An input whose lines are its segments, empty lines too."""
    return Text(name, lang, tuple(lines), side_of_texts(lines, vectors, lang))


def text_of_article(name: str, article: Article, vectors: Floats) -> Text:
    """An input that was segmented like an article of a run."""
    segments = tuple(segment.text for segment in article.segments)
    return Text(name, article.document.lang, segments, side_of_article(article, vectors))


def align_texts(texts: Sequence[Text], settings: AlignSettings, encode: Encode | None = None) -> Alignment:
    """Align every pair of `texts` and group over all; the order of texts changes only the order of output.

    `encode` gives vectors of passages that are in doubt.
    """
    weights = load_weights(settings.weights_path)
    order = sorted(range(len(texts)), key=lambda k: (texts[k].side.key, k))
    ranked = align_all([texts[k].side for k in order], weights, encode)
    found = group_pairs(ranked, settings.group_threshold)
    groups = [
        Cluster(
            tuple(sorted((order[d], first, last) for d, first, last in cluster.passages)),
            calibrated(cluster.score, weights.group_scale),
        )
        for cluster in found
    ]
    scale = bead_scale(len(texts), weights)
    beads = {}
    for (p, q), pair in ranked.items():
        x, y = order[p], order[q]
        beads[min(x, y), max(x, y)] = _scaled(pair if x < y else transpose(pair), scale)
    return Alignment(tuple(texts), beads, tuple(sorted(groups, key=lambda group: group.passages)))


def join_texts(
    done: Alignment, texts: Sequence[Text], settings: AlignSettings, encode: Encode | None = None
) -> Alignment:
    """Let `texts` join a finished alignment one after another; what is between its own texts stays."""
    weights = load_weights(settings.weights_path)
    for text in texts:
        whole, new = (*done.texts, text), len(done.texts)
        sides = [each.side for each in whole]
        found, pairs = join(sides, done.groups, weights, settings.group_threshold, encode)
        known = {group.passages for group in done.groups}
        groups = tuple(
            Cluster(group.passages, calibrated(group.score, weights.group_scale))
            if group.passages[:-1] not in known and group.passages not in known
            else group
            for group in found
        )
        scale = bead_scale(len(whole), weights)
        beads = done.beads | {(k, new): _scaled(pair, scale) for k, pair in enumerate(pairs)}
        done = Alignment(whole, beads, groups)
    return done


def files_of(alignment: Alignment, formats: Sequence[Format]) -> dict[str, str]:
    """File names and contents of an alignment in `formats`, for the caller to write.

    `csv`: `alignments.csv`, one row a group or unmatched segment, one column a text; `tmx`:
    `alignments.tmx`; `moses`: `<a>-<b>.<a>` and `<a>-<b>.<b>`; `beads`: `<a>-<b>.beads`.
    """
    out: dict[str, str] = {}
    makers: dict[Format, Callable[[Alignment], dict[str, str]]] = {
        "csv": _csv,
        "tmx": _tmx,
        "moses": _moses,
        "beads": _beads,
    }
    for name in formats:
        out |= makers[name](alignment)
    return out


def _scaled(pair: Pair, scale: Line) -> tuple[Bead, ...]:
    return tuple(Bead(bead.a, bead.b, calibrated(bead.score, scale)) for bead in pair.beads)


def _csv(alignment: Alignment) -> dict[str, str]:
    texts = alignment.texts
    rows = [
        (cells_of(group.passages, texts), f"{group.score:.4f}", group.passages) for group in alignment.groups
    ]
    grouped = {
        (d, s)
        for group in alignment.groups
        for d, first, last in group.passages
        for s in range(first, last + 1)
    }
    for d, text in enumerate(texts):
        for s in range(len(text.segments)):
            if (d, s) not in grouped:
                rows.append((cells_of(((d, s, s),), texts), "", ((d, s, s),)))
    rows.sort(key=lambda row: (min(first / max(1, len(texts[d].segments)) for d, first, _ in row[2]), row[2]))
    header = ("group", "score", *(text.name for text in texts))
    table = [(str(k) if score else "", score, *cells) for k, (cells, score, _) in enumerate(rows, 1)]
    return {"alignments.csv": csv_text(header, table)}


def cells_of(passages: Sequence[tuple[int, int, int]], texts: Sequence[Text]) -> tuple[str, ...]:
    """What each of `texts` says in `passages` (text, first, last), on one line."""
    at = {d: (first, last) for d, first, last in passages}
    return tuple(
        one_line(text.segments[at[d][0] : at[d][1] + 1]) if d in at else "" for d, text in enumerate(texts)
    )


def _tmx(alignment: Alignment) -> dict[str, str]:
    texts = alignment.texts
    units = [
        [
            (texts[d].lang or texts[d].name, one_line(texts[d].segments[first : last + 1]))
            for d, first, last in g.passages
        ]
        for g in alignment.groups
    ]
    return {"alignments.tmx": tmx_text(units, texts[0].lang or texts[0].name if texts else "*all*")}


def _moses(alignment: Alignment) -> dict[str, str]:
    out = {}
    for x, y in itertools.combinations(range(len(alignment.texts)), 2):
        a, b = alignment.texts[x], alignment.texts[y]
        left, right = moses_texts(alignment.beads[x, y], a.segments, b.segments)
        stem = f"{a.name}-{b.name}"
        out[f"{stem}.{a.name}"], out[f"{stem}.{b.name}"] = left, right
    return out


def _beads(alignment: Alignment) -> dict[str, str]:
    return {
        f"{alignment.texts[x].name}-{alignment.texts[y].name}.beads": beads_text(beads)
        for (x, y), beads in sorted(alignment.beads.items())
    }
