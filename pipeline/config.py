"""`configs/*.yaml` to one frozen `Config`; an unknown key is refused and the nearest one named."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from pydantic import BaseModel, Field, PrivateAttr, ValidationError

from pipeline.concept import Concept, Strict, placing, quoting, taught
from pipeline.errors import ConfigError
from pipeline.examples import read_examples, read_places
from pipeline.model import content_id

_DEPTH = 20  # a config nests 7 deep


class IngestSettings(Strict):
    """How files are found and decoded."""

    max_bytes: int = Field(20_000_000, gt=0, description="a larger file is quarantined")
    languages: tuple[str, ...] = Field((), description="where set, only these languages are guessed")


class SegmentSettings(Strict):
    """How text is cut into blocks and segments."""

    max_chars: int = Field(1_000, gt=0, description="a longer segment is split at clause level")
    stanza_resources: Path | None = Field(
        None, description="folder of official stanza models, used where present; empty: stanza's own"
    )


class AnnotateSettings(Strict):
    """How tokens, lemmas and mentions are found."""


class EmbedSettings(Strict):
    """Which encoder makes the vectors, and how it runs."""

    model: str = Field("bundled", description="'bundled', or a sentence-transformers name or path")
    revision: str = Field("", description="commit or tag of a named model; empty: the one in the cache")
    runtime: Literal["auto", "torch", "ctranslate2"] = Field(
        "auto", description="auto: torch on a GPU and for other models, ctranslate2 for the bundled one"
    )
    device: str = Field(
        "auto", description="where torch runs: auto (a GPU where there is one), cpu, cuda, cuda:1"
    )
    prefix: str = Field("", description="put before every text, where a model was trained so")
    dimension: int = Field(0, ge=0, description="keep the first so many components; 0: all")
    max_length: int = Field(0, ge=0, description="tokens a window; longer texts are pooled over windows")
    threads: int = Field(0, ge=0, description="0: one a core; vectors do not depend on it")
    folder: str = Field("", description="where converted models are kept; empty: the user's cache folder")


class OutlineSettings(Strict):
    """How sections get roles and unheaded articles get topics."""


class AlignSettings(Strict):
    """When documents are one family and when passages say the same."""

    weights: str = Field("bundled", description="'bundled', or a file of weights learnt for another encoder")
    family_threshold: float = Field(
        0.5, gt=0, lt=1, description="documents likelier versions than this are one family"
    )
    group_threshold: float = Field(
        0.5, gt=0, lt=1, description="passages whose links are above this on average join a group"
    )
    near_threshold: float = Field(
        0.25, ge=-1, le=1, description="families whose document vectors are nearer are mined"
    )
    comparable_threshold: float = Field(
        0.72, gt=0, lt=1, description="passages of different articles below are left apart"
    )

    @property
    def weights_path(self) -> Path | None:
        """The file of weights, or None for those of the bundled encoder."""
        return None if self.weights == "bundled" else Path(self.weights)


class ExtractSettings(Strict):
    """When a passage states a fact."""

    threshold: float = Field(0.34, ge=0, le=1, description="a less probable slot is not claimed")
    thresholds: dict[str, float] = Field({}, description="by slot, where one needs its own")
    context: float = Field(0.6, ge=0, description="weight of the section's role in a passage's slot")
    intro: float = Field(1.5, ge=0, description="weight of a list's intro line in its items' slot")
    introduced: float = Field(
        1.2, ge=0, description="log odds that the sentence that introduces the concept defines it"
    )
    explained: float = Field(
        2.5, ge=0, description="log odds that the sentence behind that one does, if it names no concept"
    )
    cut_words: int = Field(30, ge=1, description="shorter sentences are judged whole, and cost no encoding")
    sure: float = Field(0.7, ge=0, le=1, description="a sentence at least this surely of one slot is not cut")
    split_cost: float = Field(
        0.2, ge=0, description="log probability each further cut of a sentence must gain"
    )
    value: float = Field(0.2, ge=0, le=1, description="less similar than this to any value: a candidate")
    tagged: float = Field(0.4, ge=0, le=1, description="the tagger's share in what a passage's slot is")
    pool: bool = Field(True, description="pool the evidence of aligned translations")
    subject: bool = Field(True, description="leave out what is said of another concept")


class ReviewSettings(Strict):
    """What decisions do beyond being shown."""

    learn: bool = Field(False, description="decisions become exemplars of their slot")


class ExportSettings(Strict):
    """Which outputs a run writes beside the contract's core ones."""

    xlsx: bool = Field(True, description="review.xlsx, the sheets as one workbook")
    jsonl: bool = Field(True, description="records/records.jsonl, one line a record")
    jsonld: bool = Field(True, description="records/<concept>.jsonld, with PROV-O and Web Annotation")
    tmx: bool = Field(True, description="alignments.tmx, for translators' tools")
    moses: bool = Field(True, description="moses/, parallel lines a pair of languages")
    parquet: bool = Field(True, description="parquet/, every table typed")
    docbin: bool = Field(True, description="docbin/, spaCy documents with claims as spans")
    report: bool = Field(True, description="report.html, one self-contained page")


class EngineSettings(Strict):
    """How the work is spread."""

    jobs: int = Field(0, ge=0, description="worker processes; 0: one a core")
    item_seconds: float = Field(600.0, gt=0, description="an item that takes longer is quarantined")
    item_memory: int = Field(4_000_000_000, gt=0, description="bytes; an item above is quarantined")


class StoreSettings(Strict):
    """Where results are kept between runs."""

    max_bytes: int = Field(10_000_000_000, gt=0, description="the cache is pruned to this size")


class Config(Strict):
    """All settings of a run; every section but the concept may be left out."""

    concept: Concept

    ingest: IngestSettings = IngestSettings()
    segment: SegmentSettings = SegmentSettings()
    annotate: AnnotateSettings = AnnotateSettings()
    embed: EmbedSettings = EmbedSettings()
    outline: OutlineSettings = OutlineSettings()
    align: AlignSettings = AlignSettings()
    extract: ExtractSettings = ExtractSettings()
    review: ReviewSettings = ReviewSettings()
    export: ExportSettings = ExportSettings()
    engine: EngineSettings = EngineSettings()
    store: StoreSettings = StoreSettings()

    _folder: Path = PrivateAttr(Path())

    @property
    def tagger_path(self) -> Path | None:
        """The file of the concept's tagger, if it has one."""
        return self._folder / self.concept.tagger if self.concept.tagger is not None else None

    def read_in(self, folder: Path) -> Config:
        """The same config, whose files lie in `folder`; the folder is none of its settings."""
        found = self.model_copy()
        found._folder = folder.absolute()
        return found


def load(path: Path) -> Config:
    """Read a config file.

    Raises:
        ConfigError: the file is missing, is not YAML, or has an unknown or ill-typed key; the
            message names the key and the nearest known one.
    """
    try:
        data = _plain_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            error.strerror or "cannot be read", path=str(path), mend="name a readable file"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"not YAML: {error}".replace("\n", " "), path=str(path), mend="mend the syntax"
        ) from error
    try:
        config = Config.model_validate(data or {})
    except ValidationError as error:
        raise _first_problem(error, path) from error
    concept = config.concept
    tables = (concept.examples, taught), (concept.quotes, quoting), (concept.phrases, quoting)
    for name, teach in tables:
        if name is not None:
            table = path.parent / name
            concept = teach(concept, read_examples(table), table)
    if concept.places is not None:
        table = path.parent / concept.places
        concept = placing(concept, read_places(table), table)
    return config.model_copy(update={"concept": concept}).read_in(path.parent)


def _plain_yaml(text: str) -> object:
    """The plain values of a YAML text; aliases and deep nesting, which can explode, are refused.

    Raises:
        yaml.YAMLError: it is not YAML, or not of this kind.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read in a config")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            raise yaml.YAMLError(f"nested deeper than {_DEPTH}")
    return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, either way


def fingerprint(settings: BaseModel) -> str:
    """A hash of settings, equal where their values are equal."""
    return content_id(settings.model_dump_json())


def _first_problem(error: ValidationError, path: Path) -> ConfigError:
    problem = error.errors()[0]
    keys = [str(part) for part in problem["loc"]]
    place = "key " + ".".join(keys)
    if problem["type"] == "extra_forbidden":
        known = _known_keys(keys[:-1])
        near = difflib.get_close_matches(keys[-1], known, n=1, cutoff=0.0)
        mend = f"did you mean '{near[0]}'?" if near else "remove it"
        return ConfigError("unknown key", path=str(path), place=place, mend=mend)
    return ConfigError(problem["msg"], path=str(path), place=place, mend=f"got {problem['input']!r}"[:120])


def _known_keys(parents: list[str]) -> list[str]:
    model: Any = Config
    for name in parents:
        field = getattr(model, "model_fields", {}).get(name)
        if field is None:
            return []
        model = field.annotation
    return list(cast("dict[str, object]", getattr(model, "model_fields", {})))
