from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.partition import Run, best_runs

SCORES = st.lists(st.floats(-5, 0), min_size=15, max_size=15)


def covers(count: int) -> list[tuple[Run, ...]]:
    return [
        tuple(pairwise((0, *inner, count)))
        for size in range(count)
        for inner in combinations(range(1, count), size)
    ]


@given(SCORES, st.integers(1, 5), st.floats(0, 1))
def test_no_cover_beats_the_best(scores: list[float], count: int, cut: float) -> None:
    runs = [(i, j) for i in range(count) for j in range(i + 1, count + 1)]
    table = dict(zip(runs, scores, strict=False))

    def total(cover: tuple[Run, ...]) -> float:
        return sum(table[run] for run in cover) - cut * (len(cover) - 1)

    found = best_runs(count, lambda i, j: table[i, j], cut)
    assert abs(total(found) - max(map(total, covers(count)))) < 1e-9
    assert [run[0] for run in found[1:]] == [run[1] for run in found[:-1]]


def test_a_sentence_stays_whole_where_cutting_gains_nothing() -> None:
    assert best_runs(3, lambda i, j: -0.1 * (j - i), 0.2) == ((0, 3),)
