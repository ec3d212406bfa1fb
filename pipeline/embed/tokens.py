"""Texts to token ids, and where they stand, by whichever library reads a model's vocabulary best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# The ids of one text, and the code points of it where each stands: start and end, of which neither ever
# falls. A span may begin with the white space before a word, be empty, or, where a vocabulary has
# pieces of a character, be the same as its neighbour's.
Placed = tuple[Sequence[int], Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Tokens:
    """`ids` gives the ids of texts without special ones; those go `before` and `after` a window.

    `placed` gives the same ids with their spans, which takes twice as long.
    """

    ids: Callable[[Sequence[str]], Sequence[Sequence[int]]]
    placed: Callable[[Sequence[str]], Iterable[Placed]]
    before: tuple[int, ...]
    after: tuple[int, ...]


def sentencepiece_tokens(file: Path, threads: int) -> Tokens:
    """Those of a SentencePiece file, the bundled model's.

    The tokenizers library takes 285 MB for a vocabulary of 250,000 pieces, and seven times as long.
    """
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_file=str(file))

    def ids(texts: Sequence[str]) -> Sequence[Sequence[int]]:
        found: list[list[int]] = processor.encode(list(texts), num_threads=threads)
        return found

    def placed(texts: Sequence[str]) -> Iterable[Placed]:
        found = processor.encode(list(texts), return_type="offset_mapping", num_threads=threads)
        return ((each["ids"], each["offsets"]) for each in found)

    return Tokens(ids, placed, (processor.bos_id(),), (processor.eos_id(),))


def library_tokens(tokenizer: Tokenizer) -> Tokens:
    """Those of a compiled tokenizer, any transformer's."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    probe = tokenizer.encode("a")
    content = [place for place, special in enumerate(probe.special_tokens_mask) if not special]

    def ids(texts: Sequence[str]) -> Sequence[Sequence[int]]:
        found = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in found]

    def placed(texts: Sequence[str]) -> Iterable[Placed]:
        found = tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return ((encoding.ids, encoding.offsets) for encoding in found)

    return Tokens(ids, placed, tuple(probe.ids[: content[0]]), tuple(probe.ids[content[-1] + 1 :]))
