"""The readable main content of an HTML page, as a Markdown-like text layer."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import InputError

_MEND = "save the article's text as .txt or .md"


@dataclass(frozen=True, slots=True)
class Layer:
    """What a page shows as its article; `declared` is the language it names for itself."""

    text: str
    title: str | None
    declared: str | None


def text_layer(page: str, path: str) -> Layer:
    """Extract the main content of `page` with its headings, lists and tables.

    Raises:
        InputError: the page cannot be parsed or shows no text.
    """
    import trafilatura
    from lxml import etree
    from lxml import html as lxml_html

    try:
        # Bytes, because lxml refuses a str that carries an XML encoding declaration.
        tree = lxml_html.document_fromstring(
            page.encode("utf-8"), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
        declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        found = trafilatura.extract(
            tree, output_format="markdown", include_tables=True, include_comments=False,
            include_links=False, include_images=False, deduplicate=False, favor_recall=True,
        )  # fmt: skip
        meta = trafilatura.extract_metadata(tree)
        if not found:
            found = trafilatura.html2txt(tree)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, RecursionError, UnicodeError) as error:
        raise InputError(f"the HTML cannot be read: {error}"[:200], path=path, mend=_MEND) from error
    text = (found or "").strip()
    if not text:
        raise InputError("the HTML shows no article", path=path, mend=_MEND)
    title = meta.title.strip() if meta and meta.title else None
    if title and title not in text[: len(title) + 400]:
        text = f"# {title}\n\n{text}"
    return Layer(f"{text}\n", title, declared)
