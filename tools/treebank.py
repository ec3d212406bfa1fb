"""Universal Dependencies treebanks as tokens with their spacing, ready to be augmented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

SENTENCE_END = frozenset(".!?…")
CLOSING = frozenset(",.;:!?…)]}%»”")
OPENING = frozenset("([{«“„")
# What hangs on a subject and is a clause of its own.
_CLAUSES = frozenset(("acl", "advcl", "parataxis"))
_IDENTIFIER = re.compile(r"\d+(-\d+)?$")  # a word or a multi-word token; not an empty node (8.1)


@dataclass(frozen=True, slots=True)
class Token:
    """A surface token; `space` says whether white space follows it, `multiword` whether it has parts.

    `subject` says whether it belongs to the subject of what its sentence states.
    """

    text: str
    space: bool = True
    multiword: bool = False
    proper: bool = False
    subject: bool = False


Sentence = tuple[Token, ...]
Paragraph = tuple[Sentence, ...]
Document = tuple[Paragraph, ...]


def read_documents(path: Path) -> list[Document]:
    """The documents of a CoNLL-U file as paragraphs; one document where the file marks none."""
    documents: list[list[list[Sentence]]] = [[[]]]
    for block in path.read_text("utf-8").split("\n\n"):
        lines = block.splitlines()
        if any(line.startswith("# newdoc") for line in lines) and documents[-1][-1]:
            documents.append([[]])
        elif any(line.startswith("# newpar") for line in lines) and documents[-1][-1]:
            documents[-1].append([])
        sentence = tuple(_tokens([line.split("\t") for line in lines if line and not line.startswith("#")]))
        if sentence:
            documents[-1][-1].append(sentence)
    return [tuple(tuple(paragraph) for paragraph in document if paragraph) for document in documents]


@dataclass(frozen=True, slots=True)
class Part:
    """The units of a treebank file whose index modulo `modulus` is in `kept`; all by default.

    A unit is a document, or 20 sentences where the file marks fewer than ten documents.
    """

    file: str
    modulus: int = 1
    kept: tuple[int, ...] = (0,)

    def read(self, folder: Path) -> list[Document]:
        """The chosen documents of `folder`/`file`.conllu."""
        documents = read_documents(folder / f"{self.file}.conllu")
        if self.modulus > 1 and len(documents) < 10:
            sentences = [
                sentence for document in documents for paragraph in document for sentence in paragraph
            ]
            documents = [(tuple(sentences[i : i + 20]),) for i in range(0, len(sentences), 20)]
        return [document for i, document in enumerate(documents) if i % self.modulus in self.kept]


def _tokens(rows: Sequence[list[str]]) -> Iterator[Token]:
    subject = _subject(rows)
    inside = 0  # the last word of the multi-word token that is being passed over
    for row in rows:
        if not _IDENTIFIER.match(row[0]):
            continue
        first, _, last = row[0].partition("-")
        if int(first) <= inside and not last:
            continue
        inside = int(last) if last else inside
        words = range(int(first), int(last or first) + 1)
        space, of_subject = "SpaceAfter=No" not in row[9], not subject.isdisjoint(words)
        yield Token(row[1], space, bool(last), row[3] == "PROPN", of_subject)


def _subject(rows: Iterable[list[str]]) -> set[int]:
    """The words of the subject of a sentence's root."""
    hangs = {int(row[0]): (int(row[6]), row[7].partition(":")[0]) for row in rows if row[0].isdigit()}
    roots = {word for word, (head, _) in hangs.items() if head == 0}
    more = {word for word, (head, relation) in hangs.items() if head in roots and relation == "nsubj"}
    found: set[int] = set()
    while more:
        found |= more
        below = (
            word for word, (head, relation) in hangs.items() if head in more and relation not in _CLAUSES
        )
        more = set(below) - found
    return found


def split_orthographic(sentence: Sentence) -> list[Sentence]:
    """Split where a stop that is a token of its own is followed by a capital.

    Icelandic Modern keeps a form of address and the sentence after it as one ("Herra forseti. Ég
    þakka."). Its abbreviations are single tokens with their dot, so they do not split.
    """
    parts: list[Sentence] = []
    start = 0
    for place in range(1, len(sentence) - 1):
        ends = sentence[place].text in SENTENCE_END and sentence[place].space
        if ends and sentence[place + 1].text[0].isupper():
            parts.append(sentence[start : place + 1])
            start = place + 1
    return [*parts, sentence[start:]]


def detokenise(sentence: Sentence) -> Sentence:
    """Undo the spaces that Italian MarkIT keeps between words and their punctuation."""
    tokens = list(sentence)
    open_quote = False
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        if token.text == '"':
            open_quote = not open_quote
        opens = token.text in OPENING or (token.text == '"' and open_quote)
        closes = token.text in CLOSING or (token.text == '"' and not open_quote)
        if opens or token.text.endswith(("'", "’")):
            tokens[place] = replace(token, space=False)
        if closes and before is not None:
            tokens[place - 1] = replace(before, space=False)
    return tuple(tokens)


def restore_percent(sentence: Sentence) -> Sentence:
    """Icelandic Modern writes `<percent/>` for the sign."""
    return tuple(replace(token, text="%") if token.text == "<percent/>" else token for token in sentence)


def join_clauses(paragraph: Paragraph) -> Paragraph:
    """Undo the sentence ends that some treebanks put at colons and semicolons."""
    joined: list[Sentence] = []
    for sentence in paragraph:
        if joined and joined[-1][-1].text in {":", ";"}:
            joined[-1] = (*joined[-1][:-1], replace(joined[-1][-1], space=True), *sentence)
        else:
            joined.append(sentence)
    return tuple(joined)


def split_at_headings(paragraph: Paragraph) -> list[Paragraph]:
    """Part a paragraph after each sentence that ends in a letter or digit before a capital.

    Treebanks keep no line ends, so a heading runs into the sentence after it. Learnt as it stands,
    that splits before every name.
    """
    parts: list[list[Sentence]] = [[]]
    for sentence, following in zip(paragraph, (*paragraph[1:], None), strict=True):
        parts[-1].append(sentence)
        if following and sentence[-1].text[-1].isalnum() and following[0].text[0].isupper():
            parts.append([])
    return [tuple(part) for part in parts]


def render(paragraph: Iterable[Sentence]) -> tuple[str, list[int]]:
    """The text of a paragraph and stanza's label of each character.

    0 inside a token, 1 its last character, 2 the last one of a sentence; 3 and 4 the same for a
    multi-word token. White space has 0; there is none at the end.
    """
    text: list[str] = []
    labels: list[int] = []
    for sentence in paragraph:
        for place, token in enumerate(sentence):
            last = 3 if token.multiword else 1
            if place == len(sentence) - 1:
                last += 1
            text.append(token.text)
            labels += [0] * (len(token.text) - 1) + [last]
            if token.space:
                text.append(" ")
                labels.append(0)
    joined = "".join(text)
    end = len(joined.rstrip())
    return joined[:end], labels[:end]


def placed(sentence: Sentence) -> tuple[str, list[tuple[int, int]]]:
    """The text of a sentence, and where each of its tokens stands."""
    text, labels = render([sentence])
    ends = [place + 1 for place, label in enumerate(labels) if label]
    return text, [(end - len(token.text), end) for token, end in zip(sentence, ends, strict=True)]


TRAINING: dict[str, tuple[Part, ...]] = {
    "is": (Part("is_modern-train"),),
    "et": (Part("et_ewt-train"),),
    "sv": (Part("sv_talbanken-a"),),
    "ru": (Part("ru_taiga-b"), Part("ru_gsd-dev", 4, (0, 1, 2))),
    "it": (Part("it_markit-train"), Part("it_parlamint-train")),
    "en": (Part("en_ewt-dev", 4, (0, 1, 2)),),
}
"""What each shipped model learns from."""

NOT_FOR_TRADE = frozenset({"et"})
"""Languages whose treebanks may not be used commercially: what serves all of them learns nothing there."""

HELD_OUT: dict[str, tuple[Part, ...]] = {
    "is": (Part("is_modern-dev"),),
    "et": (Part("et_ewt-dev"),),
    "sv": (Part("sv_talbanken-b"),),
    "ru": (Part("ru_gsd-dev", 4, (3,)), Part("ru_taiga-dev")),
    "it": (Part("it_markit-dev"),),
    "en": (Part("en_ewt-dev", 4, (3,)),),
}
"""What is scored, and never trained on."""


def read_parts(parts: Iterable[Part], folder: Path) -> list[Document]:
    """The documents of several parts, in order."""
    return [document for part in parts for document in part.read(folder)]
