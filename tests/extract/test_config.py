from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import load

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_concept_refers_only_to_what_it_defines(path: Path) -> None:
    concept = load(path).concept
    for slot in concept.slots:
        assert slot.vocabulary is None or slot.vocabulary in concept.vocabularies
        assert set(slot.roles) <= set(concept.section_roles)
    for entries in concept.vocabularies.values():
        ids = [entry.id for entry in entries]
        assert len(ids) == len(set(ids))
        assert all(set(entry.opposes) <= set(ids) for entry in entries)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_no_sentence_teaches_two_slots(path: Path) -> None:
    concept = load(path).concept
    taught = Counter(text for slot in concept.slots for text in slot.exemplars)
    assert [text for text, times in taught.items() if times > 1] == []


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_slot_read_from_sentences_has_a_dozen_exemplars(path: Path) -> None:
    slots = load(path).concept.slots
    assert all(len(slot.exemplars) >= 12 for slot in slots if slot.source == "sentences")
