"""The tagger: the network that was taught, the same bytes in any company, and what is read from them."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tagging import LABELS, ROOT, centre_of_chance, network_of_chance, states, tags, write_tagger

from pipeline.config import Config
from pipeline.embed import Encoder, States, load_encoder
from pipeline.errors import ModelError
from pipeline.extract import Tagger, Tags, load_tagger
from pipeline.extract.tagger import SUBJECT
from pipeline.model import Span

STEP = 1 / 255
LENGTHS = [0, 1, 2, 7, 40, 3, 19, 1, 64, 12, 0, 33]
SENTENCES = [
    (
        "KPO kräver medarbetare med juristexamen, analytisk förmåga och gott omdöme.",
        "analytisk förmåga",
        "De flesta KPO-leverantörer finns i Indien.",
        "Indien",
    ),
    (
        "KPOの担当者には、法律の学位、優れた分析力、高い語学力が求められる。",
        "優れた分析力",
        "KPOの最大の提供国はインドである。",
        "インド",
    ),
    (
        "Od pracowników KPO wymaga się dyplomu ukończenia studiów i zdolności analitycznych.",
        "zdolności analitycznych",
        "Największym dostawcą usług KPO są Indie.",
        "Indie",
    ),
]


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    path = tmp_path_factory.mktemp("tagger") / "tagger.npz"
    return load_tagger(write_tagger(path, network_of_chance()), "small")


@pytest.fixture(scope="module")
def encoder(config: Config) -> Encoder:
    return load_encoder(config.embed)


@pytest.fixture(scope="module")
def shipped(config: Config, encoder: Encoder) -> Tagger:
    assert config.tagger_path is not None
    return load_tagger(config.tagger_path, encoder.card.name)


def test_it_is_the_network_that_was_taught(tagger: Tagger) -> None:
    network, centre = network_of_chance(), centre_of_chance()
    texts = [states(length, seed) for seed, length in enumerate(LENGTHS)]
    spread = 0.0
    for one, kept in zip(texts, tagger(texts), strict=True):
        found = tagger.unpacked(kept)
        assert len(found.spans) == len(one.spans)
        if not len(one.spans):
            continue
        x = torch.from_numpy((one.x - centre["mean"]) @ centre["axes"])[None]
        with torch.no_grad():
            odds = network(x, torch.ones(x.shape[:2]))
        p = torch.sigmoid(odds)[0].numpy()
        assert np.abs(np.concatenate([found.inside, found.first], axis=1) - p).max() < 0.55 * STEP
        spread = max(spread, float(np.ptp(p)))
    assert spread > 0.5


@pytest.fixture(scope="module")
def alone(tagger: Tagger) -> list[tuple[States, bytes, bytes]]:
    """Texts, what is kept of each, and what that is rounded from."""
    lengths = np.random.default_rng(0).choice([0, 1, 5, 30, 61], size=70)
    texts = [states(int(length), seed) for seed, length in enumerate(lengths)]
    return [(one, tagger([one])[0], tagger._outputs([one])[0].tobytes()) for one in texts]


# What is kept is rounded: what it is rounded from must agree, lest a text in hundreds differ.
@pytest.mark.parametrize("size", [1, 31, 32, 33, 70])
def test_what_is_made_of_a_text_does_not_depend_on_the_texts_beside_it(
    tagger: Tagger, alone: list[tuple[States, bytes, bytes]], size: int
) -> None:
    order = np.random.default_rng(size).permutation(len(alone))
    differing = []
    for at in range(0, len(order), size):
        some = order[at : at + size].tolist()
        batch = [alone[i][0] for i in some]
        for i, kept, made in zip(some, tagger(batch), tagger._outputs(batch), strict=True):
            if (kept, made.tobytes()) != alone[i][1:]:
                differing.append(i)
    assert differing == []


def test_what_was_kept_gives_back_spans_and_probabilities(tagger: Tagger) -> None:
    texts = [states(length, seed) for seed, length in enumerate(LENGTHS)]
    k = len(LABELS)
    for one, kept, made in zip(texts, tagger(texts), tagger._outputs(texts), strict=True):
        found = tagger.unpacked(kept)
        assert found.spans.tolist() == one.spans.tolist()
        for p, back in ((made[:, :k], found.inside), (made[:, k:], found.first)):
            assert back.shape == p.shape
            assert np.abs(back - p).max(initial=0) <= STEP / 2 + 1e-6


def test_of_tokens_that_state_nothing_a_subject_is_kept(tmp_path: Path) -> None:
    labels = {"0/labels": (*LABELS[:3], SUBJECT)}
    tagger = load_tagger(write_tagger(tmp_path / "tagger.npz", network_of_chance(), **labels), "small")
    network = tagger.networks[0].weights
    lower = replace(tagger.networks[0], weights={**network, "out_bias": network["out_bias"] - 6})
    tagger = replace(tagger, networks=(lower,))  # of chance nearly all is stated
    texts = [states(40, seed) for seed in range(40)]
    kept = [tagger.unpacked(one).inside for one in tagger(texts)]
    made = [one[:, : len(LABELS)] for one in tagger._outputs(texts)]
    back, was = np.concatenate(kept), np.concatenate(made)
    stated = was[:, :3].max(axis=1) >= 0.1
    subject = was[:, 3] >= 0.1
    assert min((subject & ~stated).sum(), (stated & ~subject).sum(), (~subject & ~stated).sum()) > 0
    assert (back[~stated, :3] == 0).all()
    assert (back[~subject, 3] == 0).all()
    assert np.abs(back[stated, :3] - was[stated, :3]).max() <= STEP / 2 + 1e-6
    assert np.abs(back[subject, 3] - was[subject, 3]).max() <= STEP / 2 + 1e-6


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b[:-1], lambda b: b + b"a", lambda b: b"\0" + b[1:]]
)
def test_damaged_tags_are_refused(tagger: Tagger, damage: object) -> None:
    (kept,) = tagger([states(3, 0)])
    assert callable(damage)
    with pytest.raises(ValueError, match="not the tags"):
        tagger.unpacked(damage(kept))


def test_a_text_without_tokens_has_tags_without_tokens(tagger: Tagger) -> None:
    (kept,) = tagger([states(0, 0)])
    found = tagger.unpacked(kept)
    assert kept
    assert (found.spans.shape, found.inside.shape) == ((0, 2), (0, len(LABELS)))
    assert found.shares(Span(0, 9)).tolist() == [0] * len(LABELS)
    assert list(found.stretches("benefit", 0.0)) == []


def test_tokens_beyond_two_bytes_are_left_out(tagger: Tagger) -> None:
    spans = np.array([(0, 4), (65_530, 65_535), (65_533, 65_536), (70_000, 70_002)], np.int32)
    found = tagger.unpacked(tagger([States(spans, states(4, 0).x)])[0])
    assert found.spans.tolist() == [[0, 4], [65_530, 65_535]]
    assert np.array_equal(found.inside, tagger.unpacked(tagger([states(4, 0)])[0]).inside[:2])


def test_adjoining_stretches_part_where_one_begins() -> None:
    p = [0.2, 0.9, 0.8, 0.7, 0.9, 0.4, 0.6]
    begins = [0, 0.9, 0.5, 0.6, 0.1, 0.9, 0.0]
    spans = [(3 * t, 3 * t + 2) for t in range(len(p))]
    made = tags(spans, [[0, x, 0, 0] for x in p], [[0, x, 0, 0] for x in begins])
    found = list(made.stretches("benefit", 0.5))
    assert [span for span, _ in found] == [Span(3, 8), Span(9, 14), Span(18, 20)]
    assert [mean for _, mean in found] == pytest.approx([0.85, 0.8, 0.6])
    assert list(made.stretches("requirement", 0.5)) == []


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.floats(0, 1, width=32)), max_size=12))
def test_stretches_hold_every_likely_token_once(tokens: list[tuple[float, float]]) -> None:
    spans = [(2 * t, 2 * t + 1) for t in range(len(tokens))]
    made = tags(spans, [[p, 0, 0, 0] for p, _ in tokens], [[b, 0, 0, 0] for _, b in tokens])
    found = list(made.stretches("requirement", 0.5))
    held = [t for t, span in enumerate(spans) for stretch, _ in found if stretch.holds(Span(*span))]
    assert held == [t for t, (p, _) in enumerate(tokens) if p >= 0.5]
    assert all(0.5 <= p <= 1 for _, p in found)


def test_shares_are_the_mean_of_the_better_half() -> None:
    made = tags([(0, 2), (3, 5), (6, 8), (9, 11)], [[p, 1 - p, 0, 0] for p in (0.1, 0.9, 0.5, 0.7)])
    assert made.shares(Span(0, 11)).tolist() == pytest.approx([0.8, 0.7, 0, 0])
    assert made.shares(Span(0, 8)).tolist() == pytest.approx([0.7, 0.7, 0, 0])
    assert made.shares(Span(4, 5)).tolist() == pytest.approx([0.9, 0.1, 0, 0])
    assert made.shares(Span(2, 3)).tolist() == [0, 0, 0, 0]


def refused(path: Path, reason: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_tagger(path, "small")
    assert re.search(reason, str(caught.value))
    assert str(path) in str(caught.value)
    assert "concept.tagger" in caught.value.mend


def test_what_a_span_denies_is_the_mean_of_its_tokens() -> None:
    made = tags([(0, 2), (3, 5), (6, 8)], [(0.1, 0.9), (0.2, 0.7), (0.9, 0.1)], labels=("risk", "denied"))
    assert made.denied(Span(0, 5)) == pytest.approx(0.8)
    assert made.denied(Span(6, 8)) == pytest.approx(0.1)
    assert made.denied(Span(9, 12)) == 0


def test_a_tagger_that_was_taught_no_denials_finds_none() -> None:
    assert tags([(0, 2)], [(1, 1, 1)], labels=("risk", "benefit", "driver")).denied(Span(0, 2)) == 0


def test_a_missing_tagger_is_named_with_its_mend(tmp_path: Path) -> None:
    refused(tmp_path / "none.npz", "No such file")


def test_the_mend_names_a_tool_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_tagger(tmp_path / "none.npz", "small")
    named = re.findall(r"tools/\w+\.py", caught.value.mend)
    assert named
    assert all((ROOT / name).is_file() for name in named)


@pytest.mark.parametrize("kind", ["text", "empty", "cut", "flipped", "one array", "a folder"])
def test_a_damaged_tagger_is_named_with_its_mend(tmp_path: Path, kind: str) -> None:
    path = write_tagger(tmp_path / "tagger.npz", network_of_chance())
    data = path.read_bytes()
    middle = len(data) // 2
    damaged = {
        "text": b"not weights at all\n",
        "empty": b"",
        "cut": data[:middle],
        "flipped": data[:middle] + bytes(64) + data[middle + 64 :],
    }
    if kind in damaged:
        path.write_bytes(damaged[kind])
    else:
        path.unlink()
    if kind == "one array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif kind == "a folder":
        path.mkdir()
    refused(path, "directory" if kind == "a folder" else "not a tagger")


@pytest.mark.parametrize("name", ["version", "networks", "0/labels", "0/forward_recurrent", "0/out_bias"])
def test_a_tagger_without_one_of_its_arrays_is_damaged(tmp_path: Path, name: str) -> None:
    refused(write_tagger(tmp_path / "tagger.npz", network_of_chance(), **{name: None}), name)


def test_a_tagger_of_another_encoder_or_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tagger.npz"
    refused(write_tagger(path, network_of_chance(), encoder="large"), "large.*not small")
    refused(write_tagger(path, network_of_chance(), version=99), "version 99")


def test_other_weights_have_another_id(tmp_path: Path, tagger: Tagger) -> None:
    same = load_tagger(write_tagger(tmp_path / "same.npz", network_of_chance()), "small")
    other = load_tagger(write_tagger(tmp_path / "other.npz", network_of_chance(1)), "small")
    assert tagger.id == same.id != other.id
    assert same.labels == LABELS


@pytest.mark.parametrize(("needs", "listed", "leads", "country"), SENTENCES, ids=["sv", "ja", "pl"])
def test_what_sentences_state_is_marked(
    shipped: Tagger, encoder: Encoder, needs: str, listed: str, leads: str, country: str
) -> None:
    made = [shipped.unpacked(kept) for kept in shipped(encoder.states([needs, leads]))]
    place = Span(needs.index(listed), needs.index(listed) + len(listed))
    assert any(span.overlap(place) for span, _ in made[0].stretches("requirement", 0.5))
    place = Span(leads.index(country), leads.index(country) + len(country))
    shares = dict(zip(shipped.labels, made[1].shares(place), strict=True))
    assert max(shares, key=lambda label: shares[label]) == "location:provider"
    assert shares["location:provider"] > 0.5


# The same is denied and stated.
DENIALS = [
    ("Aucun diplôme n'est exigé pour ce travail.", "Un diplôme est exigé pour ce travail."),
    (
        "Ett universitetsbetyg behövs inte för sådant arbete.",
        "För sådant arbete behövs ett universitetsbetyg.",
    ),
    ("Никакого риска утечки данных при этом нет.", "При этом есть риск утечки данных."),
    ("Nessuno chiede di conoscere le lingue straniere.", "Si chiede di conoscere le lingue straniere."),
]


@pytest.mark.parametrize(("denial", "fact"), DENIALS, ids=["fr", "sv", "ru", "it"])
def test_what_sentences_deny_is_told_from_what_they_state(
    shipped: Tagger, encoder: Encoder, denial: str, fact: str
) -> None:
    made = [shipped.unpacked(kept) for kept in shipped(encoder.states([denial, fact]))]
    denied, stated = (one.denied(Span(0, len(text))) for one, text in zip(made, (denial, fact), strict=True))
    assert denied > 0.6 > stated


@pytest.mark.parametrize("country", ["Indien", "Norge", "Bolivia", "Tchad", "USA"])
@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("De flesta leverantörer av sådana tjänster finns i {}.", "provider"),
        ("Beställningarna kommer för det mesta från företag i {}.", "client"),
        ("I {} har tusentals förlorat sina jobb när arbetet flyttade utomlands.", "affected"),
        ("Nu börjar även {} göra sig ett namn på marknaden.", "emerging"),
    ],
)
def test_the_role_of_a_country_is_what_is_said_of_it(
    shipped: Tagger, encoder: Encoder, country: str, sentence: str, role: str
) -> None:
    text = sentence.format(country)
    (made,) = (shipped.unpacked(kept) for kept in shipped(encoder.states([text])))
    shares = made.by_label(Span(text.index(country), text.index(country) + len(country)))
    roles = {label: share for label, share in shares.items() if label.startswith("location:")}
    assert max(roles, key=lambda label: roles[label]) == f"location:{role}"


@pytest.mark.parametrize(
    "sentence",
    [
        "Trotz der steigenden Nachfrage nach {} werden {}-Anbieter noch lange bestehen.",
        "Malgré la demande croissante de {} les prestataires de {} vont durer encore longtemps.",
        "Trots den växande efterfrågan på {} kommer {}-företagen att finnas kvar länge.",
        "In the shadow of {} the {} industry grows quickly.",
        "Bei den Kunden des {} sind {}-Anbieter wenig beliebt.",
    ],
)
@pytest.mark.parametrize("names", [("KPO", "BPO"), ("BPO", "KPO")])
def test_the_subject_of_a_sentence_is_told_wherever_it_stands(
    shipped: Tagger, encoder: Encoder, sentence: str, names: tuple[str, str]
) -> None:
    text = sentence.format(*names)
    (made,) = (shipped.unpacked(kept) for kept in shipped(encoder.states([text])))
    other, subject = (
        made.by_label(Span(text.index(name), text.index(name) + len(name)))[SUBJECT] for name in names
    )
    assert other + 0.1 < subject


WORDS = [(0, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, 17), (18, 20)]


def seen(first: list[float]) -> Tags:
    return tags(WORDS, [[0, 1, 0, 0]] * len(WORDS), [[0, x, 0, 0] for x in first])


def test_further_starts_are_the_likeliest_of_their_neighbourhood() -> None:
    made = seen([0.9, 0.6, 0.5, 0.2, 0.7, 0.8, 0.1])
    assert made.starts("benefit", Span(0, 20), [0], 0.4, 1) == [15, 6]
    assert made.starts("benefit", Span(0, 20), [0], 0.4, 3) == [15]
    assert made.starts("benefit", Span(0, 20), [0], 0.85, 1) == []
    # Not beside a start that is known, nor outside the span.
    assert made.starts("benefit", Span(0, 20), [0, 16], 0.4, 1) == [6]
    assert made.starts("benefit", Span(0, 9), [0], 0.4, 1) == [6]
    assert made.starts("requirement", Span(0, 20), [0], 0.4, 1) == []


def test_a_stretch_may_begin_a_token_beside_its_place() -> None:
    made = seen([0.0, 0.3, 0.0, 0.0, 0.8, 0.0, 0.0])
    assert made.begins("benefit", 3) == pytest.approx(0.3)
    assert made.begins("benefit", 7) == pytest.approx(0.8)
    assert made.begins("benefit", 18) == 0
    assert made.begins("requirement", 3) == 0
    assert seen([0.5] * 7).begins("benefit", 99) == pytest.approx(0.5)


def test_between_two_peaks_lies_a_valley() -> None:
    made = tags(WORDS, [[0, x, 0, 0] for x in (0.2, 0.9, 0.4, 0.1, 0.3, 0.7, 0.6)])
    assert made.valley("benefit", Span(0, 11), Span(12, 20)) == pytest.approx((0.1, 0.9))
    assert made.valley("benefit", Span(0, 8), Span(15, 20)) == pytest.approx((0.1, 0.9))
    assert made.valley("requirement", Span(0, 8), Span(9, 20)) == (0, 0)
    # Where the text ends before the second one, there is none.
    assert made.valley("benefit", Span(3, 20), Span(21, 30)) == pytest.approx((0, 0.9))
