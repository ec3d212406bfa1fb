"""Families, comparable passages and added documents, on hand-made vectors."""

import itertools

import numpy as np

from pipeline.align import align_family, find_families, mine_units, near_families, units_of
from pipeline.align.weights import load_weights
from pipeline.config import AlignSettings
from pipeline.model import Article, Block, Document, Family, Segment, Span, View, content_id

WEIGHTS = load_weights()
WIDTH = len(WEIGHTS.mean)
SETTINGS = AlignSettings()


def vector(topic: int, noise: float, seed: list[int]) -> np.ndarray:
    base = WEIGHTS.mean / np.linalg.norm(WEIGHTS.mean) * 1.5
    row = base + np.random.default_rng(topic).normal(size=WIDTH) / WIDTH**0.5
    return (row + noise * np.random.default_rng(seed).normal(size=WIDTH) / WIDTH**0.5).astype(np.float32)


def article(topics: list[int], lang: str) -> tuple[Article, np.ndarray]:
    """An article with one paragraph a topic, and its vectors."""
    texts = [f"{lang} sentence {'word ' * (2 + topic % 7)}about subject {topic}." for topic in topics]
    text = "\n".join(texts)
    document = Document(content_id(lang, text), f"{lang}.txt", lang, text, "", "utf-8")
    segments, blocks, at = [], [], 0
    for k, each in enumerate(texts):
        span = Span(at, at + len(each))
        blocks.append(Block("paragraph", span))
        segments.append(Segment(content_id(document.id, k), "sentence", span, View(each, ()), k))
        at += len(each) + 1
    rows = [vector(topic, 0.4, [sum(lang.encode()), k]) for k, topic in enumerate(topics)]
    return Article(document, (), tuple(blocks), tuple(segments)), np.array(rows, np.float32).reshape(
        -1, WIDTH
    )


def batch(*parts: tuple[list[int], str]) -> tuple[list[Article], list[np.ndarray]]:
    made = [article(topics, lang) for topics, lang in parts]
    return [a for a, _ in made], [v for _, v in made]


TRANSLATED = [(list(range(12)), "is"), (list(range(12)), "ru"), (list(range(6)), "it")]
OTHERS = [(list(range(50, 62)), "sv"), ([5, 60, 3, 71, 8, 72, 1, 73], "et")]


def test_translations_and_cut_versions_are_one_family_and_others_are_not() -> None:
    articles, vectors = batch(*TRANSLATED, *OTHERS)
    families = find_families(articles, vectors, SETTINGS)
    ids = [a.document.id for a in articles]
    assert sorted(len(f.documents) for f in families) == [1, 1, 3]
    assert {frozenset(f.documents) for f in families} >= {frozenset(ids[:3])}
    assert all(0 <= f.probability <= 1 for f in families)


def test_versions_in_the_same_language_are_one_family() -> None:
    articles, vectors = batch((list(range(12)), "is"), ([*range(9), 40, 41], "is"), OTHERS[0])
    assert sorted(len(f.documents) for f in find_families(articles, vectors, SETTINGS)) == [1, 2]


def test_a_shared_frame_and_a_shuffled_article_are_not_versions() -> None:
    frame = [90, 91]
    articles, vectors = batch(
        ([*frame, *range(12)], "is"),
        ([*frame, *range(20, 32)], "ru"),
        ([11, 4, 7, 0, 9, 2, 5, 10, 1, 8, 3, 6], "it"),
    )
    assert [len(f.documents) for f in find_families(articles, vectors, SETTINGS)] == [1, 1, 1]


def test_the_order_of_documents_changes_nothing() -> None:
    articles, vectors = batch(*TRANSLATED, *OTHERS)
    first = None
    for order in itertools.islice(itertools.permutations(range(5)), 0, 120, 17):
        some = [articles[k] for k in order], [vectors[k] for k in order]
        families = find_families(*some, SETTINGS)
        near = near_families(families, *some, SETTINGS)
        family = max(families, key=lambda f: len(f.documents))
        found = (families, near, align_family(family, *some, SETTINGS))
        first = first or found
        assert repr(found) == repr(first)


def test_groups_hold_all_languages_and_keep_their_ids_through_unrelated_edits() -> None:
    before, rows = batch(*TRANSLATED[:2])
    after, others = batch(([*range(12), 80], "is"), TRANSLATED[1])
    groups = align_family(Family("f", tuple(a.document.id for a in before)), before, rows, SETTINGS)
    edited = align_family(Family("g", tuple(a.document.id for a in after)), after, others, SETTINGS)
    assert len(groups) == 12
    assert all(g.kind == "translated" and len(g.passages) == 2 and len(g.links) == 1 for g in groups)
    assert {g.id for g in groups} == {g.id for g in edited}
    assert len({g.id for g in groups}) == 12


def test_comparable_passages_are_found_in_any_order_and_never_forced() -> None:
    articles, vectors = batch(*TRANSLATED, OTHERS[1])
    families = find_families(articles, vectors, SETTINGS)
    by_id = {a.document.id: a for a in articles}
    rows = {a.document.id: v for a, v in zip(articles, vectors, strict=True)}
    first, second = families
    one, other = ({each.id: units_of(each, by_id, rows, SETTINGS)} for each in (first, second))
    groups = mine_units(one | other, by_id, SETTINGS)
    assert groups
    assert repr(groups) == repr(mine_units(other | one, by_id, SETTINGS))
    topics = {
        articles[3].document.id: OTHERS[1][0],
        **{articles[k].document.id: TRANSLATED[k][0] for k in range(3)},
    }
    for group in groups:
        said = {tuple(topics[p.document][p.first : p.last + 1]) for p in group.passages}
        assert len(set(itertools.chain(*said)) & {1, 3, 5, 8}) >= 1
        assert group.families == tuple(sorted(f.id for f in families))
