"""The concept that a record is about, as `configs/*.yaml` describes it, and what teaches it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import ConfigError
from pipeline.examples import Example, Placed


class Strict(BaseModel):
    """A frozen settings model without room for unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ConceptNames(Strict):
    """How texts name one concept: the one the record is about, or a neighbour named beside it.

    `names` are full names by language (BCP 47), citation form first; `acronyms` in any script.
    """

    id: str
    label: str = Field(description="the English name shown to people")
    names: dict[str, tuple[str, ...]] = {}
    acronyms: tuple[str, ...] = ()


class Entry(Strict):
    """One value of a vocabulary: its id, English label, and how texts may put it."""

    id: str
    label: str
    synonyms: tuple[str, ...] = ()
    exemplars: tuple[str, ...] = Field((), description="sentences that state it, in any language")
    quotes: tuple[str, ...] = Field((), description="stretches of articles that state it")
    opposes: tuple[str, ...] = Field((), description="entries of the vocabulary that contradict it")
    places: dict[str, int] = Field(
        {}, description="how many times articles give it to each country, by ISO 3166-1 alpha-2 code"
    )


class Slot(Strict):
    """One question that the record answers, taught by example sentences."""

    id: str
    description: str
    vocabulary: str | None = Field(None, description="the vocabulary whose entries are its values")
    exemplars: tuple[str, ...] = Field(description="sentences that answer it, in any language")
    quotes: tuple[str, ...] = Field((), description="stretches of articles that answer it with other values")
    counter_examples: tuple[str, ...] = Field((), description="near misses that do not")
    roles: tuple[str, ...] = Field((), description="section roles in which the answer is usual")
    split: bool = Field(False, description="each part of an enumeration is a value of its own")
    source: Literal["sentences", "names", "places"] = Field(
        "sentences", description="what states it: whole passages, names of terms, or names of places"
    )
    whole: bool = Field(False, description="a sentence states it as a whole, whatever its clauses state")
    aside: bool = Field(False, description="stated beside other slots, in the same words")
    in_passing: bool = Field(False, description="listed in sentences that tell something else, too")
    denials: tuple[str, ...] = Field((), description="sentences that deny what the exemplars say")


class Concept(Strict):
    """The concept that the record is about, its neighbours, its slots and its vocabularies."""

    name: ConceptNames
    neighbours: tuple[ConceptNames, ...] = ()
    terms: tuple[ConceptNames, ...] = Field(
        (),
        description="general terms of the field, first what the concept is a kind of; they change no subject",
    )
    slots: tuple[Slot, ...] = ()
    vocabularies: dict[str, tuple[Entry, ...]] = {}
    section_roles: dict[str, tuple[str, ...]] = Field(
        {}, description="exemplar headings and sentences of each section role"
    )
    off_topic: tuple[str, ...] = Field((), description="sentences of articles about something else")
    by_the_way: tuple[str, ...] = Field(
        (), description="sentences of articles about the concept that state nothing the slots ask for"
    )
    examples: str | None = Field(
        None, description="a CSV file beside the config, of more examples for slots and values"
    )
    quotes: str | None = Field(
        None, description="another one, of what articles say: texts are compared with it, few heads trained"
    )
    phrases: str | None = Field(
        None, description="a third one, of how lists and tables put it in few words, used as quotes are"
    )
    places: str | None = Field(
        None,
        description="a table of how often articles give each country each value, where a text leaves it open",
    )
    tagger: str | None = Field(
        None,
        description="a file beside the config, what tools/learn_tagger.py has learnt from marked articles",
    )

    @property
    def place_slot(self) -> Slot | None:
        """The slot that countries answer, if there is one."""
        return next((slot for slot in self.slots if slot.source == "places"), None)


def taught(concept: Concept, examples: tuple[Example, ...], table: Path) -> Concept:
    """The concept with more examples: a value's go to its entry, the others to their slot.

    Raises:
        ConfigError: a row names a slot or value that the concept does not have.
    """
    return _with_texts(concept, examples, table, "exemplars")


def quoting(concept: Concept, quotes: tuple[Example, ...], table: Path) -> Concept:
    """The concept with quotes of articles, which go where examples go.

    Raises:
        ConfigError: a row states no slot, or names one or a value that the concept does not have.
    """
    for quote in quotes:
        if quote.slot is None or quote.denies:
            raise ConfigError(
                "a quote that states nothing",
                path=str(table),
                place=f"line {quote.line}",
                mend="move the row to the table of concept.examples",
            )
    return _with_texts(concept, quotes, table, "quotes")


def placing(concept: Concept, places: tuple[Placed, ...], table: Path) -> Concept:
    """The concept whose slot of places knows what articles usually say of each.

    Raises:
        ConfigError: no slot asks for places, or a row names a value that it does not have.
    """
    slot = concept.place_slot
    name = slot.vocabulary if slot is not None else None
    if name is None:
        raise ConfigError(
            "no slot asks what places do",
            path=str(table),
            mend="remove the key concept.places, or give a slot a vocabulary and source: places",
        )
    entries = {entry.id: entry for entry in concept.vocabularies.get(name, ())}
    times: dict[str, dict[str, int]] = {value: {} for value in entries}
    for each in places:
        if each.value not in times:
            raise _unknown("value", each.value, entries, table, each.line)
        times[each.value][each.place] = times[each.value].get(each.place, 0) + each.times
    known = tuple(e.model_copy(update={"places": {**e.places, **times[e.id]}}) for e in entries.values())
    return concept.model_copy(update={"vocabularies": {**concept.vocabularies, name: known}})


def _with_texts(
    concept: Concept, examples: tuple[Example, ...], table: Path, field: Literal["exemplars", "quotes"]
) -> Concept:
    """The concept with the texts of `examples` in `field` of their slots and entries."""
    slots = {slot.id: slot for slot in concept.slots}
    texts: dict[tuple[str, str], list[str]] = {}
    for example in examples:
        slot = slots.get(example.slot or "")
        entries = concept.vocabularies.get(slot.vocabulary or "", ()) if slot else ()
        if example.slot is not None and slot is None:
            raise _unknown("slot", example.slot, slots, table, example.line)
        if example.value is not None and example.value not in {entry.id for entry in entries}:
            raise _unknown("value", example.value, [entry.id for entry in entries], table, example.line)
        for place in _places(example, slot):
            texts.setdefault(place, []).append(example.text)
    return concept.model_copy(
        update={
            "off_topic": (*concept.off_topic, *texts.get(("off_topic", ""), ())),
            "by_the_way": (*concept.by_the_way, *texts.get(("by_the_way", ""), ())),
            "slots": tuple(
                slot.model_copy(
                    update={
                        field: (*getattr(slot, field), *texts.get(("slot", slot.id), ())),
                        "denials": (*slot.denials, *texts.get(("denials", slot.id), ())),
                    }
                )
                for slot in concept.slots
            ),
            "vocabularies": {
                name: tuple(
                    entry.model_copy(
                        update={field: (*getattr(entry, field), *texts.get((name, entry.id), ()))}
                    )
                    for entry in entries
                )
                for name, entries in concept.vocabularies.items()
            },
        }
    )


def _places(example: Example, slot: Slot | None) -> list[tuple[str, str]]:
    """Where an example's text belongs.

    Names and places are found as such, and their values are told by the sentence around them, so
    that a sentence teaches the slot as well as the value.
    """
    if slot is None:
        return [("off_topic" if example.off_topic else "by_the_way", "")]
    if example.denies:
        return [("denials", slot.id)]
    if example.value is None:
        return [("slot", slot.id)]
    value = (slot.vocabulary or "", example.value)
    return [value] if slot.source == "sentences" else [("slot", slot.id), value]


def _unknown(kind: str, name: str, known: Iterable[str], table: Path, line: int) -> ConfigError:
    near = difflib.get_close_matches(name, list(known), n=1)
    return ConfigError(
        f"unknown {kind} {name!r}",
        path=str(table),
        place=f"line {line}",
        mend=f"did you mean {near[0]!r}?" if near else f"name a {kind} of the concept's config",
    )
