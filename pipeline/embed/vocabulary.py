"""The bundled model's tokenizer, for the tokenizers library: XLM-RoBERTa's unigram model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.embed.charsmap import compile_charsmap, with_compositions

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from pipeline.embed.package import Vocabulary

_SPACE = "▁"


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """A tokenizer that gives the ids of the reference engine, between `<s>` and `</s>`."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unknown, byte_fallback=False))
    replacements = {key: value for key, value in vocabulary.normalisation.items() if key != "\0"}
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(compile_charsmap(with_compositions(replacements))),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement=_SPACE, prepend_scheme="always")
    begin, end = vocabulary.pieces[vocabulary.begin], vocabulary.pieces[vocabulary.end]
    specials = [begin, vocabulary.pieces[vocabulary.pad], end, vocabulary.pieces[vocabulary.unknown]]
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in specials])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, vocabulary.begin), (end, vocabulary.end)],
    )
    return tokenizer
