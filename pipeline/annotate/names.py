"""Where a text names the concept or one of its neighbours, inflected or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from pipeline.annotate.tokens import has_dictionary, is_known
from pipeline.annotate.words import UNSPACED, Word, same_word, script_of, stop_words, words
from pipeline.concept import ConceptNames
from pipeline.model import Mention, MentionKind, Segment, Span

# English names stand in articles of every language, so they are always looked for.
LINGUA_FRANCA = "en"
LONGEST_SUFFIX = 5
# From one word of a name to the next, function words between them counted.
LONGEST_GAP = 3
_BREAK = regex.compile(r"[.,;:()（）、，。]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name of concept `target` in `lang` as the keys of its content words, in order."""

    target: str
    keys: tuple[str, ...]
    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class AcronymPattern:
    """How acronym `text` of `target` looks in running text, with a suffix or between scripts."""

    target: str
    text: str
    pattern: regex.Pattern[str]


def config_names(concepts: Iterable[ConceptNames], lang: str) -> tuple[Name, ...]:
    """The configured names usable in an article in `lang`, longest first."""
    found = {
        Name(concept.id, content_keys(name, code.split("-")[0]), name, code.split("-")[0])
        for concept in concepts
        for code, names in (*concept.names.items(), (LINGUA_FRANCA, (concept.label,)))
        if code.split("-")[0] in (lang, LINGUA_FRANCA)
        for name in names
    }
    # A name that several languages share is the article's own before it is English.
    return tuple(
        sorted(found, key=lambda n: (-len(n.keys), -len(n.text), n.target, n.text, n.lang != lang, n.lang))
    )


def acronym_patterns(concepts: Iterable[ConceptNames], lang: str) -> tuple[AcronymPattern, ...]:
    """One pattern for each configured acronym, of an article in `lang`.

    Newspapers of some languages, and forums of all, write them small ("kpo-bedrijven"): that is the acronym
    where a dictionary has no such word, as the Dutch one has "sla".
    """
    return tuple(
        AcronymPattern(
            concept.id,
            acronym,
            acronym_pattern(acronym, small=has_dictionary(lang) and not is_known(acronym.lower(), lang)),
        )
        for concept in concepts
        for acronym in concept.acronyms
    )


@lru_cache(maxsize=10_000)  # as are the configured acronyms
def acronym_pattern(acronym: str, *, small: bool = False) -> regex.Pattern[str]:
    """A pattern of `acronym` with a short inflection (`KPO-d`, `KPO'nun`, `KPOs`), of any width.

    The neighbours may be letters of another script (an Arabic article before `KPO`, Chinese
    around it), never of its own. In `small` letters, too, it is no part of an address, and a mark parts
    it from its ending (`kpo's`).
    """
    body = "".join(f"[{regex.escape(c)}{_wide(c)}]" for c in acronym)
    if UNSPACED.search(acronym):
        return regex.compile(body)
    own = rf"\p{{Script={script_of(acronym[0]).capitalize()}}}"
    end = rf"(?![\p{{N}}{own}])"
    letters = f"{{1,{LONGEST_SUFFIX}}}"
    marked = rf"[-‑–:'’][\p{{L}}\p{{M}}--\p{{Lu}}]{letters}"
    suffix, over = rf"(?:{marked}|[{own}--\p{{Lu}}]{letters})", r"(?![\p{L}\p{N}\p{M}])"
    found = rf"{body}(?:{suffix}{over})?"
    if small and acronym.lower() != acronym:
        apart = r"(?<![\p{M}@./\\_])", r"(?![@/\\_]|\.[\p{L}\p{N}])"
        found = rf"(?:{found}|{apart[0]}{regex.escape(acronym.lower())}(?:{marked}{over})?{apart[1]})"
    return regex.compile(rf"(?V1)(?<![\p{{N}}{own}]){found}{end}")


@lru_cache(maxsize=10_000)  # the configured names are asked for with every article
def content_keys(name: str, lang: str) -> tuple[str, ...]:
    """Keys of the words of `name` less function words of `lang`; all of them where one would be left."""
    keys = tuple(word.key for word in words(name))
    stops = stop_words(lang)
    content = tuple(key for key in keys if key not in stops)
    return content if len(content) > 1 else keys


def name_spans(text: str, found: Sequence[Word], name: Name, stops: frozenset[str]) -> list[Span]:
    """Where `name` stands in a text with the words `found`, function words between its own allowed."""
    if UNSPACED.search(name.text):
        return _literally(text, name.text)
    starts = (i for i, word in enumerate(found) if same_word(word.key, name.keys[0]))
    return [span for i in starts if (span := _span_from(text, found, i, name.keys, stops)) is not None]


def _literally(text: str, name: str) -> list[Span]:
    if name not in text:
        return []
    return [Span(*match.span()) for match in regex.finditer(regex.escape(name), text)]


def _span_from(
    text: str, found: Sequence[Word], index: int, keys: Sequence[str], stops: frozenset[str]
) -> Span | None:
    last = _match_rest(text, found, index, keys, stops)
    return None if last is None else Span(found[index].span.start, found[last].span.end)


def find_concepts(
    segments: Sequence[Segment],
    found: Sequence[Sequence[Word]],
    names: Sequence[Name],
    patterns: Sequence[AcronymPattern],
    lang: str,
    kind: MentionKind = "concept",
) -> tuple[Mention, ...]:
    """The mentions in all segments, the longest where several overlap."""
    stops = stop_words(lang)
    literal = [name for name in names if UNSPACED.search(name.text)]
    spaced = [name for name in names if not UNSPACED.search(name.text)]
    # Most words begin no name, and names begin alike: which ones a word may begin is worked out once.
    firsts = tuple(dict.fromkeys(name.keys[0] for name in spaced))
    begins = {
        key: [name for name in spaced if name.keys[0] in alike]
        for key in {word.key for row in found for word in row}
        if (alike := _alike(key, firsts))
    }
    mentions: list[Mention] = []
    for index, segment in enumerate(segments):
        text, row = segment.text, found[index]
        hits = [(Span(*m.span()), p.target) for p in patterns for m in p.pattern.finditer(text)]
        hits += [(span, name.target) for name in literal for span in _literally(text, name.text)]
        hits += [
            (span, name.target)
            for i, word in enumerate(row)
            for name in begins.get(word.key, ())
            if (span := _span_from(text, row, i, name.keys, stops)) is not None
        ]
        mentions += [
            Mention(kind, index, segment.view.source(span), span.of(segment.text), target)
            for span, target in longest(hits)
        ]
    return tuple(mentions)


@lru_cache(maxsize=50_000)
def _alike(key: str, firsts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `firsts` that `key` may be a form of."""
    return tuple(first for first in firsts if same_word(key, first))


def longest(hits: Iterable[tuple[Span, str]]) -> list[tuple[Span, str]]:
    """Of overlapping hits the longest, of equal ones the first; in order of place."""
    kept: list[tuple[Span, str]] = []
    for span, target in sorted(hits, key=lambda hit: (-len(hit[0]), hit[0].start, hit[1])):
        if not any(span.overlap(other) for other, _ in kept):
            kept.append((span, target))
    return sorted(kept)


def _match_rest(
    text: str, found: Sequence[Word], index: int, keys: Sequence[str], stops: frozenset[str]
) -> int | None:
    """The index of the last word where the words from `index` read `keys`, or None."""
    for key in keys[1:]:
        previous = index
        index += 1
        while index < len(found) and found[index].key in stops and not same_word(found[index].key, key):
            index += 1
        if index >= len(found) or not same_word(found[index].key, key):
            return None
        if index - previous > LONGEST_GAP or _BREAK.search(
            text, found[previous].span.end, found[index].span.start
        ):
            return None
    return index


def _wide(character: str) -> str:
    """The full-width twin of an ASCII character, as Japanese and Chinese texts write it."""
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else ""


def name_of(target: str, text: str, lang: str) -> Name:
    """The name that an article itself gives to `target`."""
    return Name(target, content_keys(text, lang), text, lang)
