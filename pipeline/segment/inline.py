"""Inline markup resolved with exact places: which characters of a paragraph a reader sees.

markdown-it decides what is emphasis, a link or code; its inline tokens carry no places, so every
rule is wrapped to note where it began and ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cache

import regex
from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

Rule = Callable[[StateInline, bool], bool]

_TRACKED = (
    "newline",
    "escape",
    "backticks",
    "emphasis",
    "link",
    "image",
    "autolink",
    "html_inline",
    "entity",
)
_MARKED = regex.compile(r"[*_`\[<&\\]")
_DEFINITION = regex.compile(r"^ {0,3}\[(?!\^)([^\[\]\n]{1,200})\]:[ \t]*\S", regex.M)
_WIKI = regex.compile(
    r"'{2,5}"
    r"|\[\[(?:[^\[\]|\n]{0,200}\|)?(?P<link>[^\[\]|\n]{1,300})\]\]"
    r"|\[(?:https?:)?//[^\s\]]+(?:[ \t]+(?P<external>[^\]\n]{1,300}))?\]"
    r"|<ref\b[^<>]{0,300}/>|<ref\b[^<>]{0,300}>[^<]{0,2000}</ref>|\{\{[^{}]{0,2000}\}\}|</?[a-zA-Z][^<>]{0,300}>|<!--.{0,2000}?-->",
    regex.S,
)


@dataclass(frozen=True, slots=True)
class Atom:
    """Characters `start` to `end` of a paragraph, seen as they are, or as `shown`."""

    start: int
    end: int
    shown: str | None = None


def link_labels(text: str) -> frozenset[str]:
    """The labels of the link definitions of a Markdown text, as its parser compares them."""
    return frozenset(normalizeReference(match[1]) for match in _DEFINITION.finditer(text))


def markdown_atoms(paragraph: str, labels: Set[str] = frozenset()) -> list[Atom]:
    """What a reader sees of a paragraph of Markdown, in order; the rest is markup.

    Args:
        paragraph: its lines, joined by newlines.
        labels: labels of link definitions elsewhere in the text.
    """
    if not _MARKED.search(paragraph):
        return [Atom(0, len(paragraph))]
    tokens: list[Token] = []
    md = _inline_parser()
    references = {label: {"href": "", "title": ""} for label in labels}
    md.inline.parse(paragraph, md, {"references": references}, tokens)
    atoms: list[Atom] = []
    at = 0
    for token in tokens:
        start, end = token.meta.get("place", (at, at + len(token.content)))
        atoms.extend(_seen(paragraph, token, start, end))
        at = start + 1 if token.type == "link_open" else end
    return atoms


def _seen(paragraph: str, token: Token, start: int, end: int) -> list[Atom]:
    if token.type == "text":
        return [Atom(start, end)] if token.content else []
    if token.type == "text_special":
        return [Atom(start, end, token.content)]
    if token.type in ("softbreak", "hardbreak"):
        return [Atom(start, end, " ")]
    if token.type == "code_inline":
        inside = paragraph.find(token.content.split(" ")[0] or " ", start + len(token.markup))
        return [Atom(inside, inside + len(token.content))]
    if token.type == "html_inline" and regex.match(r"<(?:br|hr|p|li|td)\b", token.content, regex.I):
        return [Atom(start, end, " ")]
    return []


@cache
def _inline_parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"maxNesting": 20})
    # Left apart, neighbouring texts keep their places.
    md.inline.ruler2.disable(["fragments_join"])
    for name in _TRACKED:
        rule = next(rule for rule in md.inline.ruler.__rules__ if rule.name == name).fn
        md.inline.ruler.at(name, _noting_places(rule))
    return md


def _noting_places(rule: Rule) -> Rule:
    def noting(state: StateInline, silent: bool) -> bool:
        start, before, pending = state.pos, len(state.tokens), bool(state.pending)
        matched = rule(state, silent)
        if matched and not silent:
            _note(state.tokens[before + pending :], start, state.pos)
        return matched

    return noting


def _note(made: Sequence[Token], start: int, end: int) -> None:
    if not made:
        return
    if made[0].type == "link_open":
        made[0].meta["place"] = (start, start)
        made[-1].meta["place"] = (end, end)
        for token in made[1:-1]:
            if made[0].markup == "autolink":
                token.meta["place"] = (start + 1, end - 1)
    elif made[0].type == "text":  # delimiters of emphasis, one token a character
        for offset, token in enumerate(made):
            token.meta["place"] = (start + offset, start + offset + len(token.content))
    else:
        made[0].meta["place"] = (start, end)


def wiki_atoms(paragraph: str) -> list[Atom]:
    """What a reader sees of a paragraph of MediaWiki text: links by their label, no references."""
    atoms: list[Atom] = []
    at = 0
    for match in _WIKI.finditer(paragraph):
        if match.start() > at:
            atoms.append(Atom(at, match.start()))
        for name in ("link", "external"):
            if match[name]:
                atoms.append(Atom(*match.span(name)))
        at = match.end()
    if at < len(paragraph):
        atoms.append(Atom(at, len(paragraph)))
    return atoms
