from pipeline.headings import headings


def test_usual_headings_join_those_of_the_same_roles() -> None:
    found = headings({"risk": ["What may go wrong"], "recipe": ["Ingredients"]})
    assert {role for role, _ in found} == {"risk", "recipe"}
    assert found[0] == ("recipe", "Ingredients")
    assert {("risk", text) for text in ("What may go wrong", "Gallar", "Puudused", "Риски")} <= set(found)


def test_without_roles_the_usual_ones_are_taken() -> None:
    assert {"definition", "benefit", "risk", "location", "comparison"} <= {role for role, _ in headings({})}
