import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from rdflib import Graph
from translate.storage.tmx import tmxfile

from pipeline import tables
from pipeline.bundle import Bundle, passage_text
from pipeline.config import ExportSettings
from pipeline.errors import OutputError
from pipeline.export import FORMATS, write, write_all
from pipeline.export.memory import xml_text
from pipeline.model import Decision
from pipeline.record import KnowledgeRecord
from pipeline.standing import shown_group

WHICH_ARTICLES = """
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX kpo: <urn:kpo:terms:>
SELECT DISTINCT ?path ?language WHERE {
  ?claim a kpo:Claim ; kpo:slot "benefit" ; rdfs:label "cost reduction" .
  ?annotation oa:hasBody ?claim ; oa:hasTarget/oa:hasSource ?article .
  ?article dcterms:identifier ?path ; dcterms:language ?language .
}
"""


def quotes_of(run: Bundle) -> int:
    return sum(len(claim.evidence) for claim in run.record.claims)


def test_the_record_validates_against_the_schema_beside_it(out: Path, run: Bundle) -> None:
    record = json.loads((out / "records" / "KPO.json").read_text(encoding="utf-8"))
    schema = json.loads((out / "records" / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(record)
    (line,) = (out / "records" / "records.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert json.loads(line) == record
    assert KnowledgeRecord.model_validate(record) == run.record


def test_documents_give_every_place_in_code_points(out: Path, run: Bundle) -> None:
    lines = (out / "documents.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert len(lines) == len(run.articles)
    for line, article in zip(map(json.loads, lines), run.articles, strict=True):
        assert set(line) >= {"id", "path", "lang", "encoding", "sha256", "title", "family"}
        for segment in line["segments"]:
            assert article.document.text[segment["start"] : segment["end"]] == segment["text"]
            block = line["blocks"][segment["block"]]
            assert block["start"] <= segment["start"] < segment["end"] <= block["end"]


def test_sparql_tells_which_articles_in_which_languages_support_a_claim(out: Path) -> None:
    graph = Graph().parse(out / "records" / "KPO.jsonld", format="json-ld")
    found = {(str(row[0]), str(row[1])) for row in graph.query(WHICH_ARTICLES)}
    assert found == {("is.md", "is"), ("it.md", "it"), ("ru.md", "ru"), ("ar.txt", "ar")}


def test_every_web_annotation_selector_finds_its_quote(out: Path, run: Bundle) -> None:
    nodes = json.loads((out / "records" / "KPO.jsonld").read_text(encoding="utf-8"))["@graph"]
    texts = {f"urn:kpo:document:{a.document.id}": a.document.text for a in run.articles}
    annotations = [node for node in nodes if node["type"] == "oa:Annotation"]
    assert len(annotations) == quotes_of(run)
    for node in annotations:
        text = texts[node["target"]["source"]]
        quote, place = node["target"]["selector"]
        assert text[place["start"] : place["end"]] == quote["exact"]
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in text


def test_translate_toolkit_reads_the_memory_back_whole(out: Path, run: Bundle) -> None:
    with (out / "alignments.tmx").open("rb") as file:
        memory = tmxfile(file)
    assert len(memory.units) == len(run.groups)
    articles = run.by_id()
    wanted = {
        group.id: [(p.lang, passage_text(p, articles[p.document])) for p in group.passages]
        for group in run.groups
    }
    for unit in memory.units:
        variants = unit.xmlelement.findall("tuv")
        read = [
            (variant.get("{http://www.w3.org/XML/1998/namespace}lang"), variant.findtext("seg"))
            for variant in variants
        ]
        assert read == wanted[unit.xmlelement.get("tuid")]
    it = next(unit for unit in memory.units if unit.xmlelement.get("tuid") == run.groups[1].id)
    assert (it.source, it.target) == (wanted[run.groups[1].id][0][1], wanted[run.groups[1].id][1][1])


def test_xml_holds_what_xml_can_hold() -> None:
    assert xml_text("a <b> & \x07 \ud800 😀") == "a &lt;b&gt; &amp; \ufffd \ufffd 😀"


def test_rejected_groups_are_not_in_the_memory(run: Bundle, tmp_path: Path) -> None:
    group = run.groups[0]
    shown = shown_group(group, run.by_id())
    rejected = Decision("group", group.id, "reject", "", "", "anna", "2026-11-21", shown)
    write("tmx", replace(run, decisions=(rejected,)), tmp_path)
    assert group.id not in (tmp_path / "alignments.tmx").read_text(encoding="utf-8")


def test_pyarrow_reads_typed_tables(out: Path, run: Bundle) -> None:
    from pyarrow import parquet

    members = parquet.read_table(out / "parquet" / "alignment_members.parquet")
    assert str(members.schema.field("start").type) == "int64"
    assert str(members.schema.field("score").type) == "double"
    assert members.schema.field("text").metadata == {b"about": b"the passage without markup"}
    assert members.to_pylist() == tables.members(run).records()
    assert parquet.read_table(out / "parquet" / "claims.parquet").to_pylist() == tables.claims(run).records()
    assert len(parquet.read_table(out / "parquet" / "evidence.parquet")) == quotes_of(run)


def test_moses_lines_are_parallel(out: Path) -> None:
    left, right, ids = (
        (out / "moses" / f"is-ru.{suffix}").read_text(encoding="utf-8").split("\n")[:-1]
        for suffix in ("is", "ru", "ids")
    )
    assert len(left) == len(right) == len(ids) == 6
    assert (left[2], right[2]) == ("KPO lækkar kostnað.", "KPO снижает затраты.")


def test_spacy_reads_the_claims_as_span_groups(out: Path, run: Bundle) -> None:
    import spacy
    from spacy.tokens import DocBin

    by_path = {article.document.path: article for article in run.articles}
    seen = 0
    for path in sorted((out / "docbin").glob("*.spacy")):
        for doc in DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab):
            text = by_path[doc.user_data["path"]].document.text
            assert doc.text == text
            for span in doc.spans["sc"]:
                quotes = {e.quote for claim in run.record.claims for e in claim.evidence}
                assert span.text in quotes
                assert span.label_ in {slot.id for slot in run.concept.slots}
                seen += 1
    assert seen == quotes_of(run)


@pytest.mark.slow
def test_spacy_train_starts_on_the_docbin(out: Path, tmp_path: Path) -> None:
    spacy = [sys.executable, "-m", "spacy"]
    config, data = tmp_path / "config.cfg", str(out / "docbin")
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    run = {"check": True, "capture_output": True, "text": True, "env": environment, "timeout": 300}
    subprocess.run([*spacy, "init", "config", str(config), "--lang", "xx", "--pipeline", "spancat"], **run)
    paths = ["--paths.train", data, "--paths.dev", data]
    few = ["--training.max_steps", "2", "--training.eval_frequency", "1"]
    trained = subprocess.run([*spacy, "train", str(config), *paths, *few], **run)
    assert "SPANS_SC_F" in trained.stdout


def test_two_runs_give_the_same_bytes_whatever_the_hash_seed(out: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]);"
        "from bundles import bundle; from pipeline.config import ExportSettings;"
        "from pipeline.export import write_all; write_all(bundle(), Path(sys.argv[1]), ExportSettings())"
    )
    tests = str(Path(__file__).parent.parent)
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), tests],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    first = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert first.keys() == again.keys()
    assert [path for path in first if first[path] != again[path]] == []


def test_config_switches_formats_off(run: Bundle, tmp_path: Path) -> None:
    off = ExportSettings(
        jsonl=False, jsonld=False, tmx=False, moses=False, parquet=False, docbin=False, report=False
    )
    written = write_all(run, tmp_path, off)
    assert {path.name for path in written} == {"KPO.json", "schema.json", "documents.jsonl"}


def test_an_unknown_format_or_a_full_place_is_one_line(run: Bundle, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no format 'docx'"):
        write("docx", run, tmp_path)
    (tmp_path / "records").write_text("a file in the way")
    for name in ("record", "jsonld"):
        with pytest.raises(OutputError, match="records"):
            write(name, run, tmp_path)
    assert set(FORMATS) >= {"record", "jsonld", "tmx", "parquet", "docbin", "report"}
