"""The same plain facts in many layouts: which of them the record has in each, in any of several languages.

    python benchmarks/extraction_invariance.py [lists concepts words rows] [--worst 12]

What a layout changes is the layout's doing, since the facts are the same (a metamorphic test; Chen, Cheung
and Yiu 1998). `lists` are five lists under headings, `concepts` those of the concept and of another one in
one article (facts of that one are wrong), `words` lists of single words, `rows` comparisons.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from pipeline.align import find_families
from pipeline.annotate import annotate
from pipeline.config import load
from pipeline.embed import load_encoder
from pipeline.extract import Tag, Tagger, Tags, extract, load_judge, load_tagger
from pipeline.ingest import read_document
from pipeline.model import Extraction
from pipeline.segment import load_splitters, segment

HERE = Path(__file__).parent
Lines = Callable[[int, str], str]
Facts = Mapping[str, Any]
ROMAN, LETTERS = ("i", "ii", "iii", "iv", "v", "vi", "vii"), "abcdefg"

HEADINGS: dict[str, Lines] = {
    "## Heading": lambda i, h: f"## {h}",
    "**Heading**": lambda i, h: f"**{h}**",
    "Heading": lambda i, h: h,
    "HEADING": lambda i, h: h.upper(),
    "Heading:": lambda i, h: f"{h}:",
    "1. Heading": lambda i, h: f"{i + 1}. {h}",
    "1) Heading": lambda i, h: f"{i + 1}) {h}",
    "2.1 Heading": lambda i, h: f"2.{i + 1} {h}",
    "I. Heading": lambda i, h: f"{ROMAN[i].upper()}. {h}",
    "a) Heading": lambda i, h: f"{LETTERS[i]}) {h}",
    "§ 1 Heading": lambda i, h: f"§ {i + 1} {h}",
    "== Heading ==": lambda i, h: f"== {h} ==",
    "underlined": lambda i, h: f"{h}\n{'-' * len(h)}",
}
MARKS: dict[str, Lines] = {
    "- item": lambda i, x: f"- {x}",
    "* item.": lambda i, x: f"* {x}.",
    "• item": lambda i, x: f"• {x}",
    "1. item": lambda i, x: f"{i + 1}. {x}",
    "a) item;": lambda i, x: f"{LETTERS[i]}) {x};",
    "(i) item": lambda i, x: f"({ROMAN[i]}) {x}",
    "– item;": lambda i, x: f"– {x};",
    "→ item": lambda i, x: f"→ {x}",
    "✅ item": lambda i, x: f"✅ {x}",
    "Item": lambda i, x: x.capitalize(),
    "Item.": lambda i, x: f"{x.capitalize()}.",
    "item;": lambda i, x: f"{x};",
    "№1 item": lambda i, x: f"№{i + 1} {x}",
}
INLINE: dict[str, str] = {"a, b, c.": ", ", "a; b; c.": "; ", "a / b / c": " / ", "a · b · c": " · "}
MARKED = {"## Heading", "**Heading**", "underlined"}


@dataclass(frozen=True, slots=True)
class Text:
    """An article in one layout, with the facts that it states of the concept, and of another one.

    `facts` are (slot, text) pairs; of a comparison the slot is empty and the text the concept's side.
    """

    layout: str
    lang: str
    name: str
    text: str
    facts: tuple[tuple[str, str], ...]
    foreign: tuple[str, ...] = ()


def lists(data: Facts) -> Iterator[Text]:
    """Lists under headings: each kind of heading, each kind of item, and lists in one line."""
    layouts = [(heading, "- item") for heading in HEADINGS]
    layouts += list(product(("## Heading", "Heading", "Heading:"), MARKS))
    for (heading, mark), (lang, facts) in product(dict.fromkeys(layouts), data.items()):
        sections = [
            (one["heading"], "\n".join(MARKS[mark](k, item) for k, item in enumerate(one["items"])))
            for one in facts["lists"]
        ]
        yield _listed(f"{heading} over {mark}", lang, heading, facts, sections)
    for (layout, mark), (lang, facts) in product(INLINE.items(), data.items()):
        sections = [(one["heading"], mark.join(one["items"])) for one in facts["lists"]]
        yield _listed(f"## Heading over {layout}", lang, "## Heading", facts, sections)


def _listed(layout: str, lang: str, heading: str, facts: Facts, sections: Sequence[tuple[str, str]]) -> Text:
    marked = heading in MARKED
    parts = [f"# {facts['title']}" if marked else facts["title"], facts["intro"]]
    last = (facts["last"]["heading"], facts["last"]["text"])
    parts += [f"{HEADINGS[heading](i, h)}\n\n{body}" for i, (h, body) in enumerate([*sections, last])]
    stated = tuple((one["slot"], item) for one in facts["lists"] for item in one["items"])
    return Text(layout, lang, "a.md" if marked else "a.txt", "\n\n".join(parts) + "\n", stated)


def concepts(data: Facts) -> Iterator[Text]:
    """Two concepts in one article, in either order."""
    for lang, facts in data.items():
        made = facts["concepts"]
        for order in (list(made), list(made)[::-1]):
            for layout, name, text, slots in _both(lang, facts, order):
                own = tuple((slot, item) for slot in slots for item in made["KPO"][slot])
                others = tuple(item for slot in slots for item in made["BPO"][slot])
                yield Text(layout, lang, name, text, own, others)


def _both(lang: str, facts: Facts, order: Sequence[str]) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    made, headings, title = facts["concepts"], facts["headings"], facts["title"]
    kinds, sentences, carried = list(headings), facts["sentences"], facts["carried"]

    def items(one: str, kind: str) -> str:
        return "\n".join(f"- {item}" for item in made[one][kind])

    def enumerated(one: str, kind: str) -> str:
        return ("、" if lang == "ja" else ", ").join(made[one][kind])

    def sections(top: str, sub: str, after: str = "\n\n") -> str:
        return "\n\n".join(
            f"{top.format(one)}\n\n{made[one]['definition']}\n\n"
            + "\n\n".join(f"{sub.format(headings[kind])}{after}{items(one, kind)}" for kind in kinds)
            for one in order
        )

    def by_kind(head: str, body: Callable[[str, str], str]) -> str:
        defined = "\n\n".join(made[one]["definition"] for one in order)
        return defined + "".join(
            f"\n\n## {headings[kind]}\n\n"
            + "\n\n".join(f"{head.format(one)}{body(one, kind)}" for one in order)
            for kind in kinds
        )

    def told(templates: Mapping[str, str], parted: str) -> str:
        return parted.join(
            " ".join(
                [made[one]["definition"]]
                + [templates[kind].format(c=one, x=enumerated(one, kind)) for kind in templates]
            )
            for one in order
        )

    table = "\n".join(
        f"| {headings[kind]} | " + " | ".join(enumerated(one, kind) for one in order) + " |" for kind in kinds
    )
    texts = {
        "subheadings": sections("## {}", "### {}"),
        "headings of one level": sections("## {}", "## {}"),
        "kinds, then names": by_kind("### {}\n\n", items),
        "kinds, then bold names": by_kind("**{}**\n\n", items),
        "kinds, then names with colons": by_kind("{}:\n\n", items),
        "names with colons and commas": by_kind("{}: ", enumerated),
        "table": f"| | {' | '.join(order)} |\n|---|---|---|\n{table}",
    }
    for layout, text in texts.items():
        yield layout, "a.md", f"# {title}\n\n{text}\n", kinds
    yield "plain headings", "a.txt", f"{title}\n\n{sections('{}', '{}', chr(10))}\n", kinds
    yield (
        "sentences that name them",
        "a.md",
        f"# {title}\n\n{told(sentences, f'{chr(10)}{chr(10)}')}\n",
        kinds,
    )
    yield (
        "sentences that name none",
        "a.md",
        f"# {title}\n\n{told(carried, f'{chr(10)}{chr(10)}')}\n",
        list(carried),
    )
    yield "both in one paragraph", "a.md", f"# {title}\n\n{told(carried, ' ')}\n", list(carried)


def words(data: Facts) -> Iterator[Text]:
    """Lists of one or two words under headings in several wordings."""
    for lang, facts in data.items():
        for turn in range(max(len(one["headings"]) for one in facts["slots"].values())):
            sections = [
                (one["headings"][turn % len(one["headings"])], one["items"])
                for one in facts["slots"].values()
            ]
            body = "\n\n".join(f"## {h}\n\n" + "\n".join(f"- {x}" for x in items) for h, items in sections)
            stated = tuple((slot, item) for slot, one in facts["slots"].items() for item in one["items"])
            yield Text("words under headings", lang, "a.md", f"# KPO\n\n{facts['intro']}\n\n{body}\n", stated)


def rows(data: Facts) -> Iterator[Text]:
    """Comparisons in tables and lists."""
    for lang, facts in data.items():
        basis, compared = facts["basis"], facts["rows"]

        def table(
            cells: str, rule: str = "", basis: str = basis, compared: Sequence[Sequence[str]] = compared
        ) -> str:
            lines = [cells.format(a, x, y) for a, x, y in [(basis, "BPO", "KPO"), *compared]]
            return "\n".join([lines[0], *([rule] if rule else []), *lines[1:]])

        listed = [f"- **{a}**: BPO – {x}; KPO – {y}" for a, x, y in compared]
        under = [f"### {a}\n\n- BPO: {x}\n- KPO: {y}" for a, x, y in compared]
        ruled = f"+{'-' * 20}+{'-' * 26}+{'-' * 26}+"
        head = f"# KPO\n\n{facts['intro']}\n\n## {facts['heading']}\n\n"
        plain = f"KPO\n\n{facts['intro']}\n\n"
        layouts = {
            "| a | b | c |": ("a.md", head + table("| {} | {} | {} |", "|---|---|---|")),
            "a | b | c": ("a.txt", plain + table("{} | {} | {}")),
            "tabs": ("a.txt", plain + table("{}\t{}\t{}")),
            "columns of spaces": ("a.txt", plain + table("{:<20}{:<26}{}")),
            "ruled": ("a.txt", plain + table("| {} | {} | {} |", ruled)),
            "a cell a line": ("a.txt", plain + table("{}\n{}\n{}")),
            "a cell a paragraph": ("a.txt", plain + table("{}\n\n{}\n\n{}\n").replace("\n\n\n", "\n\n")),
            "lists": ("a.md", head + "\n".join(listed)),
            "subheadings": ("a.md", head + "\n\n".join(under)),
        }
        stated = tuple(("", y) for *_, y in compared)
        for layout, (name, text) in layouts.items():
            yield Text(layout, lang, name, f"{text}\n", stated)


KINDS = {"lists": lists, "concepts": concepts, "words": words, "rows": rows}


class Reader:
    """The pipeline on one text at a time, loaded once."""

    def __init__(self, path: Path) -> None:
        self.config = load(path)
        self.encoder = load_encoder(self.config.embed)
        self.judge = load_judge(self.config, self.encoder.encode)
        tagger = self.config.tagger_path
        self.tag = self._tag(load_tagger(tagger, self.encoder.card.name)) if tagger else None
        self.splitters = load_splitters(self.config.segment)

    def __call__(self, one: Text) -> Extraction:
        """What a text states."""
        concept = self.config.concept
        document = read_document(one.text.encode(), one.name, self.config.ingest)
        article = segment(document, self.splitters, self.config.segment)
        notes = annotate(article, (concept.name, *concept.neighbours, *concept.terms))
        x = self.encoder.encode([piece.text for piece in article.segments])
        (family,) = find_families([article], [x], self.config.align)
        encode = self.encoder.encode
        return extract(family, [article], [notes], [x], (), self.judge, encode, self.config, self.tag)

    def _tag(self, tagger: Tagger) -> Tag:
        def tag(texts: Sequence[str]) -> list[Tags]:
            return [tagger.unpacked(kept) for kept in tagger(self.encoder.states(list(texts)))]

        return tag


def score(one: Text, found: Extraction) -> Counter[str]:
    """How many facts are wanted and found, and how many are another concept's."""
    quotes = [(claim.slot, each.quote.casefold()) for claim in found.claims for each in claim.evidence]
    stated = [(slot, quote) for slot, quote in quotes if slot not in ("definition", "broader", "related")]
    stated += [
        ("", each.quote.casefold())
        for row in found.contrasts
        for side, some in row.sides
        if side == "KPO"
        for each in some
    ]
    hits = [
        any(slot == told and (text.casefold() in quote or quote in text.casefold()) for told, quote in stated)
        for slot, text in one.facts
    ]
    wrong = [any(text.casefold() in quote for _, quote in stated) for text in one.foreign]
    return Counter(wanted=len(hits), found=sum(hits), wrong=sum(wrong))


def main() -> None:
    """Print a line a kind, and the layouts that lose most."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], default=[])
    parser.add_argument("--config", type=Path, default=HERE.parent / "configs" / "kpo.yaml")
    parser.add_argument("--worst", type=int, default=12, help="how many layouts that lose facts are listed")
    arguments = parser.parse_args()
    data = yaml.safe_load((HERE / "extraction_invariance.yaml").read_text(encoding="utf-8"))
    read = Reader(arguments.config)
    print(f"{'':<10}{'layouts':>8}{'articles':>9}{'facts':>7}{'found':>7}{'share':>7}{'wrong':>7}")
    for kind in arguments.kinds or KINDS:
        by_layout: dict[str, Counter[str]] = {}
        texts = list(KINDS[kind](data[kind]))
        for one in texts:
            by_layout.setdefault(one.layout, Counter()).update(score(one, read(one)))
        total = sum(by_layout.values(), Counter())
        share = total["found"] / total["wanted"]
        print(
            f"{kind:<10}{len(by_layout):>8}{len(texts):>9}{total['wanted']:>7}{total['found']:>7}"
            f"{share:>7.3f}{total['wrong']:>7}"
        )
        lost = {layout: c["wanted"] - c["found"] + c["wrong"] for layout, c in by_layout.items()}
        for layout in sorted(lost, key=lambda layout: -lost[layout])[: arguments.worst]:
            if lost[layout]:
                c = by_layout[layout]
                print(f"  {c['found']:>4} of {c['wanted']:<4} {c['wrong']:>3} wrong  {layout}")


if __name__ == "__main__":
    main()
