"""A worker's models, each loaded when a row first needs it, and its way to the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pipeline.config import Config
from pipeline.engines.jobs import Handler, Job
from pipeline.model import Article, Group, ModelCard
from pipeline.store import Store, decode, encode, load, load_each, open_store, row_key
from pipeline.vectors import Floats, Halves, unit
from pipeline.work.stands import Stands, stands

if TYPE_CHECKING:
    from pipeline.align import Unit
    from pipeline.align.weights import Weights
    from pipeline.embed import CachedEncoder, Encoder
    from pipeline.extract import Judge, Tag, Tagger, Tags
    from pipeline.outline import RoleHead
    from pipeline.segment.splitters import Splitters
    from pipeline.work.rows import Relation, Source

Record = TypeVar("Record")

_HELD = 32  # articles that a worker keeps at hand, with their vectors
_FAMILIES = 256  # families of which it keeps at hand what is compared, of 40 KB a document
ROLES, JUDGE = "outline", "extract"  # stages that learn something from the concept's examples


def learnt_key(stage: str, at: Stands) -> str:
    """Where what `stage` has learnt is kept."""
    return row_key("learnt", stage, at[stage].id)


class Models:
    """What a worker keeps between rows.

    Args:
        config: the settings of every stage.
        address: of the store.
        card: of the encoder; vectors of different cards never mix.
    """

    def __init__(self, config: Config, address: str, card: ModelCard) -> None:
        self.config = config
        self.store: Store = open_store(address)
        self.card = card
        # Neighbours of a family come one after the other, and share its articles.
        self._article = lru_cache(_HELD)(self._load_article)
        self._vectors = lru_cache(_HELD)(self._load_vectors)
        self._units = lru_cache(_FAMILIES)(self._load_units)

    @cached_property
    def splitters(self) -> Splitters:
        """Sentence splitters."""
        from pipeline.segment import load_splitters

        return load_splitters(self.config.segment)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder itself; rows use `encode`, which remembers."""
        from pipeline.embed import load_encoder

        # A worker has one core; the number of threads changes no vector.
        return load_encoder(self.config.embed.model_copy(update={"threads": 1}))

    @cached_property
    def roles(self) -> RoleHead:
        """What a section does, learnt from the concept's examples."""
        from pipeline.outline import RoleHead, load_roles

        learn = partial(load_roles, self.config.concept.section_roles, self.encode)
        return self._learnt(ROLES, RoleHead, learn)

    @cached_property
    def judge(self) -> Judge:
        """What a passage states, learnt from the concept's examples."""
        from pipeline.extract import Judge, load_judge

        return self._learnt(JUDGE, Judge, partial(load_judge, self.config, self.encode))

    @cached_property
    def tagger(self) -> Tagger | None:
        """What tells which tokens state what, if the concept has one.

        Raises:
            ModelError: it was taught for another encoder, or cannot be read.
        """
        from pipeline.extract import load_tagger

        path = self.config.tagger_path
        return load_tagger(path, self.card.name) if path is not None else None

    @property
    def tag(self) -> Tag | None:
        """Texts to what their tokens state, each text read once and kept; None without a tagger."""
        return partial(self._tagged, self.tagger) if self.tagger is not None else None

    def _tagged(self, tagger: Tagger, texts: Sequence[str]) -> list[Tags]:
        return [tagger.unpacked(kept) for kept in self._cached.marks(texts, tagger)]

    def learn(self) -> None:
        """Learn and keep what the concept's examples teach."""
        _ = self.roles, self.judge

    def get_ready(self) -> None:
        """Load what nearly every file needs from encoding on."""
        from pipeline.align import Sketch, same_source

        one = np.ones((1, 1), np.float32)
        any_article = Sketch("", "", one[0], one.astype(np.float16), one[0])
        same_source(any_article, any_article, self.weights)  # loads what is compiled
        _ = self.encoder
        at = stands(self.config, self.card)
        keys = [learnt_key(stage, at) for stage in (ROLES, JUDGE)]
        if len(self.store.known(keys)) == len(keys):
            self.learn()

    def _learnt(self, stage: str, kind: type[Record], learn: Callable[[], Record]) -> Record:
        """What `learn` gives, kept in the store: a later run neither learns nor loads what learning takes."""
        key = learnt_key(stage, stands(self.config, self.card))
        kept = self.store.read([key]).get(key)
        if kept is None:
            kept = encode(learn(), packed=False)
            self.store.write("learnt", {key: kept})
        return decode(kept, kind)

    @cached_property
    def weights(self) -> Weights:
        """What is learnt of the encoder for alignment.

        Raises:
            ModelError: the weights were learnt of another encoder, or cannot be read.
        """
        from pipeline.align import check_encoder, load_weights

        check_encoder(self.config.align, self.card)
        return load_weights(self.config.align.weights_path)

    @cached_property
    def _cached(self) -> CachedEncoder:
        from pipeline.embed import CachedEncoder

        return CachedEncoder(self.card, lambda: self.encoder, self.store)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, d) of `texts`, each text encoded once and kept in half precision."""
        return self._cached.encode(texts)

    def halves(self, texts: Sequence[str]) -> Halves:
        """The vectors of `texts` as they are kept."""
        return self._cached.halves(texts)

    def read(self, texts: Sequence[str]) -> None:
        """Keep all that one reading of `texts` by the encoder gives: vectors and, with a tagger, tags."""
        if self.tagger is not None:
            self._cached.marks(texts, self.tagger)
        else:
            self._cached.halves(texts)

    @property
    def encoding(self) -> float:
        """Seconds of a core that went into encoding so far."""
        return self._cached.seconds

    def load(self, key: str, kind: type[Record]) -> Record:
        """The record kept under `key`.

        Raises:
            CacheError: it is missing or damaged; the run computes it again.
        """
        return load(self.store, key, kind)

    def each(self, keys: Iterable[str], kind: type[Record]) -> Iterator[tuple[str, Record]]:
        """The records kept under `keys`, one after the other.

        Raises:
            CacheError: one is missing or damaged.
        """
        return load_each(self.store, keys, kind)

    def article(self, key: str, path: str) -> Article:
        """The article kept under `key`, its document at its present path."""
        return self._article(key, path)

    def groups(self, keys: tuple[str, ...]) -> tuple[Group, ...]:
        """All groups kept under `keys`."""
        return tuple(group for key in keys for group in self.load(key, tuple[Group, ...]))

    def vectors_of(self, source: Source) -> Floats:
        """Unit vectors (n, d) of the segments of an article."""
        return self._vectors(source.vectors)

    def units(self, relation: Relation) -> tuple[Unit, ...]:
        """What of a family is compared with others."""
        return self._units(relation)

    def _load_units(self, relation: Relation) -> tuple[Unit, ...]:
        from pipeline.align import units_of

        articles = {each.id: self.article(each.outline, each.path) for each in relation.sources}
        vectors = {each.id: self.vectors_of(each) for each in relation.sources}
        groups = self.groups(relation.groups)
        return units_of(relation.family, articles, vectors, self.config.align, groups)

    def _load_vectors(self, key: str) -> Floats:
        return unit(self.load(key, Halves))

    def _load_article(self, key: str, path: str) -> Article:
        return self.load(key, Article).at(path)


def make_handler(config: Config, address: str, card: ModelCard) -> Handler:
    """A worker's handler: does a job with this worker's models and keeps its record under its key.

    It gives the seconds of a core that encoding took of it.
    """
    models = Models(config, address, card)

    def handle(job: Job) -> float:
        before = models.encoding
        record = job.function(models, job.payload)
        if record is not None:
            models.store.write(job.stage, {job.key: encode(record)})
        return models.encoding - before

    return handle
