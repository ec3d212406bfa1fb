"""Whole runs: what they write, that they repeat to the byte, and that only what is new costs."""

import json
from pathlib import Path

import jsonschema
import pytest
from batches import ARTICLES, config, outputs, write_articles, wrong_quotes

from pipeline.concept import Slot
from pipeline.config import Config, ExportSettings, load
from pipeline.model import Decision
from pipeline.review.decisions import write_decisions
from pipeline.review.shown import read_shown
from pipeline.run import Options, Summary, run

ROOT = Path(__file__).parent.parent.parent
CONTRACT = (
    "alignments.csv", "alignment_members.csv", "claims.csv", "documents.jsonl", "rejects.csv",
    "manifest.json", "records/KPO.json", "records/schema.json", "report.html",
)  # fmt: skip
SOUPS = {
    "suppe.md": """# Gemüsesuppe

Die Suppe braucht Salz und zwei Stunden Zeit. Zuerst wird die Zwiebel in Butter gebraten.
Danach kommt kaltes Wasser in den Topf.

## Zutaten

- Drei Karotten und ein Lauch
- Ein Liter Brunnenwasser
- Ein Löffel Butter

## Servieren

Man isst sie heiß mit frischem Brot. Reste halten sich drei Tage im Kühlschrank.
""",
    "soupe.md": """# Soupe aux légumes

La soupe demande du sel et deux heures. On fait d'abord revenir l'oignon dans le beurre.
Ensuite on verse de l'eau froide dans la casserole.

## Ingrédients

- Trois carottes et un poireau
- Un litre d'eau du puits
- Une cuillère de beurre

## Service

On la mange chaude avec du pain frais. Les restes se gardent trois jours au réfrigérateur.
""",
}
SOUP = """# Vegetable soup

The soup needs salt and two hours. First the onion is fried in butter.
Then cold water goes into the pot.

## Ingredients

- Three carrots and a leek
- One litre of water from the well
- A spoon of butter

## Serving

It is eaten hot with fresh bread. What is left keeps for three days in the fridge.
"""
NEWCOMER = """# Why firms choose KPO

Knowledge process outsourcing (KPO) is a part of BPO. Most providers are in India and the Philippines.
Costs are lower, and there is more time for the own business.
"""


def done(raw: Path, out: Path, cache: Path, settings: Config | None = None, **options: object) -> Summary:
    return run(raw, out, settings or config(), Options(cache=str(cache), **options))  # type: ignore[arg-type]


def worked(summary: Summary) -> dict[str, int]:
    """How many rows each stage really did."""
    return {each.stage: each.rows - each.kept for each in summary.stages if each.rows > each.kept}


@pytest.fixture(scope="module")
def sample(raw: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    out = tmp_path_factory.mktemp("sample")
    return out, done(raw, out, cache, load(ROOT / "configs" / "kpo.yaml"))


def test_the_sample_gives_every_output_of_the_contract(sample: tuple[Path, Summary], raw: Path) -> None:
    out, summary = sample
    assert summary.exit_status == 0
    assert all((out / name).is_file() for name in CONTRACT)
    assert wrong_quotes(out, raw) == []
    record = json.loads((out / "records" / "KPO.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, json.loads((out / "records" / "schema.json").read_text(encoding="utf-8")))
    assert record["claims"]


def test_the_sample_has_one_family_of_translations_and_two_articles_of_their_own(
    sample: tuple[Path, Summary],
) -> None:
    record = json.loads((sample[0] / "records" / "KPO.json").read_text(encoding="utf-8"))
    family = {document["lang"]: document["family"] for document in record["documents"]}
    assert family["is"] == family["ru"] == family["it"]
    assert len(set(family.values())) == 3


@pytest.mark.shared
def test_the_real_articles_align_and_quote_exactly(shared: Path, cache: Path, tmp_path: Path) -> None:
    summary = done(shared / "raw", tmp_path, cache, load(ROOT / "configs" / "kpo.yaml"))
    assert summary.exit_status == 0
    assert summary.counts.families == 3
    assert wrong_quotes(tmp_path, shared / "raw") == []


def test_a_run_repeats_to_the_byte_whatever_the_number_of_workers(tmp_path: Path, cache: Path) -> None:
    raw = write_articles(tmp_path / "raw")
    done(raw, tmp_path / "a", cache, jobs=2)
    done(raw, tmp_path / "b", tmp_path / "other cache", jobs=1)
    assert outputs(tmp_path / "a") == outputs(tmp_path / "b")


def test_nothing_new_costs_nothing(tmp_path: Path, cache: Path) -> None:
    raw = write_articles(tmp_path / "raw")
    done(raw, tmp_path / "out", cache)
    again = done(raw, tmp_path / "out", cache)
    assert again.unchanged
    assert worked(again) == {}


def test_an_export_option_costs_only_the_export(tmp_path: Path, cache: Path) -> None:
    raw = write_articles(tmp_path / "raw")
    done(raw, tmp_path / "out", cache)
    assert (tmp_path / "out" / "alignments.tmx").is_file()
    settings = config(export=ExportSettings(tmx=False))
    assert worked(done(raw, tmp_path / "out", cache, settings)) == {"export": 1}
    assert not (tmp_path / "out" / "alignments.tmx").exists()


def test_a_new_slot_costs_extraction_and_no_encoding(tmp_path: Path, cache: Path) -> None:
    raw = write_articles(tmp_path / "raw")
    done(raw, tmp_path / "out", cache)
    slot = Slot(
        id="risk", description="what may go wrong", exemplars=("KPO may leak secrets.", "Quality may suffer.")
    )
    concept = config().concept
    settings = config(concept=concept.model_copy(update={"slots": (*concept.slots, slot)}))
    again = set(worked(done(raw, tmp_path / "out", cache, settings)))
    assert again - {"render"} == {"extract", "fuse", "export"}


def test_a_renamed_file_costs_no_stage(tmp_path: Path, cache: Path) -> None:
    raw = write_articles(tmp_path / "raw")
    done(raw, tmp_path / "out", cache)
    (raw / "de.md").rename(raw / "umbenannt.md")
    assert set(worked(done(raw, tmp_path / "out", cache))) <= {"fuse", "render", "export"}
    assert "umbenannt.md" in (tmp_path / "out" / "alignment_members.csv").read_text(encoding="utf-8")


def test_a_new_translation_aligns_only_its_own_family(tmp_path: Path, cache: Path) -> None:
    raw = write_articles(tmp_path / "raw", ARTICLES | SOUPS)
    done(raw, tmp_path / "out", cache)
    write_articles(raw, {"soup.md": SOUP})
    again = worked(done(raw, tmp_path / "out", cache))
    assert (again["align"], again["extract"]) == (1, 1)


def test_a_new_file_gives_the_bytes_of_a_run_over_all(tmp_path: Path, cache: Path) -> None:
    articles = ARTICLES | SOUPS
    raw = write_articles(tmp_path / "raw", articles)
    done(raw, tmp_path / "out", cache)
    # In between by path and family, a new language, and a claim about what others state too.
    write_articles(raw, {"en.md": SOUP, "kpo.md": NEWCOMER})
    done(raw, tmp_path / "out", cache)
    done(raw, tmp_path / "fresh", cache, fresh=True)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "fresh")


def test_what_reviewers_reject_costs_its_own_pages(tmp_path: Path, cache: Path) -> None:
    raw = write_articles(tmp_path / "raw", ARTICLES | SOUPS)
    out = tmp_path / "out"
    done(raw, out, cache)
    shown = next(each for each in read_shown(out).values() if each.subject == "group")
    decision = Decision("group", shown.id, "reject", "", "", "anna", "2026-11-22", shown.shown)
    write_decisions(out, [decision])
    again = done(raw, out, cache)
    rendered = next(each for each in again.stages if each.stage == "render")
    assert 0 < rendered.rows - rendered.kept < rendered.rows
    fresh = tmp_path / "fresh"
    write_decisions(fresh, [decision])
    done(raw, fresh, cache, fresh=True)
    assert outputs(out) == outputs(fresh)


def test_a_quarantined_file_is_taken_up_again_only_when_asked(tmp_path: Path, cache: Path) -> None:
    raw = write_articles(tmp_path / "raw")
    (raw / "empty.txt").write_bytes(b"")
    first = done(raw, tmp_path / "out", cache)
    assert [reject.path for reject in first.rejects] == ["empty.txt"]
    assert first.exit_status == 1
    assert worked(done(raw, tmp_path / "out", cache)) == {}
    assert worked(done(raw, tmp_path / "out", cache, retry=True)) == {"ingest": 1}
