"""The concept's names and acronyms over all articles, one preferred name a language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline import record
from pipeline.fuse.candidates import normalised
from pipeline.fuse.evidence import Places, quotes
from pipeline.model import Acronym, Evidence, Label


def fuse_labels(labels: Iterable[Label], concept: str, places: Places) -> tuple[record.Label, ...]:
    """The labels of `concept` by language: first the one that most articles prefer, inflected ones last."""
    by_lang: dict[str, dict[str, list[Label]]] = defaultdict(lambda: defaultdict(list))
    for label in labels:
        if label.concept == concept:
            by_lang[label.lang][normalised(label.text)].append(label)
    made: list[record.Label] = []
    for lang in sorted(by_lang):
        forms = sorted(by_lang[lang].values(), key=_standing)
        made += [_label(form, places, preferred=index == 0) for index, form in enumerate(forms)]
    return tuple(made)


def fuse_acronyms(acronyms: Iterable[Acronym], concept: str, places: Places) -> tuple[record.Acronym, ...]:
    """Every explained acronym once with all its expansions; those of `concept` first, also unexplained."""
    by_sense: dict[tuple[str, str | None], list[Acronym]] = defaultdict(list)
    for acronym in acronyms:
        if acronym.expansions or acronym.concept == concept:
            by_sense[acronym.text, acronym.concept].append(acronym)
    made = [_acronym(group, places) for group in by_sense.values()]
    return tuple(
        sorted(made, key=lambda a: (a.concept != concept, a.concept is None, a.concept or "", a.text))
    )


def _standing(form: Sequence[Label]) -> tuple[int, int, int, str]:
    """Sorts the form first that most documents prefer, then the least inflected, then the commonest."""
    preferred = sum(label.kind == "preferred" for label in form)
    citation = any(label.kind != "inflected" for label in form)
    evidence = sum(len(label.evidence) for label in form)
    return -preferred, -citation, -evidence, form[0].text


def _label(form: Sequence[Label], places: Places, *, preferred: bool) -> record.Label:
    kinds = {label.kind for label in form}
    kind = "preferred" if preferred else "inflected" if kinds == {"inflected"} else "variant"
    shown = min(form, key=lambda label: (label.kind != "preferred", label.text))
    evidence: list[Evidence] = [e for label in form for e in label.evidence]
    return record.Label(lang=shown.lang, text=shown.text, kind=kind, evidence=quotes(evidence, places))


def _acronym(group: Sequence[Acronym], places: Places) -> record.Acronym:
    texts: dict[tuple[str, str], str] = {}
    for acronym in group:
        for lang, text in acronym.expansions:
            texts.setdefault((lang, normalised(text)), text)
    expansions = tuple(record.LocalText(lang=lang, text=text) for (lang, _), text in sorted(texts.items()))
    explained = [e for acronym in group if acronym.expansions for e in acronym.evidence]
    evidence = explained or [e for acronym in group for e in acronym.evidence]
    return record.Acronym(
        text=group[0].text,
        expansions=expansions,
        evidence=quotes(evidence, places),
        concept=group[0].concept,
    )
