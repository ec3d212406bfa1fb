"""Translation memories: TMX 1.4b for translators' tools, Moses pairs for training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import regex

from pipeline.bundle import Bundle, passage_text
from pipeline.files import write_file
from pipeline.model import Article, Group
from pipeline.standing import by_target, opinion, shown_group
from pipeline.tables import in_reading_order

# XML 1.0 has no room for these, not even escaped.
_NOT_XML = regex.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
    '<tmx version="1.4">\n'
    '<header creationtool="kpo" creationtoolversion="1" segtype="block" o-tmf="kpo" adminlang="en" '
    'srclang="*all*" datatype="plaintext"/>\n<body>\n'
)


def write_tmx(bundle: Bundle, out: Path) -> list[Path]:
    """Write `alignments.tmx`: one unit a group that reviewers have not rejected."""
    articles = bundle.by_id()
    units = "".join(_unit(group, articles) for group in _kept(bundle))
    return [write_file(out / "alignments.tmx", f"{_HEADER}{units}</body>\n</tmx>\n".encode())]


def write_moses(bundle: Bundle, out: Path) -> list[Path]:
    """Write `moses/<a>-<b>.<a>` and `.<b>`: one line a group, plain text, parallel by line number.

    A third file, `.ids`, gives each line's group, kind and score, separated by tabs.
    """
    articles, groups = bundle.by_id(), list(_kept(bundle))
    written = []
    for left, right in combinations(bundle.languages(), 2):
        pairs = [(group, *_pair(group, left, right, articles)) for group in groups]
        pairs = [pair for pair in pairs if pair[1] and pair[2]]
        if not pairs:
            continue
        columns = {
            left: [text for _, text, _ in pairs],
            right: [text for *_, text in pairs],
            "ids": [f"{group.id}\t{group.kind}\t{group.score:.4f}" for group, *_ in pairs],
        }
        for suffix, lines in columns.items():
            path = out / "moses" / f"{left}-{right}.{suffix}"
            written.append(write_file(path, "".join(f"{line}\n" for line in lines).encode()))
    return written


def xml_text(text: str) -> str:
    """The text as XML content; a character that XML cannot hold becomes U+FFFD."""
    return escape(_NOT_XML.sub("\ufffd", text))


def _kept(bundle: Bundle) -> Iterator[Group]:
    articles, decided = bundle.by_id(), by_target(bundle.decisions)
    for group in in_reading_order(bundle.groups, articles):
        view = opinion(decided.get(group.id, ()), {shown_group(group, articles)})
        if view.verdict != "reject":
            yield group


def _unit(group: Group, articles: Mapping[str, Article]) -> str:
    variants = "".join(
        f"<tuv xml:lang={quoteattr(passage.lang)}>"
        f'<prop type="x-document">{xml_text(articles[passage.document].document.path)}</prop>'
        f"<seg>{xml_text(passage_text(passage, articles[passage.document]))}</seg></tuv>\n"
        for passage in group.passages
    )
    return (
        f'<tu tuid="{group.id}"><prop type="x-kind">{group.kind}</prop>'
        f'<prop type="x-score">{group.score:.4f}</prop>\n{variants}</tu>\n'
    )


def _pair(group: Group, left: str, right: str, articles: Mapping[str, Article]) -> tuple[str, str]:
    def first(lang: str) -> str:
        texts = (passage_text(p, articles[p.document]) for p in group.passages if p.lang == lang)
        return " ".join(next(texts, "").split())

    return first(left), first(right)
