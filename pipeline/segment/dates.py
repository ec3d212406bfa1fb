"""Dates, clock times and durations as each language writes them, from CLDR by way of Babel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

import regex
from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta
from babel.units import format_unit

_NUMERIC = r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\.?|\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?\S*)?"
_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
_STAMPS = regex.compile(
    r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}[\])]?(?:[\s/|–—-]+[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}[\])]?)*$"
)
_STAMP = regex.compile(r"(?<![\d:.])(?:\d{1,2}:)?[0-5]?\d:[0-5]\d(?![\d:])")
_ENGLISH = "en"


def is_time_stamp(line: str) -> bool:
    """Whether the line is nothing but video times (`0:00 / 12:34`)."""
    return bool(_STAMPS.match(line.strip()))


def holds_time_stamp(line: str) -> bool:
    """Whether a short line holds a video time among other words (`Video: 2:31`)."""
    return len(line) <= 60 and bool(_STAMP.search(line))


def without_dates(line: str, lang: str) -> str | None:
    """What is left of `line` once its dates and durations are taken out, or None where it has none.

    Dates are looked for in `lang` and in English, which web pages fall back to.
    """
    rest = line
    for name in dict.fromkeys((lang, _ENGLISH)):
        pattern = _pattern(name)
        if pattern is not None:
            rest = pattern.sub(" ", rest)
    if rest == line:
        return None
    return regex.sub(rf"\b{_CLOCK}\b|\b(?:UTC|GMT|CET|EST|PST)\b", " ", rest)


@lru_cache(maxsize=64)
def _pattern(lang: str) -> regex.Pattern[str] | None:
    try:
        locale = Locale.parse(lang.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    months = _alternatives(
        name
        for widths in locale.months.values()
        for key in ("wide", "abbreviated")
        for name in widths[key].values()
    )
    days = _alternatives(
        name
        for widths in locale.days.values()
        for key in ("wide", "abbreviated")
        for name in widths[key].values()
    )
    glue = r"(?:[\s,./\u200f-]|\p{L}{1,3}\.?(?=[\s\d]))*"
    ordinal = r"\d{1,2}(?:\.|\p{L}{1,2}\b|º|ª)?"
    year = r"\d{4}(?:\s?(?:\p{L}{1,2}\.|年|년))?"
    joined = _joined_prefixes(locale)
    month = rf"(?:(?<!\p{{L}}){joined}{months}\p{{L}}{{0,2}}(?!\p{{L}})|\d{{1,2}}\s?[月월])"
    forms = [
        rf"(?:(?<!\p{{L}}){days}(?!\p{{L}}){glue})?{ordinal}{glue}{month}(?:{glue}{year})?",
        rf"(?:(?<!\p{{L}}){days}(?!\p{{L}}){glue})?{month}{glue}{ordinal}(?!\d)(?:{glue}{year})?",
        rf"{year}{glue}{month}(?:{glue}\d{{1,2}}\s?[日일]?)?",
        rf"{month}{glue}{year}",
        _NUMERIC,
        *_durations(locale),
    ]
    return regex.compile(rf"(?<![\p{{Ll}}\p{{Lu}}\d])(?:{'|'.join(forms)})(?!\d)", regex.I)


def _joined_prefixes(locale: Locale) -> str:
    """What a language writes onto the month's name (Hebrew `12 במאי`), from its date patterns."""
    patterns = " ".join(str(form.pattern) for form in locale.date_formats.values())
    found = sorted(set(regex.findall(r"([^\x00-\x7f]{1,3})M{3,4}", patterns)))
    return "(?:" + "|".join(regex.escape(prefix) for prefix in found) + ")?" if found else ""


def _alternatives(names: Iterable[str]) -> str:
    found = sorted(
        {str(name).rstrip(".") for name in names if not str(name).isdecimal()},
        key=lambda name: (-len(name), name),
    )
    return "(?:" + "|".join(regex.escape(name) + r"\.?" for name in found if name) + ")"


def _durations(locale: Locale) -> list[str]:
    """`3 days ago`, `5 min`: every plural form of CLDR's durations, with any number."""
    forms: set[str] = set()
    for number in (1, 2, 3, 5, 11, 21, 100):
        for unit in ("second", "minute", "hour", "day", "week", "month", "year"):
            forms.add(format_unit(number, f"duration-{unit}", "long", locale=locale))
            forms.add(format_unit(number, f"duration-{unit}", "short", locale=locale))
        for delta in (
            timedelta(days=number),
            timedelta(hours=min(number, 23)),
            timedelta(minutes=number % 60),
        ):
            forms.add(format_timedelta(-delta, add_direction=True, threshold=9, locale=locale))
    patterns = {
        regex.sub(r"\d+", r"\\d{1,3}", regex.escape(form)) + r"(?!\p{L})"
        for form in forms
        if regex.search(r"\d", form) and regex.search(r"\p{L}{2}", form)
    }
    return sorted(patterns, key=lambda form: (-len(form), form))
