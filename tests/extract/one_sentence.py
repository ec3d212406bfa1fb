"""An article of one sentence, made by hand, and what surrounds it."""

import numpy as np

from pipeline.extract.context import Context
from pipeline.extract.subject import Subjects
from pipeline.model import Article, Block, Document, Run, Segment, Span, View


def article(text: str, id_: str = "d", lang: str = "en") -> Article:
    document = Document(id_, f"{id_}.txt", lang, text, "0" * 64, "utf-8")
    everything = Span(0, len(text))
    view = View(text, (Run(0, len(text), 0, len(text)),))
    return Article(
        document, (), (Block("paragraph", everything),), (Segment("s", "sentence", everything, view, 0),)
    )


def context(
    text: str, about: str = "KPO", named: tuple[tuple[Span, str], ...] = (), slots: int = 4
) -> Context:
    """Neither a heading nor a table around it."""
    subjects = Subjects("KPO", (about,), (named,))
    none = np.zeros((1, slots), np.float32)
    return Context(article(text), subjects, none, none + 1, {})
