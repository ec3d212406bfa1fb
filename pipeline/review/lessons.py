"""What decisions teach the extractor: texts that state a value of a slot, and texts that do not."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model import Decision, Lesson


def lessons(decisions: Iterable[Decision]) -> tuple[Lesson, ...]:
    """The examples in decisions about claims, each text once, in a stable order.

    An accepted claim gives its quotes as examples of its value, a rejected one as
    counter-examples; a corrected one gives both, for the right and the wrong value.
    """
    found: dict[Lesson, None] = {}
    for decision in decisions:
        if decision.subject != "claim" or decision.verdict == "note":
            continue
        for lang, text in decision.quotes:
            for value, holds in _teachings(decision):
                found[Lesson(decision.slot, value, lang, text, holds)] = None
    contested = {lesson for lesson in found if _opposite(lesson) in found}
    return tuple(sorted(set(found) - contested, key=_order))


def _teachings(decision: Decision) -> list[tuple[str, bool]]:
    if decision.verdict == "correct":
        return [(decision.value, False), (decision.correction, True)]
    return [(decision.value, decision.verdict == "accept")]


def _opposite(lesson: Lesson) -> Lesson:
    return Lesson(lesson.slot, lesson.value, lesson.lang, lesson.text, not lesson.holds)


def _order(lesson: Lesson) -> tuple[str, ...]:
    return lesson.slot, lesson.value, lesson.lang, lesson.text
