"""Translation memories: TMX 1.4b for translators' tools, Moses pairs for training."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import regex

from pipeline.bundle import Bundle, Part, passage_text
from pipeline.files import write_pieces
from pipeline.model import Article, Group
from pipeline.standing import by_target, opinion_of_group
from pipeline.tables import in_reading_order

# XML 1.0 has no room for these, not even escaped.
_NOT_XML = regex.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADER = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
    b'<tmx version="1.4">\n'
    b'<header creationtool="kpo" creationtoolversion="1" segtype="block" o-tmf="kpo" adminlang="en" '
    b'srclang="*all*" datatype="plaintext"/>\n<body>\n'
)


@dataclass(frozen=True, slots=True)
class Memory:
    """A part's groups that reviewers have not rejected: its TMX units, and lines by pair of languages.

    `pairs` leads from the name of a file, `is-ru.is`, to its lines.
    """

    units: bytes
    pairs: dict[str, bytes]


def memory(part: Part) -> Memory:
    """What a part's groups are in a translation memory."""
    articles = part.by_id()
    groups = [(group, _texts(group, articles)) for group in _kept(part, articles)]
    pairs: dict[str, list[str]] = defaultdict(list)
    for group, texts in groups:
        first = {lang: " ".join(text.split()) for lang, _, text in reversed(texts)}
        for left, right in combinations(sorted(lang for lang, text in first.items() if text), 2):
            pairs[f"{left}-{right}.{left}"].append(first[left])
            pairs[f"{left}-{right}.{right}"].append(first[right])
            pairs[f"{left}-{right}.ids"].append(f"{group.id}\t{group.kind}\t{group.score:.4f}")
    return Memory(
        units="".join(_unit(group, texts) for group, texts in groups).encode(),
        pairs={name: "".join(f"{line}\n" for line in lines).encode() for name, lines in pairs.items()},
    )


def write_tmx(bundle: Bundle, out: Path) -> list[Path]:
    """Write `alignments.tmx`: one unit a group that reviewers have not rejected."""
    units = (each.units for each in bundle.pieces(memory))
    return [write_pieces(out / "alignments.tmx", chain([_HEADER], units, [b"</body>\n</tmx>\n"]))]


def write_moses(bundle: Bundle, out: Path) -> list[Path]:
    """Write `moses/<a>-<b>.<a>` and `.<b>`: one line a group, plain text, parallel by line number.

    A third file, `.ids`, gives each line's group, kind and score, separated by tabs.
    """
    found: dict[str, list[bytes]] = defaultdict(list)
    for each in bundle.pieces(memory):
        for name, lines in each.pairs.items():
            found[name].append(lines)
    return [write_pieces(out / "moses" / name, lines) for name, lines in sorted(found.items())]


def xml_text(text: str) -> str:
    """The text as XML content; a character that XML cannot hold becomes U+FFFD."""
    return escape(_NOT_XML.sub("\ufffd", text))


def _kept(part: Part, articles: Mapping[str, Article]) -> Iterator[Group]:
    decided = by_target(part.decisions)
    for group in in_reading_order(part.groups, articles):
        if opinion_of_group(group, articles, decided).verdict != "reject":
            yield group


def _texts(group: Group, articles: Mapping[str, Article]) -> list[tuple[str, str, str]]:
    """Language, path and text of each passage."""
    found = ((passage, articles[passage.document]) for passage in group.passages)
    return [(each.lang, article.document.path, passage_text(each, article)) for each, article in found]


def _unit(group: Group, texts: Sequence[tuple[str, str, str]]) -> str:
    variants = "".join(
        f'<tuv xml:lang={quoteattr(lang)}><prop type="x-document">{xml_text(path)}</prop>'
        f"<seg>{xml_text(text)}</seg></tuv>\n"
        for lang, path, text in texts
    )
    return (
        f'<tu tuid="{group.id}"><prop type="x-kind">{group.kind}</prop>'
        f'<prop type="x-score">{group.score:.4f}</prop>\n{variants}</tu>\n'
    )
