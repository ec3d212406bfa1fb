"""Names of countries in a language, from CLDR through Babel and ISO 3166-1 through pycountry."""

from __future__ import annotations

import gettext
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from pipeline.annotate.words import UNSPACED, Word, fold, list_words, words

# Approximate matches are looked up by so many first letters.
INDEX_LETTERS = 2
SCRIPT_CODE = 4
_BRACKETED = re.compile(r"(.*\S)\s*[(（][^()（）]*[)）]")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One name of country `code`; `keys` are its words folded, `exact` where no inflection is allowed.

    A form of a word of it may have `lost` and `won` so many letters at its end.
    """

    code: str
    text: str
    keys: tuple[str, ...]
    exact: bool
    ambiguous: bool
    lost: int
    won: int


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The names usable in one language, indexed by the beginning of their first word.

    `small` are those that may be written without a capital, for most words of a text have none.
    `unspaced` are names for substring search, longest first; `proclitics` pair a written prefix
    with what stands in the name in its place; `conjunctions` are keys of the words for "and" and "or".
    """

    lang: str
    index: Mapping[str, tuple[PlaceName, ...]]
    small: Mapping[str, tuple[PlaceName, ...]]
    unspaced: tuple[PlaceName, ...]
    proclitics: tuple[tuple[str, str], ...]
    conjunctions: frozenset[str]

    def starting(self, key: str) -> tuple[PlaceName, ...]:
        """Names whose first word begins as `key` does."""
        return self.index.get(key[:INDEX_LETTERS], ())

    def naming(self, word: Word) -> tuple[PlaceName, ...]:
        """Those of them that `word` may begin: one without a capital begins none that has one."""
        names = self.small if is_small(word.text) else self.index
        return names.get(word.key[:INDEX_LETTERS], ())


@cache
def load_gazetteer(lang: str) -> Gazetteer:
    """The gazetteer of `lang`: its own names inflected, English names and endonyms as they stand."""
    data = _data()
    ambiguous = {fold(name) for name in (*data["ambiguous"].get(lang, ()), *data["ambiguous"]["en"])}
    made: dict[str, PlaceName] = {}
    endings = data["endings"].get(lang, data["endings"]["und"])
    for name, code, exact in _names(lang, data):
        keys = tuple(word.key for word in words(name))
        made.setdefault(name, PlaceName(code, name, keys, exact, fold(name) in ambiguous, **endings))
    index: dict[str, list[PlaceName]] = defaultdict(list)
    unspaced = []
    for place in sorted(made.values(), key=lambda p: (-len(p.keys), -len(p.text), p.text)):
        if UNSPACED.search(place.text):
            unspaced.append(place)
        elif place.keys:
            index[place.keys[0][:INDEX_LETTERS]].append(place)
    proclitics = tuple(sorted(data["proclitics"].get(lang, {}).items()))
    unspaced.sort(key=lambda p: (-len(p.text), p.text))
    names = {key: tuple(places) for key, places in index.items()}
    small = {key: tuple(place for place in places if is_small(place.text)) for key, places in index.items()}
    conjunctions = list_words(lang, "standard") | list_words(lang, "or")
    return Gazetteer(lang, names, small, tuple(unspaced), proclitics, conjunctions)


def is_small(word: str) -> bool:
    """Whether a word lacks the capital of a name; scripts without titlecase (Georgian too) have none."""
    return word[0].title() != word[0]


def english_name(code: str) -> str:
    """The English CLDR name of an ISO 3166-1 alpha-2 code, or the code itself."""
    return territories("en").get(code, code)


@cache
def has_region(code: str, name: str) -> bool:
    """Whether country `code` has a first-level region called `name` (Georgia in the US)."""
    import pycountry

    regions = cast("list[Any]", pycountry.subdivisions.get(country_code=code) or [])  # type: ignore[no-untyped-call]
    return any(fold(region.name) == name for region in regions)


def _names(lang: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """(name, code, exact) by falling trust: own aliases, CLDR, ISO; then English and endonyms."""
    aliases = data["aliases"]
    for name, code in aliases.get(lang, {}).items():
        yield name, code, False
    for locale in (lang, *_scripts(lang)):
        for code, name in sorted(territories(locale).items()):
            yield name, code, False
        for name, code in _without_brackets(territories(locale)):
            yield name, code, False
    for code, name in _iso_names(lang):
        yield name, code, False
    for name, code in aliases["und"].items():
        yield name, code, True
    for code, name in sorted(territories("en").items()):
        yield name, code, True
    for name, code in _without_brackets(territories("en")):
        yield name, code, True
    for code, name in _endonyms():
        yield name, code, True


@cache
def _countries() -> Mapping[str, Any]:
    import pycountry

    return {country.alpha_2: country for country in pycountry.countries}


@cache
def territories(lang: str) -> Mapping[str, str]:
    """CLDR names in locale `lang` of the countries of ISO 3166-1; empty for one that CLDR lacks."""
    from babel import Locale, UnknownLocaleError

    try:
        names = Locale.parse(lang).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {code: name for code, name in names.items() if code in _countries()}


def _without_brackets(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(name, code) of those of `names` that end in brackets, without these, if no other is called so.

    CLDR calls a country "Myanmar (Burma)", and two "Congo (Kinshasa)" and "Congo (Brazzaville)".
    """
    bare = {code: match[1] for code, name in names.items() if (match := _BRACKETED.fullmatch(name))}
    called = Counter([*bare.values(), *names.values()])
    yield from ((name, code) for code, name in sorted(bare.items()) if called[name] == 1)


@cache
def _scripts(lang: str) -> tuple[str, ...]:
    """The locales of `lang` in its further scripts (`sr_Latn`, `zh_Hant`)."""
    from babel.localedata import locale_identifiers

    parts = [identifier.split("_") for identifier in locale_identifiers()]
    return tuple(
        sorted("_".join(p) for p in parts if len(p) == 2 and p[0] == lang and len(p[1]) == SCRIPT_CODE)
    )


@cache
def _iso_names(lang: str) -> tuple[tuple[str, str], ...]:
    """Common and official ISO 3166-1 names in `lang`, by iso-codes' own translations."""
    import pycountry

    known = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[lang], fallback=True)
    found = []
    for code, country in sorted(_countries().items()):
        for field in ("common_name", "official_name"):
            name = getattr(country, field, None)
            if name and (lang == "en" or known.gettext(name) != name):
                found.append((code, known.gettext(name)))
    return tuple(found)


@cache
def _endonyms() -> tuple[tuple[str, str], ...]:
    """Each country's name in its own official languages."""
    from babel.languages import get_official_languages

    return tuple(
        (code, name)
        for code in sorted(_countries())
        for language in get_official_languages(code, de_facto=True)
        if (name := territories(language).get(code)) and len(name) > INDEX_LETTERS
    )


@cache
def _data() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(
        files(__package__).joinpath("places.yaml").read_text(encoding="utf-8")
    )
    return loaded
