"""The judge: what the exemplars of a concept's config teach, as vectors and small classifiers.

It tells which slot a text fills, in which role its heading or intro stands, and what values are near.
The encoder carries what is taught in one language over to the others; the directions in which the
same value differs from language to language are turned down first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.concept import Concept, Entry, Slot
from pipeline.config import Config
from pipeline.extract.heads import Head, softmax, train, within_class_whitening
from pipeline.extract.vocabularies import Terms, terms_of
from pipeline.headings import free_headings, headings
from pipeline.vectors import Floats, normalise

Encode = Callable[[Sequence[str]], Floats]
NONE = "none"
DEFINITION = "definition"
DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Judge:
    """What the exemplars of a concept teach.

    `mean` (d,) centres vectors and `turn` (d, d) whitens them before any head sees them. `asides`
    are heads of their own for slots that share their words with others, `denials` heads that tell
    what affirms a slot (its id) from what denies it.
    """

    mean: Floats
    turn: Floats
    slots: Head
    roles: Head
    topic: Head
    asides: Mapping[str, Head]
    denials: Mapping[str, Head]
    vocabularies: Mapping[str, Terms]

    def prepared(self, x: Floats) -> Floats:
        """Raw unit vectors (n, d) as the heads expect them: centred, turned, of unit length."""
        return _prepared(x, self.mean, self.turn)


@dataclass(frozen=True, slots=True)
class Judged:
    """A text by itself: its prepared vector `x` (d,), and how likely it answers each slot, (k,)."""

    x: Floats
    shares: Floats


def read_texts(texts: Iterable[str], judge: Judge, encode: Encode) -> dict[str, Judged]:
    """Each of `texts` by itself; all at once, since every call goes through all that the judge knows.

    Args:
        texts: in any order, and as often as wanted.
        judge: the trained heads.
        encode: texts to prepared vectors; called once, or not at all where there are no texts.
    """
    unique = sorted(set(texts))
    if not unique:
        return {}
    x = encode(unique)
    shares = softmax(judge.slots.logits(x))
    return {text: Judged(x[i], shares[i]) for i, text in enumerate(unique)}


def load_judge(config: Config, encode: Encode) -> Judge:
    """Train the heads from the exemplars of `config.concept`.

    Args:
        config: settings and the concept.
        encode: texts to raw unit vectors (n, d); the same texts are asked for every time, so a
            caller may keep their vectors.
    """
    from threadpoolctl import threadpool_limits

    concept = config.concept
    slots = _slot_examples(concept)
    quotes = _slot_quotes(concept, set(slots))
    named = concept.section_roles
    known = dict.fromkeys((*headings(named), *free_headings(named))) if named else ()
    headed = [(text, role) for role, text in known]
    topic = [(text, concept.name.id) for text, label in slots if label != NONE]
    topic += [(text, NONE) for text in concept.off_topic]
    asides = {slot.id: _aside_examples(slot, concept, slots) for slot in concept.slots if slot.aside}
    denials = {
        slot.id: [*((text, slot.id) for text in slot.exemplars), *((text, DENIED) for text in slot.denials)]
        for slot in concept.slots
        if slot.denials
    }
    terms = {name: _term_texts(entries) for name, entries in concept.vocabularies.items()}
    examples = [slots, quotes, headed, topic, *asides.values(), *denials.values(), *terms.values()]
    texts = sorted({text for some in examples for text, _ in some})
    raw = dict(zip(texts, encode(texts), strict=True))
    mean = np.asarray(np.mean([raw[text] for text, _ in slots], axis=0), np.float32)
    turn = _turn(concept, raw, mean)
    x = dict(zip(texts, _prepared(np.stack([raw[text] for text in texts]), mean, turn), strict=True))
    meaning = {text: f"{name}/{owner}" for name, some in terms.items() for text, owner in some}

    def vectors(examples: Sequence[tuple[str, str]]) -> Floats:
        return np.array([x[text] for text, _ in examples], np.float32).reshape(-1, len(mean))

    def trained(
        examples: Sequence[tuple[str, str]], near: float | None = None, *, plain: bool = False
    ) -> Head:
        meanings = [meaning.get(text, text) for text, _ in examples]
        return train(vectors(examples), [label for _, label in examples], meanings, near, plain=plain)

    # One thread adds up in one order, so that the same exemplars teach the same to the bit.
    with threadpool_limits(1):
        return Judge(
            mean=mean,
            turn=turn,
            slots=trained(slots).beside(vectors(quotes), [slot for _, slot in quotes]),
            roles=trained(headed, plain=True),
            # Other topics are without number, so that being near to none of their examples says nothing.
            topic=trained(topic, near=0.0),
            asides={name: trained(examples) for name, examples in asides.items()},
            denials={name: trained(examples) for name, examples in denials.items()},
            vocabularies={
                name: terms_of(entries, [owner for _, owner in terms[name]], vectors(terms[name]))
                for name, entries in concept.vocabularies.items()
            },
        )


def _prepared(x: Floats, mean: Floats, turn: Floats) -> Floats:
    return normalise(np.asarray((x - mean) @ turn, dtype=np.float32)) if len(x) else x


def _turn(concept: Concept, raw: Mapping[str, Floats], mean: Floats) -> Floats:
    """The whitening (d, d) learnt from how the texts of each value differ."""
    values = [
        np.stack([raw[text] for text in (entry.label, *entry.synonyms, *entry.exemplars)])
        for entries in concept.vocabularies.values()
        for entry in entries
        if entry.synonyms or entry.exemplars
    ]
    if not values:
        return np.eye(len(mean), dtype=np.float32)
    return within_class_whitening([normalise(np.asarray(x - mean, np.float32)) for x in values])


def _slot_examples(concept: Concept) -> list[tuple[str, str]]:
    """Texts and the slot each fills: exemplars of slots and of the values they may take."""
    examples: dict[tuple[str, str], None] = {}
    for slot in (slot for slot in concept.slots if not slot.aside):
        for text in (*slot.exemplars, *slot.denials):
            examples[text, slot.id] = None
        for text in slot.counter_examples:
            examples[text, NONE] = None
        for entry in _entries(slot, concept):
            for text in (entry.label, *entry.synonyms, *entry.exemplars):
                examples[text, slot.id] = None
    # What such articles say beside the facts, or at least what other articles say.
    for text in concept.by_the_way or concept.off_topic:
        examples[text, NONE] = None
    return list(examples)


def _slot_quotes(concept: Concept, known: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Quotes and the slot that each answers, but for those that are `known`."""
    quotes = {
        (text, slot.id): None
        for slot in concept.slots
        if not slot.aside
        for texts in (slot.quotes, *(entry.quotes for entry in _entries(slot, concept)))
        for text in texts
    }
    return [quote for quote in quotes if quote not in known]


def _aside_examples(slot: Slot, concept: Concept, others: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What states a slot that stands beside others, against all that states those and nothing else."""
    entries = concept.vocabularies.get(slot.vocabulary or "", ())
    positive = [*slot.exemplars, *slot.quotes, *(text for text, _ in _term_texts(entries))]
    negative = [*slot.counter_examples, *(text for text, _ in others)]
    return [(text, slot.id) for text in positive] + [(text, NONE) for text in negative]


def _entries(slot: Slot, concept: Concept) -> tuple[Entry, ...]:
    """The values of a slot that passages answer, whose texts are texts of the slot."""
    return concept.vocabularies.get(slot.vocabulary or "", ()) if slot.source == "sentences" else ()


def _term_texts(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """The texts of each value, and its id; together, and each once."""
    return list(
        {(text, e.id): None for e in entries for text in (e.label, *e.synonyms, *e.exemplars, *e.quotes)}
    )
