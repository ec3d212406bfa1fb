"""The record refuses what breaks an invariant, and its schema describes exactly what it writes."""

import json
from dataclasses import replace

import jsonschema
import pytest
from hand_made import CONFIG, PROVENANCE, TEXT, articles, claim, contrast, extraction, quote, sources
from pydantic import ValidationError

from pipeline.errors import OutputError
from pipeline.fuse import fuse
from pipeline.record import Evidence, KnowledgeRecord, schema, verify


@pytest.fixture
def record() -> KnowledgeRecord:
    parts = [
        extraction("A", claim("benefit", "cost", (quote("a-is", 0, 9), quote("a-ru", 5, 20)))),
        extraction(
            "B",
            claim("location", "IN", (quote("b-sv", 0, 9),), role="provider"),
            contrasts=(contrast(None, "Mood", {"KPO": quote("b-sv", 70, 80)}, "B"),),
        ),
    ]
    return fuse(parts, sources(), articles(), (), CONFIG, PROVENANCE)


def test_it_validates_against_its_schema(record: KnowledgeRecord) -> None:
    written = json.loads(record.model_dump_json())
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(written, schema())
    assert KnowledgeRecord.model_validate(written) == record


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("claims", 0, "evidence", 0, "quote"), None),
        (("claims", 0, "evidence"), []),
        (("claims", 0, "status"), "certain"),
        (("claims", 0, "evidence", 0, "surprise"), 1),
        (("schema_version",), "9"),
    ],
)
def test_the_schema_refuses_what_the_record_refuses(
    record: KnowledgeRecord, path: tuple[str | int, ...], value: object
) -> None:
    written = json.loads(record.model_dump_json())
    node = written
    for key in path[:-1]:
        node = node[key]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, schema())
    with pytest.raises(ValidationError):
        KnowledgeRecord.model_validate(written)


def test_a_reader_of_every_json_file_takes_the_schema_for_an_empty_record() -> None:
    def quotes(node: object) -> int:
        if isinstance(node, dict):
            own = int({"quote", "start", "end"} <= node.keys())
            return own + sum(quotes(child) for child in node.values())
        return sum(quotes(child) for child in node) if isinstance(node, list) else 0

    made = json.loads(json.dumps(schema()))
    assert made["documents"] == made["claims"] == []
    assert quotes(made) == 0


def test_a_quote_must_be_as_long_as_its_place() -> None:
    with pytest.raises(ValidationError, match="cannot hold"):
        Evidence(document="d", lang="is", start=0, end=5, quote="abc", match="exact", score=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: {"claims": (*r.claims, r.claims[0])}, "occurs twice"),
        (lambda r: {"documents": r.documents[:1]}, "unknown document"),
        (
            lambda r: {
                "claims": (
                    r.claims[0].model_copy(
                        update={"support": r.claims[0].support.model_copy(update={"sources": 2})}
                    ),
                )
            },
            "does not count",
        ),
    ],
)
def test_a_record_that_does_not_hold_together_cannot_be_built(
    record: KnowledgeRecord, change: object, message: str
) -> None:
    fields = {name: getattr(record, name) for name in type(record).model_fields}
    with pytest.raises(ValidationError, match=message):
        KnowledgeRecord(**{**fields, **change(record)})  # type: ignore[operator]


def test_verify_finds_a_quote_that_moved(record: KnowledgeRecord) -> None:
    documents = ("a-is", "a-ru", "b-sv")
    verify(record, [(id_, TEXT) for id_ in documents])
    with pytest.raises(OutputError, match="is not the text at its place"):
        verify(record, [(id_, "x" + TEXT) for id_ in documents])
    with pytest.raises(OutputError):
        verify(record, [])


def test_fuse_refuses_a_quote_that_is_not_in_its_article() -> None:
    wrong = replace(quote("a-is", 0, 3), quote="xyz")
    with pytest.raises(OutputError, match="'xyz' is not the text"):
        fuse(
            [extraction("A", claim("benefit", "cost", (wrong,)))],
            sources(),
            articles(),
            (),
            CONFIG,
            PROVENANCE,
        )
