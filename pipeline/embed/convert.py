"""The bundled model in the two forms that runtimes read: sentence-transformers and CTranslate2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.embed.bundled import PIECES
from pipeline.embed.package import PackedModel
from pipeline.embed.vocabulary import build_tokenizer, sentencepiece_model
from pipeline.vectors import Floats

_POOLING = "1_Pooling"
_NORMALISE = "2_Normalize"


def write_sentence_transformer(packed: PackedModel, folder: Path) -> None:
    """Write a plain sentence-transformers folder: float32 BERT, mean pooling, unit length."""
    from safetensors.numpy import save_file

    shape, vocabulary = packed.shape, packed.vocabulary
    weights = {name: packed.tensors[source] for name, source in _torch_names(shape.layers)}
    # transformers' BertModel has a pooler that sentence vectors do not use; without weights it would
    # be filled at random and reported on every load.
    weights["pooler.dense.weight"] = np.zeros((shape.hidden, shape.hidden), np.float32)
    weights["pooler.dense.bias"] = np.zeros(shape.hidden, np.float32)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    build_tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    (folder / PIECES).write_bytes(sentencepiece_model(vocabulary))
    pieces = vocabulary.pieces
    settings: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.inner,
            "layer_norm_eps": shape.epsilon,
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": vocabulary.pad,
            "type_vocab_size": shape.types,
            "vocab_size": shape.vocabulary,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": pieces[vocabulary.begin],
            "cls_token": pieces[vocabulary.begin],
            "eos_token": pieces[vocabulary.end],
            "sep_token": pieces[vocabulary.end],
            "pad_token": pieces[vocabulary.pad],
            "unk_token": pieces[vocabulary.unknown],
        },
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {}, "similarity_fn_name": "cosine"},
        f"{_POOLING}/config.json": {"embedding_dimension": shape.hidden, "pooling_mode": "mean"},
        f"{_NORMALISE}/config.json": {},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": _module("base.modules.transformer.Transformer")},
            {
                "idx": 1,
                "name": "1",
                "path": _POOLING,
                "type": _module("sentence_transformer.modules.pooling.Pooling"),
            },
            {
                "idx": 2,
                "name": "2",
                "path": _NORMALISE,
                "type": _module("base.modules.normalize.Normalize"),
            },
        ],
    }
    for name, content in settings.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _module(name: str) -> str:
    return f"sentence_transformers.{name}"


def _torch_names(layers: int) -> Iterator[tuple[str, str]]:
    """Pairs of a parameter of transformers' BertModel and the package's tensor."""
    yield "embeddings.word_embeddings.weight", "emb.word"
    yield "embeddings.position_embeddings.weight", "emb.pos"
    yield "embeddings.token_type_embeddings.weight", "emb.type"
    parts = {
        "attention.self.query": "q",
        "attention.self.key": "k",
        "attention.self.value": "v",
        "attention.output.dense": "ao",
        "attention.output.LayerNorm": "aln",
        "intermediate.dense": "fi",
        "output.dense": "fo",
        "output.LayerNorm": "oln",
    }
    for theirs, ours in (("weight", "w"), ("bias", "b")):
        yield f"embeddings.LayerNorm.{theirs}", f"emb.ln.{ours}"
        for layer in range(layers):
            for name, short in parts.items():
                yield f"encoder.layer.{layer}.{name}.{theirs}", f"l{layer}.{short}.{ours}"


def write_ctranslate2(packed: PackedModel, folder: Path) -> None:
    """Write a CTranslate2 encoder with int8 matrices, and its tokenizer beside it."""
    from ctranslate2.specs import common_spec, transformer_spec

    shape, tensors = packed.shape, packed.tensors
    encoder = transformer_spec.TransformerEncoderSpec(
        shape.layers,
        shape.heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = tensors["emb.word"]
    encoder.embeddings[1].weight = tensors["emb.type"]
    encoder.position_encodings.encodings = tensors["emb.pos"]
    _set(encoder.layernorm_embedding, ("gamma", "beta"), tensors, "emb.ln")
    for number, layer in enumerate(encoder.layer):
        weight, bias = (
            np.concatenate([tensors[f"l{number}.{part}.{kind}"] for part in "qkv"]) for kind in "wb"
        )
        layer.self_attention.linear[0].weight = weight
        layer.self_attention.linear[0].bias = bias
        _set(layer.self_attention.linear[1], ("weight", "bias"), tensors, f"l{number}.ao")
        _set(layer.self_attention.layer_norm, ("gamma", "beta"), tensors, f"l{number}.aln")
        _set(layer.ffn.linear_0, ("weight", "bias"), tensors, f"l{number}.fi")
        _set(layer.ffn.linear_1, ("weight", "bias"), tensors, f"l{number}.fo")
        _set(layer.ffn.layer_norm, ("gamma", "beta"), tensors, f"l{number}.oln")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    spec.config.layer_norm_epsilon = shape.epsilon
    pieces = packed.vocabulary.pieces
    unknown = packed.vocabulary.unknown
    spec.config.unk_token = pieces[unknown]
    spec.register_vocabulary(
        [*pieces, *(f"<unused {number}>" for number in range(shape.vocabulary - len(pieces)))]
    )
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    # Given ids and never text, it needs only the special pieces, and would keep all of them in memory.
    (folder / "vocabulary.json").write_text(json.dumps(pieces[: unknown + 1]), encoding="utf-8")
    (folder / PIECES).write_bytes(sentencepiece_model(packed.vocabulary))


def _set(part: object, names: tuple[str, str], tensors: dict[str, Floats], prefix: str) -> None:
    for name, kind in zip(names, "wb", strict=True):
        setattr(part, name, tensors[f"{prefix}.{kind}"])
