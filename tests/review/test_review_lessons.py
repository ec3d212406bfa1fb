from bundles import CONCEPT

from pipeline.config import Config
from pipeline.model import Decision, Verdict
from pipeline.review import taught

CONFIG = Config(concept=CONCEPT)


def decided(
    text: str, verdict: Verdict, *, correction: str = "", confidence: float = 0.9, reviewer: str = "anna"
) -> Decision:
    return Decision(
        subject="claim",
        target=text,
        verdict=verdict,
        correction=correction,
        note="",
        reviewer=reviewer,
        time="2026-11-21T12:00:00Z",
        shown="",
        slot="benefit",
        value="cost_reduction",
        confidence=confidence,
        quotes=(("is", text),),
    )


def benefit(config: Config) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, tuple[str, ...]]]:
    slot = next(slot for slot in config.concept.slots if slot.id == "benefit")
    entries = {entry.id: entry.exemplars for entry in config.concept.vocabularies["benefits"]}
    return slot.exemplars, slot.counter_examples, entries


def test_an_accepted_claim_is_an_exemplar_of_its_slot_and_value() -> None:
    exemplars, counter, entries = benefit(taught(CONFIG, [decided("Sparar pengar.", "accept")]))
    assert exemplars[-1] == "Sparar pengar."
    assert counter == ()
    assert entries == {"cost_reduction": ("Sparar pengar.",), "agility": ()}


def test_a_rejected_claim_is_a_counter_example() -> None:
    exemplars, counter, entries = benefit(taught(CONFIG, [decided("Regnet faller.", "reject")]))
    assert "Regnet faller." not in exemplars
    assert counter == ("Regnet faller.",)
    assert entries["cost_reduction"] == ()


def test_a_corrected_claim_is_an_exemplar_of_the_right_value() -> None:
    _, counter, entries = benefit(taught(CONFIG, [decided("Smidigt.", "correct", correction="Agility")]))
    assert entries == {"cost_reduction": (), "agility": ("Smidigt.",)}
    assert counter == ()


def test_what_reviewers_disagree_about_teaches_nothing() -> None:
    both = [decided("Sparar.", "accept"), decided("Sparar.", "reject", reviewer="berit")]
    assert taught(CONFIG, both).concept == CONFIG.concept


def test_names_of_places_are_not_sentences_of_their_slot() -> None:
    places = tuple(slot.model_copy(update={"source": "places"}) for slot in CONCEPT.slots)
    config = Config(concept=CONCEPT.model_copy(update={"slots": places}))
    assert taught(config, [decided("India", "accept")]) == config


def test_no_decision_changes_nothing_and_their_order_does_not_matter() -> None:
    assert taught(CONFIG, []) == CONFIG
    three = [decided("a", "accept"), decided("b", "reject"), decided("c", "accept")]
    assert taught(CONFIG, three) == taught(CONFIG, three[::-1])


def test_a_threshold_moves_to_where_the_decisions_part() -> None:
    wrong = [decided(f"w{n}", "reject", confidence=0.5 + n / 100) for n in range(6)]
    right = [decided(f"r{n}", "accept", confidence=0.8 + n / 100) for n in range(6)]
    (threshold,) = taught(CONFIG, wrong + right).extract.thresholds.values()
    assert 0.55 < threshold < 0.8
    assert taught(CONFIG, right).extract.thresholds == {}
    assert taught(CONFIG, wrong[:3] + right[:3]).extract.thresholds == {}
