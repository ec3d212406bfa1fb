"""A run scored against gold: what counts as found, right, missed, wrong and forbidden."""

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.concept import Concept, ConceptNames, Entry
from pipeline.errors import InputError
from pipeline.evaluate import evaluate, evaluate_alignment
from pipeline.evaluate.calibration import bins, expected_error
from pipeline.evaluate.scores import Count
from pipeline.model import LocationRole
from pipeline.record import (
    Claim,
    Comparison,
    Dimension,
    Evidence,
    KnowledgeRecord,
    Label,
    LocalText,
    Provenance,
    Review,
    Side,
    Source,
    Status,
    Support,
    Value,
)
from pipeline.record import Concept as RecordConcept
from pipeline.vectors import Floats

TEXT = "KPO lowers cost. India leads. BPO enters data. BPO follows rules, KPO judges."
CONCEPT = Concept(
    name=ConceptNames(id="KPO", label="knowledge process outsourcing"),
    vocabularies={"benefit": (Entry(id="cheap", label="cheapness", synonyms=("cost reduction",)),)},
)


def quoted(part: str) -> Evidence:
    start = TEXT.index(part)
    return Evidence(
        document="d", lang="en", start=start, end=start + len(part), quote=part, match="exact", score=1.0
    )


def claimed(slot: str, value: Value, part: str, status: Status = "single") -> Claim:
    return Claim(
        id=f"{slot} {value.id} {part}",
        slot=slot,
        value=value,
        statement=LocalText(lang="en", text=part),
        confidence=0.9,
        support=Support(documents=1, languages=1, sources=1),
        status=status,
        evidence=(quoted(part),),
    )


def fact(slot: str, value: object, part: str, **more: object) -> dict[str, object]:
    start = TEXT.index(part)
    return {
        "slot": slot,
        "value": value,
        "start": start,
        "end": start + len(part),
        "evidence": part,
        **more,
    }


def written(
    out: Path, *claims: Claim, rows: tuple[Comparison, ...] = (), labels: tuple[Label, ...] = ()
) -> Path:
    record = KnowledgeRecord(
        concept=RecordConcept(id="KPO", label="knowledge process outsourcing", labels=labels),
        claims=claims,
        comparison=rows,
        documents=(
            Source(id="d", path="in/a.txt", lang="en", sha256="0" * 64, encoding="utf-8", family="f"),
        ),
        provenance=Provenance(run="r", tool="t", config="c"),
    )
    (out / "records").mkdir(parents=True)
    (out / "records" / "KPO.json").write_text(record.model_dump_json(), encoding="utf-8")
    (out / "records" / "schema.json").write_text("{}", encoding="utf-8")
    return out


def gold_of(path: Path, *facts: dict[str, object], **more: object) -> Path:
    line = {"file": "a.txt", "lang": "en", "facts": list(facts), **more}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return path


CHEAP = Value(id="cheap", label="cheapness", kind="benefit")
INDIA = Value(id="IN", label="India", kind="country", role="provider")


def test_a_synonym_at_the_right_place_is_right(tmp_path: Path) -> None:
    out = written(tmp_path / "out", claimed("benefit", CHEAP, "KPO lowers cost."))
    gold = gold_of(tmp_path / "gold", fact("benefits", "cost reduction", "KPO lowers cost."))
    report = evaluate(out, gold, CONCEPT)
    assert report.spans.micro() == Count(1, 1, 1, 1)
    assert report.values.micro() == Count(1, 1, 1, 1)
    assert report.figures()["value_f1"] == 1.0


def test_what_a_reviewer_rejected_is_not_found(tmp_path: Path) -> None:
    rejected = Review(status="rejected", reviewer="A", time="2026-01-01T00:00:00Z")
    claim = claimed("benefit", CHEAP, "India leads.").model_copy(update={"review": rejected})
    out = written(tmp_path / "out", claim)
    gold = gold_of(tmp_path / "gold", fact("benefits", "cost reduction", "KPO lowers cost."))
    assert evaluate(out, gold, CONCEPT).values.micro() == Count(0, 0, 0, 1)


def test_what_is_missed_and_wrong_is_named(tmp_path: Path) -> None:
    out = written(tmp_path / "out", claimed("benefit", CHEAP, "India leads."))
    gold = gold_of(tmp_path / "gold", fact("benefits", "cost reduction", "KPO lowers cost."))
    report = evaluate(out, gold, CONCEPT)
    assert report.spans.micro() == Count(0, 1, 0, 1)
    lines = "\n".join(report.lines())
    assert "en benefit: cost reduction [0:16] KPO lowers cost." in lines
    assert "en benefit: cheapness [17:29] India leads." in lines


def test_half_of_the_gold_span_is_enough_but_not_strictly(tmp_path: Path) -> None:
    out = written(tmp_path / "out", claimed("benefit", CHEAP, TEXT))
    gold = gold_of(tmp_path / "gold", fact("benefits", "cost reduction", "KPO lowers cost."))
    report = evaluate(out, gold, CONCEPT)
    assert report.spans.micro().f1 == 1.0
    assert report.strict.micro().f1 == 0.0


def test_several_sentences_that_define_are_one_definition(tmp_path: Path) -> None:
    text = Value(id=None, label="what it is", kind="text")
    parts = ("KPO lowers cost.", "India leads.")
    out = written(tmp_path / "out", *(claimed("definition", text, part) for part in parts))
    gold = gold_of(tmp_path / "gold", *(fact("definition", f"of {part}", part) for part in parts))
    report = evaluate(out, gold, CONCEPT)
    assert report.values.micro() == Count(1, 1, 1, 1)
    assert report.spans.micro() == Count(2, 2, 2, 2)


def test_a_country_needs_its_role(tmp_path: Path) -> None:
    out = written(tmp_path / "out", claimed("location", INDIA, "India"))
    right = gold_of(tmp_path / "right", fact("countries", "IN", "India", status="provides most KPO today"))
    wrong = gold_of(tmp_path / "wrong", fact("countries", "IN", "India", status="expected"))
    assert evaluate(out, right, CONCEPT).values.micro().f1 == 1.0
    assert evaluate(out, wrong, CONCEPT).values.micro().f1 == 0.0
    assert [evaluate(out, gold, CONCEPT).figures()["places_found"] for gold in (right, wrong)] == [1, 0]


def test_a_country_that_gold_only_tolerates_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    lost = INDIA.model_copy(update={"role": "affected"})
    out = written(tmp_path / "out", claimed("location", lost, "India"))
    gold = gold_of(
        tmp_path / "gold", fact("benefits", "x", "KPO lowers cost."), not_provider_countries=["IN"]
    )
    assert evaluate(out, gold, CONCEPT).values.micro() == Count(0, 0, 0, 1)


def test_what_a_fair_reader_may_claim_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    out = written(tmp_path / "out", claimed("benefit", CHEAP, "KPO lowers cost."))
    allowed = fact("benefits", "thrift", "KPO lowers cost.")
    report = evaluate(out, gold_of(tmp_path / "gold", tolerated=[allowed]), CONCEPT)
    assert report.values.micro() == report.spans.micro() == Count(0, 0, 0, 0)
    both = gold_of(
        tmp_path / "both", fact("benefits", "cost reduction", "KPO lowers cost."), tolerated=[allowed]
    )
    assert evaluate(out, both, CONCEPT).spans.micro() == Count(1, 1, 1, 1)


def test_a_gold_fact_without_its_place_is_named_by_its_line(tmp_path: Path) -> None:
    gold = gold_of(tmp_path / "gold", {"slot": "benefits", "value": "x"})
    with pytest.raises(InputError, match="line 1"):
        evaluate(written(tmp_path / "out"), gold, CONCEPT)


def test_a_neighbours_fact_is_forbidden(tmp_path: Path) -> None:
    entry = Value(id=None, label="data entry", kind="service")
    out = written(tmp_path / "out", claimed("service", entry, "enters data"))
    gold = gold_of(tmp_path / "gold", fact("bpo_services", "data entry", "enters data"))
    assert evaluate(out, gold, CONCEPT).neighbours == (
        "en service: data entry from bpo_services 'data entry'",
    )


def test_similar_labels_match_by_vector_and_are_listed(tmp_path: Path) -> None:
    def encode(texts: list[str]) -> Floats:
        vectors = {"thrift": [1.0, 0.1, 0.0], "cheapness": [1.0, 0.0, 0.0], "cheap": [0.0, 1.0, 0.0]}
        return np.array([vectors.get(text, [-1.0, -1.0, 0.0]) for text in texts], dtype=np.float32)

    out = written(tmp_path / "out", claimed("benefit", CHEAP, "India leads."))
    gold = gold_of(tmp_path / "gold", fact("benefits", "thrift", "KPO lowers cost."))
    assert evaluate(out, gold, CONCEPT).values.micro().f1 == 0.0
    report = evaluate(out, gold, CONCEPT, encode)
    assert report.values.micro().f1 == 1.0
    assert report.values.likened[0].startswith("benefit: thrift ~ cheapness")


def test_a_row_needs_both_sides(tmp_path: Path) -> None:
    bpo, kpo = quoted("BPO follows rules"), quoted("KPO judges.")
    sides = {
        name: Side(lang="en", text=part.quote, evidence=(part,))
        for name, part in (("BPO", bpo), ("KPO", kpo))
    }
    row = Comparison(
        id="r", dimension=Dimension(id=None, label="basis"), values={}, evidence=(bpo, kpo), sides=sides
    )
    cells = {name: [part.start, part.end] for name, part in (("label", bpo), ("BPO", bpo), ("KPO", kpo))}
    gold = gold_of(
        tmp_path / "gold", fact("comparison", {"dimension": "basis"}, "BPO follows rules", cells=cells)
    )
    whole = evaluate(written(tmp_path / "whole", rows=(row,)), gold, CONCEPT)
    assert (whole.rows.count.hit, whole.rows.named, whole.rows.wrong) == (1, 1, ())
    half = row.model_copy(update={"sides": {"BPO": sides["BPO"]}})
    assert evaluate(written(tmp_path / "half", rows=(half,)), gold, CONCEPT).rows.count.hit == 0


def test_confidence_is_compared_with_the_share_that_is_right() -> None:
    filled = bins([(0.75, True), (0.75, False), (0.97, True)])
    assert [(one.size, one.right) for one in filled] == [(2, 0.5), (1, 1.0)]
    assert expected_error(filled) == pytest.approx((2 * 0.25 + 0.03) / 3)
    assert expected_error(()) == 0.0


@pytest.mark.parametrize("line", ["{", "[]", '{"file": "a"}'])
def test_a_damaged_gold_file_is_named(tmp_path: Path, line: str) -> None:
    out = written(tmp_path / "out")
    (tmp_path / "gold").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        evaluate(out, tmp_path / "gold", CONCEPT)


def test_no_record_is_an_error_with_its_mend(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kpo run"):
        evaluate(tmp_path, gold_of(tmp_path / "gold"), CONCEPT)


def test_groups_are_right_only_where_every_language_agrees(tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text(
        "unit,kind,is_start,is_end,ru_start,ru_end\n0,sentence,0,10,0,10\n1,sentence,11,20,11,20\n",
        encoding="utf-8",
    )
    documents = [{"id": lang, "lang": lang, "family": "f"} for lang in ("is", "ru")]
    (tmp_path / "documents.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    members = "group,document,start,end\ng,is,0,10\ng,ru,0,10\nh,is,11,20\nh,ru,0,20\n"
    (tmp_path / "alignment_members.csv").write_text(members, encoding="utf-8")
    report = evaluate_alignment(tmp_path, gold)
    assert report.groups == Count(1, 2, 1, 2)
    assert "F1 0.500" in "\n".join(report.lines())


@pytest.mark.parametrize(
    ("role", "values"),
    [("provider", Count(1, 1, 1, 1)), ("emerging", Count(0, 0, 0, 0)), ("client", Count(0, 1, 0, 1))],
)
def test_another_role_that_gold_tolerates_at_the_same_place_is_accepted(
    tmp_path: Path, role: LocationRole, values: Count
) -> None:
    read = INDIA.model_copy(update={"role": role})
    out = written(tmp_path / "out", claimed("location", read, "India leads."))
    gold = gold_of(
        tmp_path / "gold",
        fact("countries", "IN", "India leads.", status="provides most KPO today"),
        tolerated=[fact("countries", "IN", "India leads.", status="expected")],
    )
    report = evaluate(out, gold, CONCEPT)
    assert report.values.micro() == values
    assert report.spans.micro() == Count(1, 1, 1, 1)


@pytest.mark.parametrize(
    ("parts", "values", "spans"),
    [
        (("KPO lowers cost.",), Count(1, 1, 1, 1), Count(1, 1, 1, 1)),
        (("KPO lowers cost.", "India leads."), Count(1, 1, 1, 1), Count(1, 1, 1, 1)),
        (("India leads.",), Count(0, 0, 0, 1), Count(0, 0, 0, 1)),
    ],
)
def test_a_fact_that_gold_tolerates_at_a_second_place_is_judged_at_its_first(
    tmp_path: Path, parts: tuple[str, ...], values: Count, spans: Count
) -> None:
    claim = claimed("benefit", CHEAP, parts[0]).model_copy(update={"evidence": tuple(map(quoted, parts))})
    out = written(tmp_path / "out", claim)
    gold = gold_of(
        tmp_path / "gold",
        fact("benefits", "cost reduction", "KPO lowers cost."),
        tolerated=[fact("benefits", "cheap", "India leads.")],
    )
    report = evaluate(out, gold, CONCEPT)
    assert report.values.micro() == values
    assert report.spans.micro() == spans


def test_a_role_that_gold_tolerates_elsewhere_is_wrong_where_gold_asks_for_another(tmp_path: Path) -> None:
    lost = INDIA.model_copy(update={"role": "affected"})
    out = written(tmp_path / "out", claimed("location", lost, "India leads."))
    gold = gold_of(
        tmp_path / "gold",
        fact("countries", "IN", "India leads.", status="provides most KPO today"),
        tolerated=[fact("countries", "IN", "BPO enters data.", status="affected")],
    )
    assert evaluate(out, gold, CONCEPT).values.micro() == Count(0, 1, 0, 1)


def test_a_name_in_another_language_than_the_articles_is_not_judged(tmp_path: Path) -> None:
    def named(lang: str, text: str) -> Label:
        return Label(lang=lang, text=text, kind="preferred", evidence=(quoted(text),))

    gold = gold_of(tmp_path / "gold", fact("label_local", "India", "India"))
    foreign = evaluate(written(tmp_path / "sv", labels=(named("sv", "BPO"),)), gold, CONCEPT)
    assert foreign.values.micro() == foreign.spans.micro() == Count(0, 0, 0, 1)
    wrong = evaluate(written(tmp_path / "en", labels=(named("en", "BPO"),)), gold, CONCEPT)
    assert wrong.values.micro() == wrong.spans.micro() == Count(0, 1, 0, 1)
    both = (named("sv", "BPO"), named("en", "India"))
    right = evaluate(written(tmp_path / "both", labels=both), gold, CONCEPT)
    assert right.values.micro() == right.spans.micro() == Count(1, 1, 1, 1)
