"""Sentence and token F1 of the shipped splitters beside five rule splitters, and their speed.

    python benchmarks/segmentation.py --data ../shared/data [--check]

Sentences and tokens are right where both ends are, counted in characters that are not white space,
as the CoNLL 2018 shared task does. Texts: the held-out parts of `tools/treebank.py`, paragraphs
of at most 50 sentences; the documents of the PUD news, sentences joined by a space; and the hand-
written ones of `sentences.yaml`, a paragraph a language, for the languages without a model.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from augment import Noise
from endings import drop_last_stop, glue
from noise import change_case, restyle_quotes
from treebank import HELD_OUT, Document, Paragraph, read_parts, render, split_orthographic

from pipeline.config import SegmentSettings
from pipeline.model import Span
from pipeline.segment.splitters import Splitters, load_splitters

LANGUAGES = ("is", "ru", "it", "sv", "et", "en")
LONGEST = 50  # sentences a paragraph
Split = Callable[[Sequence[str], str], list[list[Span]]]


@dataclass(frozen=True, slots=True)
class Gold:
    """A text with its sentences and tokens; no tokens where the corpus has none.

    `multiword` are the tokens that stand for several words (Italian `della`, English `don't`).
    """

    text: str
    sentences: list[Span]
    tokens: list[Span]
    multiword: list[Span]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of spans: found rightly, found at all, and in the gold."""

    right: int = 0
    found: int = 0
    gold: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.gold + other.gold)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, in percent."""
        return 200 * self.right / max(1, self.found + self.gold)


NOISE: dict[str, Noise] = {
    "no space": glue,
    "capitals": lambda paragraph, _: change_case(paragraph, str.upper),
    "small letters": lambda paragraph, _: change_case(paragraph, str.lower),
    "other quotes": restyle_quotes,
    "no last stop": drop_last_stop,
}


def treebank_texts(lang: str, folder: Path, noise: Noise = lambda paragraph, _: paragraph) -> list[Gold]:
    """The held-out paragraphs of a language, Icelandic split at every orthographic sentence."""
    rng = random.Random(0)  # noqa: S311 - noise, not secrets
    return [
        gold_of(noise(paragraph[i : i + LONGEST], rng))
        for document in held_out(lang, folder)
        for paragraph in document
        for i in range(0, len(paragraph), LONGEST)
    ]


def held_out(lang: str, folder: Path) -> list[Document]:
    """The documents that the language's model has not seen."""
    documents = read_parts(HELD_OUT[lang], folder)
    if lang != "is":
        return documents
    return [
        tuple(tuple(part for s in paragraph for part in split_orthographic(s)) for paragraph in document)
        for document in documents
    ]


def gold_of(paragraph: Paragraph) -> Gold:
    """The text of annotated sentences, with the places of its sentences and tokens."""
    text, labels = render(paragraph)
    ends = [i + 1 for i, label in enumerate(labels) if label]
    last = [i + 1 for i, label in enumerate(labels) if label in (2, 4)]
    tokens = _between(text, ends)
    return Gold(text, _between(text, last), tokens, [token for token in tokens if labels[token.end - 1] >= 3])


def _between(text: str, ends: Iterable[int]) -> list[Span]:
    spans = []
    start = 0
    for end in ends:
        start += len(text[start:end]) - len(text[start:end].lstrip())
        spans.append(Span(start, end))
        start = end
    return spans


def news_texts(lang: str, folder: Path) -> list[Gold]:
    """The PUD documents of a language; the first six characters of an id name the document."""
    lines = [line.split("\t") for line in (folder / f"{lang}.tsv").read_text("utf-8").splitlines()]
    texts = []
    for _, group in itertools.groupby(lines, key=lambda line: line[0][:6]):
        sentences = [line[1].strip() for line in group]
        ends = list(itertools.accumulate(len(sentence) + 1 for sentence in sentences))
        text = " ".join(sentences)
        texts.append(Gold(text, _between(text, (end - 1 for end in ends)), [], []))
    return texts


def written_texts(path: Path) -> dict[str, list[Gold]]:
    """The paragraph of each language of `sentences.yaml`; Chinese and Japanese have no spaces."""
    texts = {}
    for lang, sentences in yaml.safe_load(path.read_text("utf-8")).items():
        space = "" if lang in {"zh", "ja"} else " "
        ends = itertools.accumulate(len(sentence + space) for sentence in sentences)
        text = space.join(sentences)
        texts[lang] = [Gold(text, _between(text, (end - len(space) for end in ends)), [], [])]
    return texts


def score(
    texts: Sequence[Gold], found: Sequence[Sequence[Span]], gold: Callable[[Gold], list[Span]]
) -> Score:
    """Compare spans by the characters that they cover, white space aside."""
    total = Score()
    for text, spans in zip(texts, found, strict=True):
        visible = [0, *itertools.accumulate(not c.isspace() for c in text.text)]
        ours, theirs = (
            {(visible[span.start], visible[span.end]) for span in side} for side in (spans, gold(text))
        )
        total += Score(len(ours & theirs), len(ours), len(theirs))
    return total


def found_in_order(text: str, parts: Iterable[str]) -> list[Span]:
    """The places of a splitter's strings in the text, by counting visible characters."""
    visible = [i for i, c in enumerate(text) if not c.isspace()]
    spans = []
    start = 0
    for part in parts:
        width = sum(not c.isspace() for c in part)
        if width and start + width <= len(visible):
            spans.append(Span(visible[start], visible[start + width - 1] + 1))
        start += width
    return spans


def _each(split: Callable[[str], Iterable[str]]) -> Callable[[Sequence[str]], list[list[Span]]]:
    return lambda texts: [found_in_order(text, split(text)) for text in texts]


def spacy_rules(texts: Sequence[str], lang: str) -> list[list[Span]]:
    """SpaCy's sentencizer over its rule tokeniser."""
    import spacy

    try:
        nlp = spacy.blank(lang)
    except ImportError:  # its tokeniser is a package of its own, or there is none
        nlp = spacy.blank("xx")
    nlp.add_pipe("sentencizer")
    return _each(lambda text: (sentence.text for sentence in nlp(text).sents))(texts)


def pysbd_rules(texts: Sequence[str], lang: str) -> list[list[Span]]:
    """Pysbd; English rules for the languages that it lacks."""
    import pysbd
    from pysbd.languages import LANGUAGE_CODES

    segmenter = pysbd.Segmenter(language=lang if lang in LANGUAGE_CODES else "en", clean=False)
    return _each(segmenter.segment)(texts)


def yasbd_rules(texts: Sequence[str], lang: str) -> list[list[Span]]:
    """Yasbd; English rules for the languages that it lacks."""
    import yasbd

    detector = yasbd.BoundaryDetector(lang if lang in yasbd.get_supported_langs() else "en")
    return _each(detector.segment)(texts)


def simplemma_rules(texts: Sequence[str], lang: str) -> list[list[Span]]:
    """Simplemma's sentence splitter."""
    import simplemma

    return _each(lambda text: simplemma.split_sentences(text, lang))(texts)


def sentencex_rules(texts: Sequence[str], lang: str) -> list[list[Span]]:
    """Wikimedia's sentencex, which falls back to a related language by itself."""
    import sentencex

    return _each(lambda text: sentencex.segment(lang, text))(texts)


PEERS: dict[str, Split] = {
    "spaCy": spacy_rules,
    "pysbd": pysbd_rules,
    "yasbd": yasbd_rules,
    "simplemma": simplemma_rules,
    "sentencex": sentencex_rules,
}


def measure(split: Split, texts: Sequence[Gold], lang: str) -> tuple[float, float]:
    """Sentence F1, and milliseconds of processor time a gold sentence with the model loaded."""
    split([texts[0].text], lang)
    began = time.process_time()
    found = split([text.text for text in texts], lang)
    spent = time.process_time() - began
    return score(texts, found, lambda t: t.sentences).f1, 1000 * spent / sum(len(t.sentences) for t in texts)


def table(head: Sequence[str], rows: Iterable[Sequence[str | float]]) -> str:
    """A Markdown table; figures with two places."""
    lines = [list(head), ["---"] + ["--:"] * (len(head) - 1)]
    lines += [[cell if isinstance(cell, str) else f"{cell:.2f}" for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def sentence_table(
    title: str, texts: dict[str, list[Gold]], systems: dict[str, Split]
) -> tuple[str, dict[str, float]]:
    """One row a language, one column a system, and the macro average of each system."""
    figures = {
        name: {lang: measure(split, golds, lang) for lang, golds in texts.items()}
        for name, split in systems.items()
    }
    macro = {name: sum(f1 for f1, _ in row.values()) / len(row) for name, row in figures.items()}
    speed = {name: sum(ms for _, ms in row.values()) / len(row) for name, row in figures.items()}
    rows = [[lang, *(figures[name][lang][0] for name in systems)] for lang in texts]
    rows += [["macro", *macro.values()], ["ms a sentence", *speed.values()]]
    return table([title, *systems], rows), macro


def token_figures(bank: dict[str, list[Gold]], splitters: Splitters) -> tuple[float, str]:
    """Macro token F1, and a table of tokens and of multi-word tokens, these where the corpus has any."""
    tokens, multiword = {}, {}
    for lang, golds in bank.items():
        found = [splitters.tokens(gold.text, lang) for gold in golds]
        tokens[lang] = score(golds, found, lambda t: t.tokens).f1
        of_several = score(
            golds, [splitters.multiword(gold.text, lang) for gold in golds], lambda t: t.multiword
        )
        multiword[lang] = f"{of_several.f1:.2f} ({of_several.gold})" if of_several.gold else "none there"
    macro = sum(tokens.values()) / len(tokens)
    rows: list[list[str | float]] = [
        ["tokens", *tokens.values(), macro],
        ["multi-word tokens", *multiword.values(), ""],
    ]
    return macro, table(["UD", *tokens, "macro"], rows)


def noise_table(folder: Path, systems: dict[str, Split]) -> str:
    """Macro sentence F1 over the languages, one row a kind of noise."""
    rows = []
    for name, noise in NOISE.items():
        texts = {lang: treebank_texts(lang, folder, noise) for lang in LANGUAGES}
        macro = {
            system: sum(measure(split, golds, lang)[0] for lang, golds in texts.items()) / len(texts)
            for system, split in systems.items()
        }
        rows.append([name, *macro.values()])
    return table(["UD sentences, noise", *systems], rows)


def main() -> int:
    """Print the tables; with --check fail below the floors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds ud/ and pud/")
    parser.add_argument("--check", action="store_true", help="fail below benchmarks/floors.yaml")
    args = parser.parse_args()
    splitters = load_splitters(SegmentSettings())
    systems = {"kpo": splitters.split_many, **PEERS}
    bank = {lang: treebank_texts(lang, args.data / "ud") for lang in LANGUAGES}
    news = {lang: news_texts(lang, args.data / "pud") for lang in LANGUAGES if lang != "et"}
    bank_table, bank_macro = sentence_table("UD sentences", bank, systems)
    news_table, news_macro = sentence_table("PUD sentences", news, systems)
    other = written_texts(Path(__file__).with_name("sentences.yaml"))
    other_table, other_macro = sentence_table("Other languages", other, systems)
    noisy = noise_table(args.data / "ud", systems)
    tokens, token_table = token_figures(bank, splitters)
    print(bank_table, news_table, token_table, noisy, other_table, sep="\n\n")
    measured = {
        "ud_sentence_f1": bank_macro["kpo"],
        "pud_sentence_f1": news_macro["kpo"],
        "ud_token_f1": tokens,
        "other_sentence_f1": other_macro["kpo"],
    }
    floors = yaml.safe_load(Path(__file__).with_name("floors.yaml").read_text("utf-8"))["segmentation"]
    fallen = {name: figure for name, figure in measured.items() if figure < floors[name]}
    for name, figure in fallen.items():
        print(f"{name} fell to {figure:.2f}, below its floor of {floors[name]}", file=sys.stderr)
    return 1 if args.check and fallen else 0


if __name__ == "__main__":
    sys.exit(main())
