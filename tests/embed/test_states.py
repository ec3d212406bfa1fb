"""Token states: those of the runtime, at the right words, the same bits in any batch."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from pipeline.config import EmbedSettings
from pipeline.embed import Encoder, load_encoder
from pipeline.embed.batches import Windower, batches
from pipeline.embed.bundled import DIMENSION, PAD, PIECES, bundled_folder
from pipeline.embed.encoder import by_windows, states_by_windows
from pipeline.embed.load import models_folder
from pipeline.embed.runtimes import CTranslate2, open_ctranslate2
from pipeline.embed.states import States, standing
from pipeline.embed.tokens import Tokens, library_tokens, sentencepiece_tokens

SPACED = [
    "Þekkingarferlaútvistun er þróað form útvistunar.",
    "Аутсорсинг бизнес-процессов (BPO) — это передача функций.",
    "ज्ञान प्रक्रिया आउटसोर्सिंग व्यवसाय का एक रूप है।",
    "الاستعانة بمصادر خارجية لعمليات المعرفة.",
    "È una branca dell'esternalizzazione, 1.500 €.",
    "지식 프로세스 아웃소싱은 사업이다.",
    "Η ανάθεση διαδικασιών γνώσης",
    "מיקור חוץ של תהליכי ידע",
    "Vale\u0301 e\u0301 и\u0306од \ufb01ne \u2460 \u338f \u00bd",
]
JAPANESE = "知識プロセス・アウトソーシングとは、①業務の委託です。"


@cache
def encoder(prefix: str = "") -> Encoder:
    return load_encoder(EmbedSettings(prefix=prefix, threads=1))


@cache
def tokens() -> Tokens:
    folder = bundled_folder("ctranslate2", models_folder(EmbedSettings()))
    return sentencepiece_tokens(folder / PIECES, threads=1)


def words(text: str, states: States) -> list[str]:
    """What the tokens stand on, those that touch taken together."""
    joined: list[list[int]] = []
    for start, end in states.spans.tolist():
        if joined and joined[-1][1] >= start:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    return [text[start:end] for start, end in joined]


def same(one: States, other: States) -> bool:
    return np.array_equal(one.spans, other.spans) and np.array_equal(one.x, other.x)


@pytest.mark.parametrize("text", SPACED)
def test_tokens_stand_on_the_words(text: str) -> None:
    (states,) = encoder().states([text])
    assert words(text, states) == text.split()
    assert (states.x.shape, states.x.dtype) == ((len(states.spans), 384), np.float32)
    assert states.spans.dtype == np.int32


def test_tokens_without_spaces_between_stand_on_their_pieces() -> None:
    (states,) = encoder().states([JAPANESE])
    pieces = [JAPANESE[start:end] for start, end in states.spans.tolist()]
    assert "".join(pieces) == JAPANESE
    assert {"知識", "プロセス", "とは", "、①", "業務", "です", "。"} <= set(pieces)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([word for text in SPACED for word in text.split()] + [JAPANESE, "👵🧓"]),
            st.sampled_from([" ", "  ", "\n", "\u3000 ", "\t\u00a0"]),
        ),
        max_size=40,
    ),
    st.sampled_from(["", " ", "\n\n"]),
)
def test_joined_tokens_cover_every_word_of_ordinary_text(parts: list[tuple[str, str]], before: str) -> None:
    text = before + "".join(word + space for word, space in parts)
    (states,) = encoder().states([text])
    assert words(text, states) == text.split()


@settings(max_examples=500, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_spans_of_any_text_are_in_it_and_in_order(text: str) -> None:
    ((ids, found),) = tokens().placed([text])
    (bare,) = tokens().ids([text])
    assert list(ids) == list(bare)
    every = np.array(found, np.int32).reshape(-1, 2)
    states = standing(text, every, np.arange(len(every), dtype=np.float32)[:, None])
    for spans in (every, states.spans):
        assert (np.diff(spans, axis=0) >= 0).all()
        assert ((spans >= 0) & (spans <= len(text))).all()
    for start, end in states.spans.tolist():
        assert start < end
        assert text[start:end] == text[start:end].strip()
    assert (np.diff(states.x[:, 0]) > 0).all()


def test_spans_of_pieces_of_a_character_are_the_character_s() -> None:
    alphabet = ["<s>", "</s>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    ids = {letter: number for number, letter in enumerate(alphabet)}
    tokenizer = Tokenizer(models.BPE(ids, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 1), ("<s>", 0), trim_offsets=False, add_prefix_space=False
    )
    bytewise, text = library_tokens(tokenizer), "aé  👵 ж"
    ((ids_of_text, spans),) = bytewise.placed([text])
    assert [list(ids_of_text)] == list(bytewise.ids([text]))
    states = standing(text, np.array(spans, np.int32), np.zeros((len(spans), 1), np.float32))
    assert [text[start:end] for start, end in states.spans.tolist()] == list("aéé👵👵👵👵жж")


def test_reading_gives_the_halves_to_the_bit() -> None:
    texts = [*SPACED, "", " ", SPACED[0], " ".join(SPACED * 12), JAPANESE]
    halves, states = encoder().read(texts)
    assert np.array_equal(halves, encoder().halves(texts))
    assert len(states) == len(texts)
    assert states[0] is states[texts.index(SPACED[0], 1)]
    assert states[texts.index("")].x.shape == (0, 384)
    assert encoder().read([])[0].shape == (0, 384)


def test_states_of_a_text_depend_on_it_alone() -> None:
    texts = [text[:cut] for text in SPACED for cut in (3, 9, 17, 40)] + [JAPANESE, " ".join(SPACED * 12)]
    together = encoder().states(texts)
    backwards = encoder().states(texts[::-1])[::-1]
    several = load_encoder(EmbedSettings(threads=2)).states(texts)
    for text, *found in zip(texts, together, backwards, several, strict=True):
        (alone,) = encoder().states([text])
        assert all(same(alone, each) for each in found)


@cache
def runtime() -> CTranslate2:
    return open_ctranslate2(bundled_folder("ctranslate2", models_folder(EmbedSettings())), 1)


def test_states_are_the_runtime_s_own_and_vectors_their_means() -> None:
    made = list(batches(Windower(tokens(), 512).windows(SPACED), 512, 512, PAD))
    states = encoder().states(SPACED)
    for batch in made:
        pooled, rows = runtime().both(batch)
        assert np.array_equal(pooled, runtime().pooled(batch))
        assert np.array_equal(pooled, np.stack([each.mean(axis=0) for each in rows]))
        for window, each, other in zip(batch.windows, rows, runtime().states(batch), strict=True):
            assert each.shape == (len(window.ids), 384)
            assert np.array_equal(each, other)
            # A piece of white space alone, before a sign, stands nowhere.
            found = states[window.text].x
            assert len(window.ids) - 3 <= len(found) <= len(window.ids) - 2
            assert {row.tobytes() for row in found} <= {row.tobytes() for row in each[1:-1]}


def test_a_text_above_the_window_has_the_tokens_of_all_its_windows_in_order() -> None:
    text = " ".join(SPACED * 12)
    (states,) = encoder().states([text])
    assert len(states.spans) > 1_000
    assert words(text, states) == text.split()
    place = 0
    for window in Windower(tokens(), 512).windows([text], placed=True):
        (batch,) = batches([window], 512, 512, PAD)
        assert window.spans is not None
        alone = standing(text, window.spans, runtime().states(batch)[0])
        end = place + len(alone.x)
        assert same(alone, States(states.spans[place:end], states.x[place:end]))
        place = end
    assert place == len(states.x)


def test_a_text_of_several_stretches_is_covered_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    # The last window of a stretch is shorter than the first of the next, and so read after it.
    monkeypatch.setattr("pipeline.embed.batches._STRETCH", 300)
    windower = Windower(tokens(), 32)
    text = "Þekking er afl. " * 150
    vectors, (states,) = states_by_windows(windower, runtime(), DIMENSION, PAD)([text])
    assert (np.diff(states.spans, axis=0) >= 0).all()
    assert words(text, states) == text.split()
    assert np.array_equal(vectors, by_windows(windower, runtime(), DIMENSION, PAD)([text]))


@pytest.mark.parametrize("prefix", ["query: ", "passage:"])
def test_the_prefix_is_read_and_left_out(prefix: str) -> None:
    texts = [*SPACED[:4], " \n" + SPACED[0], ""]
    halves, states = encoder(prefix).read(texts)
    assert np.array_equal(halves, encoder(prefix).halves(texts))
    whole = encoder().states([prefix + text for text in texts])
    for text, each, longer in zip(texts, states, whole, strict=True):
        assert words(text, each) == text.split()
        inside = longer.spans[:, 1] > len(prefix)
        assert np.array_equal(each.x, longer.x[inside])
