"""The report: one self-contained page that reads its data from a block of JSON inside itself."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from pathlib import Path

import msgspec

from pipeline.bundle import Bundle
from pipeline.export.report_data import report_data
from pipeline.files import write_file

SCRIPTS = ("model.js", "elements.js", "pictures.js", "record.js", "passages.js", "reader.js", "main.js")
# In a block of JSON, these would end the block or be taken for line ends of the script around it.
_ESCAPES = {char.encode(): b"\\u%04x" % ord(char) for char in "<>&\u2028\u2029"}


def write_report(bundle: Bundle, out: Path) -> list[Path]:
    """Write `report.html`.

    Nothing of an article is ever read as markup: its text travels as JSON and reaches the page as
    text nodes, and a content security policy allows no script and no style but the page's own.
    """
    return [write_file(out / "report.html", page(report_data(bundle)).encode())]


def page(data: dict[str, object]) -> str:
    """The page for the data."""
    import jinja2

    folder = resources.files("pipeline.export") / "page"
    style = (folder / "page.css").read_text(encoding="utf-8")
    # One classic script with a scope of its own, so that one hash in the policy covers all of it.
    script = "\n".join((folder / name).read_text(encoding="utf-8") for name in SCRIPTS)
    script = f'"use strict";\n{{\n{script}}}\n'
    template = jinja2.Environment(autoescape=True, keep_trailing_newline=True).from_string(
        (folder / "page.html.j2").read_text(encoding="utf-8")
    )
    return template.render(
        concept=data["concept"],
        policy=f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; "
        "base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        data=_json(data),
    )


def _json(data: dict[str, object]) -> str:
    text = msgspec.json.encode(data)
    for char, escaped in _ESCAPES.items():
        text = text.replace(char, escaped)
    return text.decode()


def _source(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"
