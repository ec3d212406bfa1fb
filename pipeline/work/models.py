"""A worker's models, each loaded when a row first needs it, and its way to the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from pipeline.config import Config
from pipeline.engines.jobs import Handler, Job
from pipeline.errors import CacheError
from pipeline.model import Article, Group, ModelCard
from pipeline.store import Store, decode, encode, open_store, row_key
from pipeline.vectors import Floats
from pipeline.work.stands import stands

if TYPE_CHECKING:
    from pipeline.embed import CachedEncoder, Encoder
    from pipeline.extract import Judge
    from pipeline.outline import RoleHead
    from pipeline.segment.splitters import Splitters

Record = TypeVar("Record")


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
        self._card = card

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
        return self._learnt("outline", RoleHead, learn)

    @cached_property
    def judge(self) -> Judge:
        """What a passage states, learnt from the concept's examples."""
        from pipeline.extract import Judge, load_judge

        return self._learnt("extract", Judge, partial(load_judge, self.config, self.encode))

    def learn(self) -> None:
        """Learn and keep what the concept's examples teach."""
        _ = self.roles, self.judge

    def _learnt(self, stage: str, kind: type[Record], learn: Callable[[], Record]) -> Record:
        """What `learn` gives, kept in the store: a later run neither learns nor loads what learning takes."""
        key = row_key("learnt", kind.__name__, stands(self.config, self._card)[stage].id)
        kept = self.store.read([key]).get(key)
        if kept is None:
            kept = encode(learn())
            self.store.write("learnt", {key: kept})
        return decode(kept, kind)

    @cached_property
    def _cached(self) -> CachedEncoder:
        from pipeline.embed import CachedEncoder

        return CachedEncoder(self._card, lambda: self.encoder, self.store)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, d) of `texts`, each text encoded once and kept in half precision."""
        return self._cached.encode(texts)

    def load(self, key: str, kind: type[Record]) -> Record:
        """The record kept under `key`.

        Raises:
            CacheError: it is missing or damaged; the run computes it again.
        """
        data = self.store.read([key]).get(key)
        if data is None:
            raise CacheError("missing", place=key)
        return decode(data, kind)

    def article(self, key: str, path: str) -> Article:
        """The article kept under `key`, its document at its present path."""
        article = self.load(key, Article)
        return replace(article, document=replace(article.document, path=path))

    def groups(self, keys: tuple[str, ...]) -> tuple[Group, ...]:
        """All groups kept under `keys`."""
        return tuple(group for key in keys for group in self.load(key, tuple[Group, ...]))

    def vectors(self, article: Article) -> Floats:
        """Vectors of an article's segments, row by row."""
        return self.encode([segment.text for segment in article.segments])


def make_handler(config: Config, address: str, card: ModelCard) -> Handler:
    """A worker's handler: does a job with this worker's models and keeps its record under its key."""
    models = Models(config, address, card)

    def handle(job: Job) -> None:
        record = job.function(models, job.payload)
        if record is not None:
            models.store.write(job.stage, {job.key: encode(record)})

    return handle
