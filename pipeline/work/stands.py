"""Where each stage stands: what its results depend on beside their inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from pipeline.config import Config, fingerprint
from pipeline.files import digest
from pipeline.model import ModelCard, content_id
from pipeline.store import code_version

_HEADINGS = ("headings.py", "headings.yaml")
_SEGMENT = ("segment", "colons.py", "pieces.py", *_HEADINGS)
_EXTRACT = ("extract", "colons.py", *_HEADINGS, "products.py", "vectors.py")
_WRITERS = ("export", "review", "bundle.py", "tables", "standing.py", "files.py", "record.py")


@dataclass(frozen=True, slots=True)
class Stand:
    """What the results of a stage depend on beside their inputs: its code, settings and model."""

    code: str
    settings: str
    model: str = ""

    @property
    def id(self) -> str:
        """A hash of the three."""
        return content_id(self.code, self.settings, self.model)


Stands = Mapping[str, Stand]


def stands(config: Config, card: ModelCard) -> Stands:
    """Where each stage stands."""
    from pipeline.segment import load_splitters

    splitters = load_splitters(config.segment)
    concept = config.concept
    names = (config.annotate, concept.name, *concept.neighbours, *concept.terms)
    roles = sorted(concept.section_roles.items())
    tagger = config.tagger_path
    facts = (config.extract, concept, digest(tagger) if tagger is not None else "")
    return {
        "ingest": Stand(code_version("ingest"), _mark(config.ingest)),
        "segment": Stand(code_version(*_SEGMENT), _mark(config.segment), splitters.revision),
        "annotate": Stand(code_version("annotate", "colons.py"), _mark(*names)),
        "embed": Stand("", "", card.id),
        "outline": Stand(
            code_version("outline", *_HEADINGS, "vectors.py"), _mark(config.outline, *roles), card.id
        ),
        "align": Stand(code_version("align", "ordinals.py", "vectors.py"), _mark(config.align), card.id),
        "extract": Stand(code_version(*_EXTRACT), _mark(*facts), card.id),
        "fuse": Stand(code_version("fuse", "record.py"), _mark(concept), card.id),
        "export": Stand(code_version(*_WRITERS), _mark(config.export)),
    }


def _mark(*settings: object) -> str:
    parts = (fingerprint(each) if isinstance(each, BaseModel) else str(each) for each in settings)
    return content_id(*parts)
