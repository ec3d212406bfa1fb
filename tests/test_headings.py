import pytest

from pipeline.headings import bare_heading, free_headings, headings, is_usual, usual_roles


def test_usual_headings_join_those_of_the_same_roles() -> None:
    found = headings({"risk": ["What may go wrong"], "recipe": ["Ingredients"]})
    assert {role for role, _ in found} == {"risk", "recipe"}
    assert found[0] == ("recipe", "Ingredients")
    assert {("risk", text) for text in ("What may go wrong", "Gallar", "Puudused", "Риски")} <= set(found)


def test_without_roles_the_usual_ones_are_taken() -> None:
    assert {"definition", "benefit", "risk", "location", "comparison"} <= {role for role, _ in headings({})}


@pytest.mark.parametrize(
    ("line", "roles"),
    [
        ("Benefits", {"benefit"}),
        ("Benefits of KPO", {"benefit"}),
        ("3. KPO Risiken", {"risk"}),
        ("Advantages and disadvantages", {"benefit_and_risk"}),
        ("Risks and benefits", {"benefit", "risk"}),
        ("Waarom?", {"driver"}),
        ("Why not now?", set()),
        ("Lower costs", set()),
        ("What we learnt about the benefits of it", set()),
    ],
)
def test_a_usual_heading_may_have_a_number_and_a_few_words_more(line: str, roles: set[str]) -> None:
    assert usual_roles(line) == roles
    assert is_usual(line) == bool(roles)


@pytest.mark.parametrize(
    ("heading", "bare"),
    [
        ("7.2 WHAT IS BOUGHT", "What is bought"),
        ("Q: What can go wrong?", "What can go wrong?"),
        ("3) Risks", "Risks"),
        ("KPO", "KPO"),
        ("24/7", "24/7"),
    ],
)
def test_numbers_letters_and_capitals_tell_nothing_of_a_heading(heading: str, bare: str) -> None:
    assert bare_heading(heading) == bare


def test_free_headings_are_of_the_roles_asked_for_or_of_none() -> None:
    found = free_headings(("risk",))
    assert {role for role, _ in found} == {"risk", "other"}
    assert len({text for _, text in found}) > 1000
    assert not {role for role, _ in free_headings(())} - {"other"}
