"""Texts to token ids, by whichever library reads a model's vocabulary best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class Tokens:
    """`ids` gives the ids of texts without special ones; those go `before` and `after` a window."""

    ids: Callable[[Sequence[str]], Sequence[Sequence[int]]]
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

    return Tokens(ids, (processor.bos_id(),), (processor.eos_id(),))


def library_tokens(tokenizer: Tokenizer) -> Tokens:
    """Those of a compiled tokenizer, any transformer's."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    probe = tokenizer.encode("a")
    content = [place for place, special in enumerate(probe.special_tokens_mask) if not special]

    def ids(texts: Sequence[str]) -> Sequence[Sequence[int]]:
        found = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in found]

    return Tokens(ids, tuple(probe.ids[: content[0]]), tuple(probe.ids[content[-1] + 1 :]))
