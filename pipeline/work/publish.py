"""From what the stages found to the output folder: reviewers' decisions, sheets, exports, manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.bundle import Bundle, quotes_of
from pipeline.files import write_file
from pipeline.model import Article, Reject, content_id
from pipeline.record import Concept, Input, KnowledgeRecord, Model, Provenance
from pipeline.review.sheets import sheet_rows
from pipeline.store import row_key
from pipeline.tables import group_rows, segment_rows
from pipeline.work.batch import Batch
from pipeline.work.output import MANIFEST, OutputFolder, said_plainly
from pipeline.work.pages import PIECES, Pages, Renderer, kept, render
from pipeline.work.rows import Heads, Rejected, Relation, Source, layers
from pipeline.work.sequences import Lazy
from pipeline.work.session import Setting

if TYPE_CHECKING:
    from pipeline.work.models import Models

Formats = tuple[str, ...]
"""Names of formats that one process writes."""
Renderers = tuple[Renderer, ...]

# Of about equal work; none reads what another writes. Beside them the pieces that they are put together of.
_SHEETS: tuple[Formats, Renderers] = (("sheets", "jsonl"), (sheet_rows, group_rows, segment_rows))
_OTHERS: tuple[Formats, Renderers] = (
    ("docbin", "layers", "record", "documents", "jsonld", "tmx", "moses", "parquet", "report"),
    tuple(each for each in PIECES if each is not sheet_rows),
)
_KEPT = 1_000  # articles in memory at once while outputs are written


@dataclass(frozen=True, slots=True)
class Found:
    """What the stages found; groups, the record and pages are keys in the store."""

    sources: tuple[Source, ...]
    relations: tuple[Relation, ...]
    groups: tuple[str, ...]
    record: str | None
    provenance: Provenance
    rejects: tuple[Reject, ...]
    pages: Pages
    counts: Counts


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of everything in a set of outputs."""

    documents: int
    languages: int
    families: int
    groups: int
    claims: int


def outputs(folder: OutputFolder, batch: Batch, found: Found, setting: Setting) -> tuple[Counts, bool]:
    """Write the outputs of a run; the second value is whether the folder already held just these.

    Raises:
        OutputError: a file cannot be written; the folder keeps the outputs of the last run.
    """
    key = outputs_key(found, setting)
    manifest = folder.manifest()
    unchanged = manifest.get("outputs") == key and folder.is_whole()
    with said_plainly(folder.root):
        if not unchanged:
            draft = folder.draft()
            batch.here((write, (found, setting, draft, *part)) for part in (_SHEETS, _OTHERS))
            manifest = _manifest(key, found, setting, folder.digests())
        batch.report("export", rows=1, kept=int(unchanged))
        text = json.dumps(manifest | {"clock": _clock(batch)}, ensure_ascii=False, indent=2) + "\n"
        write_file((folder.root if unchanged else draft) / MANIFEST, text.encode())
        if not unchanged:
            folder.publish()
    return found.counts, unchanged


def rejects(batch: Batch, found: Sequence[str], sources: Sequence[Source]) -> list[Reject]:
    """What the extraction of families left out, each at its file's present path."""
    paths = {source.id: source.path for source in sources}
    return [
        replace(reject, path=paths.get(reject.document or "", reject.path))
        for _, extraction in batch.each(found, Rejected)
        for reject in extraction.rejects
    ]


def show(
    batch: Batch,
    setting: Setting,
    relations: Sequence[Relation],
    groups: Mapping[str, Heads | None],
    record: str | None,
) -> tuple[Pages, Counts]:
    """Render every page of the outputs; and count what they show.

    `groups` are keys, each with the heads of its groups as far as they are known already.
    """
    read = dict(batch.each((key for key, known in groups.items() if known is None), Heads))
    heads = {key: read[key] if known is None else known for key, known in groups.items()}
    claims = _record(batch, record, setting).claims if record else ()
    pages = render(batch, setting.stands, relations, heads, quotes_of(claims), setting.decisions)
    sources = [source for relation in relations for source in relation.sources]
    return pages, Counts(
        documents=len(sources),
        languages=len({source.lang for source in sources}),
        families=len(relations),
        groups=sum(map(len, heads.values())),
        claims=len(claims),
    )


def bundle(
    shelf: Batch | Models, found: Found, setting: Setting, pieces: Renderers = tuple(PIECES)
) -> Bundle:
    """Everything that review and export write from, read from the store through `shelf` when asked for.

    Only those pieces of pages are at hand that `pieces` have rendered.
    """
    concept = setting.config.concept
    if found.record is None:
        empty = Concept(id=concept.name.id, label=concept.name.label)
        record = KnowledgeRecord(concept=empty, provenance=found.provenance)
    else:
        record = _record(shelf, found.record, setting)
    sources = sorted(found.sources, key=lambda source: source.path)
    return Bundle(
        concept=concept,
        articles=Lazy(partial(_article, shelf), sources, _KEPT),
        families=tuple(relation.family for relation in found.relations),
        record=record,
        rejects=found.rejects,
        decisions=setting.decisions,
        layers=layers(sources),
        known={source.id: source.lang for source in sources},
        kept=kept(shelf, found.pages, pieces),
    )


def write(models: Models, payload: tuple[Found, Setting, Path, Formats, Renderers]) -> None:
    """Write some of the outputs, inside a worker.

    Raises:
        OutputError: a file cannot be written, or a record breaks an invariant.
    """
    from pipeline import tables
    from pipeline.export import write_all
    from pipeline.review import write_csv, write_sheets

    found, setting, draft, formats, pieces = payload
    made, settings = bundle(models, found, setting, pieces), setting.config.export
    with said_plainly(draft):
        if "sheets" in formats:
            write_csv(tables.rejects(made), draft)
            write_sheets(made, draft, settings)
        if "layers" in formats:
            articles = made.by_id()
            for document, path in made.layers.items():
                write_file(draft / path, articles[document].document.text.encode("utf-8"))
        write_all(made, draft, settings, formats)


def outputs_key(found: Found, setting: Setting) -> str:
    """Covers everything that the outputs depend on."""
    inputs = [(source.path, source.outline, source.annotations) for source in found.sources]
    return row_key(
        "outputs", setting.stands["export"].id, *inputs, *found.groups, found.record, setting.decisions,
        found.rejects,
    )  # fmt: skip


def provenance(sources: Sequence[Source], setting: Setting) -> Provenance:
    """What makes the record."""
    from pipeline.segment import load_splitters

    config, card = setting.config, setting.card
    splitters = load_splitters(config.segment)
    ordered = sorted(sources, key=lambda source: source.path)
    inputs = tuple(Input(path=each.path, lang=each.lang, sha256=each.sha256) for each in ordered)
    # Neither where results are kept nor which formats are written changes what the record says.
    settings = content_id(config.model_dump_json(exclude={"engine", "store", "export"}))
    tool = f"kpo {version('kpo')}"
    models = ((card.name, card.revision), *sorted({splitters.source(each.lang) for each in ordered}))
    return Provenance(
        run=content_id(tool, settings, card.id, models, *((each.path, each.sha256) for each in ordered)),
        tool=tool,
        config=settings,
        models=tuple(Model(name=name, revision=revision) for name, revision in models),
        inputs=inputs,
    )


def _record(shelf: Batch | Models, key: str, setting: Setting) -> KnowledgeRecord:
    """The record with what reviewers decided about its claims."""
    from pipeline.review import reviewed_record

    record = KnowledgeRecord.model_validate_json(shelf.load(key, str))
    return reviewed_record(record, setting.decisions, setting.config.concept)


def _manifest(key: str, found: Found, setting: Setting, files: dict[str, str]) -> dict[str, Any]:
    return {
        **found.provenance.model_dump(mode="json"),
        "stands": {stage: asdict(stand) for stage, stand in setting.stands.items()},
        "counts": asdict(found.counts),
        "skipped": [
            {"path": each.path, "stage": each.stage, "kind": each.kind, "reason": each.reason}
            for each in found.rejects
        ],
        "outputs": key,
        "files": files,
    }


def _clock(batch: Batch) -> dict[str, Any]:
    """What differs from run to run: when, how long, and how much was kept from before."""
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "stages": [asdict(report) for report in batch.reports],
    }


def _article(shelf: Batch | Models, source: Source) -> Article:
    return shelf.load(source.outline, Article).at(source.path)
