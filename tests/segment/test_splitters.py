import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import SegmentSettings
from pipeline.errors import ModelError
from pipeline.model import Span, spans_in_order
from pipeline.segment import splitters_stanza
from pipeline.segment.splitters import Splitters, load_splitters
from pipeline.segment.splitters_rules import PIECE
from pipeline.segment.splitters_stanza import MODELS, load_official, load_shipped, shipped
from pipeline.segment.tokeniser import CONTEXT, WINDOW

TRAINED = ("en", "et", "is", "it", "ru", "sv")
HARD = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text("utf-8"))
PIECES = st.sampled_from(
    [
        *(
            "Ta tuli koju. ",
            "Miks?! ",
            "st. ",
            "Hr. ",
            "A. Ö. Þórsson ",
            "3.5% ",
            "(vt. allpool) ",
            "« Да, » ",
        ),
        *("т.е. ", "„Já.“ ", "...", "…", "oskused.Vaja ", "www.kpo.ee ", "今日は。", "هل؟ ", "dell'arte "),
        *("1. mai ", "; ", ": ", "A", "𝒳", "👍🏽 ", "\n", "\t", " ", "\u00a0", "\u0301", "\x00"),
        *("\u200b", "\u2028", "\u0085"),
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join))


@pytest.fixture(scope="module")
def splitters() -> Splitters:
    return load_splitters(SegmentSettings())


def covers(text: str, spans: Sequence[Span]) -> bool:
    """Whether every character outside the spans is one that stanza takes for white space."""
    kept = {place for span in spans for place in range(span.start, span.end)}
    return all(c.isspace() or "\x80" <= c <= "\x9f" for i, c in enumerate(text) if i not in kept)


@settings(max_examples=80, deadline=None)
@given(text=TEXTS, lang=st.sampled_from((*TRAINED, "de", "zh", "th", "el", "tlh")))
def test_spans_are_ordered_and_lose_no_visible_character(splitters: Splitters, text: str, lang: str) -> None:
    for spans in (splitters.split(text, lang), splitters.tokens(text, lang)):
        assert spans_in_order(spans)
        assert covers(text, spans)
        assert all(span.of(text).strip() for span in spans)


@settings(max_examples=40, deadline=None)
@given(text=TEXTS, lang=st.sampled_from((*TRAINED, "de", "ja")))
def test_every_token_lies_in_one_sentence(splitters: Splitters, text: str, lang: str) -> None:
    sentences = splitters.split(text, lang)
    for token in splitters.tokens(text, lang):
        assert sum(sentence.holds(token) for sentence in sentences) == 1


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(TEXTS, max_size=5), lang=st.sampled_from((*TRAINED, "de")))
def test_a_batch_changes_nothing(splitters: Splitters, texts: list[str], lang: str) -> None:
    alone = [splitters.split(text, lang) for text in texts]
    assert splitters.split_many(texts, lang) == alone
    assert splitters.split_many(texts[::-1], lang) == alone[::-1]


@pytest.mark.parametrize(("lang", "sentences"), [(lang, s) for lang, each in HARD.items() for s in each])
def test_hard_cases(splitters: Splitters, lang: str, sentences: list[str]) -> None:
    joined = "".join(sentences)
    expected = [sentence.strip() for sentence in sentences]
    assert [span.of(joined) for span in splitters.split(joined, lang)] == expected


def test_tokens_part_from_their_punctuation(splitters: Splitters) -> None:
    text = "Ho letto dell'uomo (della KPO), ecc."
    tokens = [span.of(text) for span in splitters.tokens(text, "it")]
    assert tokens == ["Ho", "letto", "dell'", "uomo", "(", "della", "KPO", ")", ",", "ecc."]


def test_multiword_tokens_have_their_exact_places(splitters: Splitters) -> None:
    text = "Ho letto  dell'uomo\ne della KPO nelle case."
    found = splitters.multiword(text, "it")
    assert [(span.start, span.of(text)) for span in found] == [(10, "dell'"), (22, "della"), (32, "nelle")]
    assert set(found) <= set(splitters.tokens(text, "it"))
    assert splitters.multiword(text, "de") == []


@pytest.mark.parametrize("lang", ["et", "de"])
def test_long_paragraphs_are_read_whole_and_in_time(splitters: Splitters, lang: str) -> None:
    sentence = "Nad tulid Tallinnasse ja jäid sinna elama. "
    text = sentence * (5 * max(WINDOW + CONTEXT, PIECE) // len(sentence))
    assert [span.of(text) for span in splitters.split(text, lang)] == [sentence.strip()] * (
        len(text) // len(sentence)
    )


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("zh", ["双方长期合作[6]。", "KPO 需要专家。", "费用不高。"]),
        ("zh", ["他说“一点没变”。", "KPO 涉及知识工作。"]),
        ("ja", ["やはり心配です…。", "2030年には変わるでしょう。", "「そうだ。」と彼は言った。"]),
    ],
)
def test_an_ideographic_stop_ends_a_sentence_whatever_stands_around_it(
    splitters: Splitters, lang: str, sentences: list[str]
) -> None:
    text = "".join(sentences)
    assert [span.of(text) for span in splitters.split(text, lang)] == sentences


@pytest.mark.parametrize("lang", ["et", "de"])
def test_an_endless_word_is_not_cut(splitters: Splitters, lang: str) -> None:
    text = "Nii. " + "a" * 3_000 + " lõpp."
    assert any("a" * 3_000 in span.of(text) for span in splitters.split(text, lang))


def test_regions_do_not_matter_and_unknown_languages_are_named_as_rules(splitters: Splitters) -> None:
    assert splitters.source("en-GB") == splitters.source("en")
    assert splitters.source("en")[0] == "stanza tokeniser en, shipped"
    assert splitters.source("tlh")[0] == "yasbd rules en, spaCy tokens"


def test_all_models_are_there_small_and_named_in_the_card() -> None:
    card = (MODELS / "README.md").read_text("utf-8")
    assert sorted(shipped()) == sorted(TRAINED)
    for lang, digest in shipped().items():
        data = (MODELS / f"{lang}.pt").read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        assert len(data) < 1_000_000
        assert f"`{lang}.pt`" in card


def test_a_damaged_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("is.pt", "SHA256SUMS"):
        shutil.copy(MODELS / name, tmp_path / name)
    monkeypatch.setattr(splitters_stanza, "MODELS", tmp_path)
    with (tmp_path / "is.pt").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="reinstall"):
        load_shipped("is")
    (tmp_path / "is.pt").unlink()
    with pytest.raises(ModelError, match="reinstall"):
        load_shipped("is")


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as stanza lays it out, with one of our models in the place of an official one."""
    folder = tmp_path_factory.mktemp("stanza")
    package = folder / "sv" / "tokenize"
    package.mkdir(parents=True)
    shutil.copy(MODELS / "sv.pt", package / "talbanken.pt")
    digest = hashlib.md5((MODELS / "sv.pt").read_bytes()).hexdigest()  # noqa: S324 - what stanza checks
    models = {
        "lang_name": "Swedish",
        "tokenize": {"talbanken": {"md5": digest}},
        "default_processors": {"tokenize": "talbanken"},
        "packages": {"default": {"tokenize": "talbanken"}},
        "default_dependencies": {},
    }
    (folder / "resources.json").write_text(json.dumps({"sv": models}), "utf-8")
    return folder


def test_official_models_are_used_where_the_user_has_them(resources: Path) -> None:
    splitters = load_splitters(SegmentSettings(stanza_resources=resources))
    assert splitters.source("sv")[0] == "stanza tokeniser sv, official"
    assert splitters.source("is")[0] == "stanza tokeniser is, shipped"
    assert splitters.revision != load_splitters(SegmentSettings()).revision
    with (resources / "sv" / "tokenize" / "other.pt").open("wb") as file:
        file.write(b"another model")
    assert load_splitters(SegmentSettings(stanza_resources=resources)).revision != splitters.revision


def test_stanza_itself_reads_our_models_alike(resources: Path) -> None:
    text = "Det är t.ex. KPO.  Företagen \n växer! Vad sade hon? ”Jag kommer.”"
    official, ours = load_official("sv", resources), load_shipped("sv")
    assert official.sentences([text]) == ours.sentences([text])
    assert official.tokens([text]) == ours.tokens([text])
    assert official.multiword([text]) == ours.multiword([text])
