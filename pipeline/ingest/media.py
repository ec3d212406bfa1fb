"""What kind of markup a text is written in, judged by its content; the suffix only breaks ties."""

from __future__ import annotations

from pathlib import PurePosixPath

import regex

from pipeline.ingest.frontmatter import front_matter_end
from pipeline.model import Media

_HTML_START = regex.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    regex.I | regex.S,
)
_HTML_BLOCK = regex.compile(r"</(?:p|div|h[1-6]|li|ul|ol|table|tr|td|article|section|span)\s*>", regex.I)
# Every stretch is bounded, so that no text can make the search look far ahead from every character.
_WIKI = regex.compile(
    r"^(={2,6})[^=\n\r]{1,200}\1[ \t]*$|'''[^'\n]{1,200}'''|\[\[[^\[\]\n]{1,200}\]\]|^\{\|", regex.M
)
_MARKDOWN = regex.compile(
    r"^ {0,3}#{1,6}[ \t]+\S|\[[^\[\]\n]{1,200}\]\([^()\s]{1,300}\)|\*\*[^*\s][^*\n]{0,200}\*\*"
    r"|^ {0,3}(?:```|~~~)|^ {0,3}\|?[ \t]*:?-{3,99}:?[ \t]*\|[ \t|:-]{0,999}$"
    r"|(?<![\w_])__[^_\s][^_\n]{0,200}__(?![\w_])|^ {0,3}> \S|!\[[^\[\]\n]{0,200}\]\(",
    regex.M,
)
_SUFFIXES: dict[str, Media] = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown",
    ".wiki": "wiki", ".mediawiki": "wiki",
}  # fmt: skip
_SAMPLE = 200_000


def media_of(text: str, path: str) -> Media:
    """Judge the markup of `text`: a page of HTML, MediaWiki, Markdown or plain text."""
    sample = text[:_SAMPLE]
    if _HTML_START.match(sample):
        return "html"
    suffix = PurePosixPath(path).suffix.lower()
    blocks = len(_HTML_BLOCK.findall(sample))
    if blocks >= 3 and (suffix in {".html", ".htm", ".xhtml"} or blocks * 200 > len(sample)):
        return "html"
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    wiki, markdown = len(_WIKI.findall(sample)), len(_MARKDOWN.findall(sample))
    if wiki > markdown:
        return "wiki"
    return "markdown" if markdown or front_matter_end(sample) else "text"
