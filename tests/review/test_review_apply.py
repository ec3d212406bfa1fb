import csv
import io
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from bundles import bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline.bundle import Bundle
from pipeline.config import ExportSettings
from pipeline.errors import ReviewError
from pipeline.model import Decision, View
from pipeline.review import (
    accepted_groups,
    apply_file,
    corrected_groups,
    read_decisions,
    reviewed_record,
    status,
    undo,
    write_decisions,
    write_sheets,
)
from pipeline.standing import shown_claim

NOON, LATER = "2026-11-21T12:00:00Z", "2026-11-22T12:00:00Z"
Rows = list[dict[str, str]]


def read(out: Path, name: str) -> Rows:
    return list(csv.DictReader((out / f"{name}.csv").open(encoding="utf-8-sig", newline="")))


def sheet(path: Path, rows: Rows, separator: str = ",", encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def again(run: Bundle, out: Path) -> Bundle:
    """The next run over the same articles, with the decisions of the folder."""
    decisions = read_decisions(out)
    groups = corrected_groups(run.groups, decisions, run.articles, run.families)
    record = reviewed_record(run.record, decisions, run.concept)
    after = replace(run, groups=groups, record=record, decisions=decisions)
    write_sheets(after, out, ExportSettings())
    return after


def decide(out: Path, name: str, row: int, reviewer: str = "anna", **cells: str) -> Path:
    rows = read(out, name)
    rows[row].update(cells)
    path = sheet(out / f"{name}-{reviewer}.csv", rows)
    return path


def test_a_decision_shows_in_the_record_of_the_next_run(run: Bundle, out: Path) -> None:
    path = decide(out, "claims", 0, decision="accept", note="both sources say so")
    outcome = apply_file(path, out, "anna", NOON)
    assert len(outcome.applied) == 1
    claim = again(run, out).record.claims[0]
    assert claim.review is not None
    assert (claim.review.status, claim.review.reviewer, claim.review.time) == ("accepted", "anna", NOON)
    assert claim.review.note == "both sources say so"


def test_a_corrected_value_takes_the_vocabularys_id(run: Bundle, out: Path) -> None:
    row = next(n for n, row in enumerate(read(out, "claims")) if row["status"] == "single")
    apply_file(decide(out, "claims", row, decision="correct", correction="Agility"), out, "anna", NOON)
    claim = again(run, out).record.claims[row]
    assert (claim.value.id, claim.value.label) == ("agility", "agility")
    assert claim.review is not None
    assert claim.review.original == run.record.claims[row].value
    # The sheet still shows what was extracted, with the correction beside it, and the decision holds.
    shown = read(out, "claims")[row]
    assert (shown["decision"], shown["correction"]) == ("correct", "Agility")
    assert again(run, out).record.claims[row].review == claim.review


def test_applying_the_written_sheets_changes_nothing(run: Bundle, out: Path) -> None:
    apply_file(decide(out, "claims", 0, decision="accept", note="-1 = x"), out, "anna", NOON)
    again(run, out)
    before = (out / "review" / "decisions.jsonl").read_bytes()
    for name in ("claims.csv", "alignments.csv", "alignment_members.csv", "review.xlsx"):
        outcome = apply_file(out / name, out, "berit", LATER)
        assert (outcome.applied, outcome.stale, outcome.refused, outcome.edited) == ((), (), (), ())
    assert (out / "review" / "decisions.jsonl").read_bytes() == before


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
def test_other_separators_orders_columns_and_parts(out: Path, separator: str, encoding: str) -> None:
    rows = [row | {"my own column": "x"} for row in read(out, "claims")[3:0:-1]]
    rows[0]["decision"] = "Reject "
    for row in rows:
        del row["statement"], row["slot"]
    outcome = apply_file(sheet(out / "x.csv", rows, separator, encoding), out, "anna", NOON)
    assert len(outcome.applied) == 1
    assert read_decisions(out)[0].verdict == "reject"


def test_a_changed_text_is_stale_and_not_applied(run: Bundle, out: Path) -> None:
    path = decide(out, "claims", 0, decision="accept")
    claims = list(run.record.claims)
    other = claims[0].evidence[:1]
    text = claims[0].statement.model_copy(update={"text": "Allt annað."})
    evidence = tuple(e.model_copy(update={"quote": "x" * len(e.quote)}) for e in other)
    claims[0] = claims[0].model_copy(update={"statement": text, "evidence": evidence})
    changed = replace(run, record=run.record.model_copy(update={"claims": tuple(claims)}))
    write_sheets(changed, out, ExportSettings())
    outcome = apply_file(path, out, "anna", NOON)
    assert len(outcome.stale) == 1
    assert not outcome.applied
    assert read_decisions(out) == ()


def test_a_decision_made_before_a_change_is_shown_as_stale(run: Bundle, out: Path) -> None:
    apply_file(decide(out, "claims", 0, decision="reject"), out, "anna", NOON)
    old = read_decisions(out)
    claim = run.record.claims[0]
    text = claim.statement.model_copy(update={"text": "Allt annað."})
    changed = claim.model_copy(update={"statement": text, "evidence": claim.evidence[2:]})
    record = run.record.model_copy(update={"claims": (changed, *run.record.claims[1:])})
    reviewed = reviewed_record(record, old, run.concept)
    assert reviewed.claims[0].review is not None
    assert reviewed.claims[0].review.status == "stale"
    write_sheets(replace(run, record=record, decisions=old), out, ExportSettings())
    assert len(status(out).stale) == 1


def test_a_new_source_leaves_a_decision_standing(run: Bundle, out: Path) -> None:
    apply_file(decide(out, "claims", 0, decision="accept"), out, "anna", NOON)
    claim = run.record.claims[0]
    # The statement is now another quote; the one that was decided is still among the evidence.
    text = claim.statement.model_copy(update={"text": claim.evidence[3].quote, "lang": "ar"})
    changed = claim.model_copy(update={"statement": text})
    record = run.record.model_copy(update={"claims": (changed, *run.record.claims[1:])})
    reviewed = reviewed_record(record, read_decisions(out), run.concept).claims[0].review
    assert reviewed is not None
    assert reviewed.status == "accepted"


def test_two_reviewers_who_disagree_are_reported(run: Bundle, out: Path) -> None:
    apply_file(decide(out, "claims", 0, decision="accept"), out, "anna", NOON)
    outcome = apply_file(decide(out, "claims", 0, "berit", decision="reject"), out, "berit", LATER)
    assert len(outcome.disputed) == 1
    assert "anna" in outcome.disputed[0]
    assert "berit" in outcome.disputed[0]
    review = again(run, out).record.claims[0].review
    assert review is not None
    assert review.status == "disputed"
    assert len(status(out).disputed) == 1


def test_undo_from_the_sheet_and_from_the_command_line(run: Bundle, out: Path) -> None:
    apply_file(decide(out, "claims", 0, decision="accept"), out, "anna", NOON)
    apply_file(decide(out, "claims", 1, decision="reject"), out, "anna", NOON)
    again(run, out)
    assert len(apply_file(decide(out, "claims", 0, decision="undo"), out, "anna", LATER).undone) == 1
    target = read_decisions(out)[0].target
    assert undo(out, [target, "nothing"]).refused == ("nothing: nothing decided here",)
    assert read_decisions(out) == ()


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"decision": "maybe"}, "unknown decision"),
        ({"decision": "correct"}, "needs a correction"),
        ({"decision": "correct", "correction": "swap everything"}, "not a correction"),
        ({"decision": "correct", "correction": "split xx"}, "no passage xx"),
    ],
)
def test_a_row_that_cannot_be_applied_says_why(out: Path, cells: dict[str, str], reason: str) -> None:
    outcome = apply_file(decide(out, "alignments", 0, **cells), out, "anna", NOON)
    assert not outcome.applied
    assert reason in outcome.refused[0]
    assert "row 2" in outcome.refused[0]


def test_an_edited_text_is_reported_and_the_decision_applied(out: Path) -> None:
    path = decide(out, "alignments", 0, decision="accept", ru="Другой текст")
    outcome = apply_file(path, out, "anna", NOON)
    assert len(outcome.applied) == 1
    assert "ru" in outcome.edited[0]


def test_files_that_are_no_sheets_are_refused_in_one_line(out: Path, tmp_path: Path) -> None:
    for name, data in {
        "a.csv": b"x,y\n1,2\n",
        "b.csv": b"claim\n\xff\xfe\xfd",
        "c.xlsx": b"PK\x03\x04junk",
    }.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ReviewError) as error:
            apply_file(tmp_path / name, out, "anna", NOON)
        assert name in str(error.value)
        assert "\n" not in str(error.value)
    with pytest.raises(ReviewError, match="no run"):
        apply_file(out / "claims.csv", tmp_path, "anna", NOON)
    (out / "review" / "decisions.jsonl").write_text("{}\n")
    with pytest.raises(ReviewError, match="line 1"):
        read_decisions(out)


def languages_of(run: Bundle) -> set[frozenset[str]]:
    return {frozenset(passage.lang for passage in group.passages) for group in run.groups}


@pytest.mark.parametrize(
    ("row", "correction", "made"),
    [
        (0, "split ru", {frozenset({"is", "it"})}),
        (0, "drop it", {frozenset({"is", "ru"})}),
        (0, "merge {1}", {frozenset({"is", "it", "ru"})}),
        (0, "move ru to {7}", {frozenset({"is", "it"})}),
        (4, "drop ru", set()),
    ],
)
def test_corrections_of_groups(
    run: Bundle, out: Path, row: int, correction: str, made: set[frozenset[str]]
) -> None:
    ids = [line["group"] for line in read(out, "alignments")]
    path = decide(out, "alignments", row, decision="correct", correction=correction.format(*ids))
    assert len(apply_file(path, out, "anna", NOON).applied) == 1
    after = again(run, out)
    assert made <= languages_of(after)
    assert ids[row] not in {group.id for group in after.groups}
    changed = [group for group in after.groups if group not in run.groups]
    assert all(ids[row] in group.origins for group in changed)
    # Undoing on a row that a correction made takes the correction back.
    if changed:
        where = next(n for n, line in enumerate(read(out, "alignments")) if line["group"] == changed[0].id)
        assert apply_file(decide(out, "alignments", where, decision="undo"), out, "anna", LATER).undone
        assert again(run, out).groups == run.groups


def test_moving_a_passage_by_editing_its_group(run: Bundle, out: Path) -> None:
    rows = read(out, "alignment_members")
    first, second = (line["group"] for line in read(out, "alignments")[:2])
    for row in rows:
        if row["lang"] == "ru" and row["group"] in (first, second):
            row["group"] = second if row["group"] == first else first
    outcome = apply_file(sheet(out / "moved.csv", rows, ";"), out, "anna", NOON)
    assert len(outcome.applied) == 2
    after = [group for group in again(run, out).groups if group not in run.groups]
    assert len(after) == 2
    russian = {
        passage.first: {other.first for other in group.passages}
        for group in after
        for passage in group.passages
        if passage.lang == "ru"
    }
    assert russian == {0: {0, 1}, 1: {0, 1}}


def test_passages_may_become_a_new_group(run: Bundle, out: Path) -> None:
    rows = read(out, "alignment_members")
    group = read(out, "alignments")[0]["group"]
    for row in rows:
        if row["group"] == group and row["lang"] != "it":
            row["group"] = "new one"
    apply_file(sheet(out / "split.csv", rows), out, "anna", NOON)
    assert frozenset({"is", "ru"}) in languages_of(again(run, out))


def test_a_note_beside_a_correction_does_not_hide_it(run: Bundle, out: Path) -> None:
    path = decide(out, "alignments", 0, "berit", decision="correct", correction="split ru")
    apply_file(decide(out, "alignments", 0, note="look at the heading"), out, "anna", NOON)
    apply_file(path, out, "berit", LATER)
    assert frozenset({"is", "it"}) in languages_of(again(run, out))


def test_rejected_groups_are_not_used(run: Bundle, out: Path) -> None:
    apply_file(decide(out, "alignments", 0, decision="reject"), out, "anna", NOON)
    decisions = read_decisions(out)
    assert len(accepted_groups(run.groups, decisions)) == len(run.groups) - 1
    assert corrected_groups(run.groups, decisions, run.articles, run.families) == run.groups


def test_a_move_in_a_sheet_older_than_the_text_is_stale(run: Bundle, out: Path) -> None:
    rows = read(out, "alignment_members")
    rows[0]["group"] = "elsewhere"
    path = sheet(out / "old.csv", rows)
    write_sheets(replace(run, groups=run.groups[1:]), out, ExportSettings())
    outcome = apply_file(path, out, "anna", NOON)
    assert (len(outcome.applied), len(outcome.stale)) == (0, 1)


def test_a_cell_with_a_formula_in_a_workbook_is_text(out: Path) -> None:
    book = openpyxl.load_workbook(out / "review.xlsx")
    table = book["claims"]
    names = [cell.value for cell in table[1]]
    table.cell(2, names.index("decision") + 1, "accept")
    table.cell(2, names.index("note") + 1, "=1+1")
    book.save(out / "saved.xlsx")
    assert len(apply_file(out / "saved.xlsx", out, "anna", NOON).applied) == 1
    assert read_decisions(out)[0].note == "=1+1"


def test_lines_of_the_decisions_file_are_sorted_and_stable(run: Bundle, out: Path) -> None:
    for row in (3, 1, 2):
        apply_file(decide(out, "claims", row, decision="accept", note="ok\u2028\n"), out, "anna", NOON)
    lines = (out / "review" / "decisions.jsonl").read_text(encoding="utf-8").split("\n")
    assert len(lines) == 4
    assert [line.split('"target"')[1] for line in lines[:-1]] == sorted(
        line.split('"target"')[1] for line in lines[:-1]
    )


def test_ids_survive_edits_elsewhere() -> None:
    first = bundle()
    article = first.articles[0]
    longer = replace(article.segments[0], view=View("New title", ()), id="other")
    changed = replace(article, segments=(longer, *article.segments[1:]))
    second = replace(first, articles=(changed, *first.articles[1:]))
    rows = tables.alignments(first).records(), tables.alignments(second).records()
    same = [a["group"] == b["group"] and a["shown"] == b["shown"] for a, b in zip(*rows, strict=True)]
    assert same.count(False) <= 1


@settings(max_examples=50, deadline=None)
@given(note=st.text(max_size=30), correction=st.text(max_size=30))
def test_what_a_reviewer_wrote_comes_back_as_it_was(note: str, correction: str) -> None:
    run = bundle()
    claim = run.record.claims[1]
    decision = Decision(
        "claim", claim.id, "correct", correction.strip(), note.strip(), "anna", NOON, shown_claim(claim)
    )
    with TemporaryDirectory() as folder:
        out = Path(folder)
        write_sheets(replace(run, decisions=(decision,)), out, ExportSettings(xlsx=False))
        write_decisions(out, [decision])
        assert read_decisions(out) == (decision,)
        outcome = apply_file(out / "claims.csv", out, "berit", LATER)
        assert outcome.applied == outcome.stale == ()
        assert read_decisions(out) == (decision,)
