"""What tables state that compare no concepts: their rows and columns say what their cells are about."""

from typing import Any

import pytest

KPO = "# KPO\n\nKPO is the outsourcing of knowledge work to experts.\n\n"


def test_a_cell_is_about_what_its_column_is_about(extracted: Any) -> None:
    head = "| Advantages | Drawbacks |\n|---|---|\n"
    table = head + "| Lower costs | Leaks of data |\n| More experts | Poor quality |\n"
    _, found = extracted(KPO + table)
    slots = {e.quote: claim.slot for claim in found.claims for e in claim.evidence}
    assert {quote: slots[quote] for quote in ("Leaks of data", "Poor quality")} == {
        "Leaks of data": "risk",
        "Poor quality": "risk",
    }
    assert slots["More experts"] in ("benefit", "driver")


def test_a_country_in_a_cell_has_the_role_of_its_row(extracted: Any) -> None:
    table = (
        "| Country | Part it plays |\n|---|---|\n| India | main provider of the services |\n"
        "| Germany | clients come from there |\n"
    )
    _, found = extracted(KPO + table)
    roles = {c.value.id: c.value.role for c in found.claims if c.slot == "location"}
    assert roles == {"IN": "provider", "DE": "client"}


def test_rows_and_columns_of_usual_headings_are_lists_from_the_first_on(extracted: Any) -> None:
    rows = "| Benefits | lower costs |\n|---|---|\n| Risks | leaks of data |\n"
    columns = (
        "| Benefits | Risks | Services |\n|---|---|---|\n| Lower costs | Leaks of data | Market research |\n"
    )
    for table in (rows, columns):
        _, found = extracted(KPO + table)
        slots = {e.quote.casefold(): claim.slot for claim in found.claims for e in claim.evidence}
        assert (slots["lower costs"], slots["leaks of data"]) == ("benefit", "risk")
        assert not slots.keys() & {"benefits", "risks", "services"}


@pytest.mark.parametrize(
    ("label", "own"),
    [
        ("Tähendus", "KPO on teine sisseostu liik, kus teadmistööd teevad välised teenuseosutajad."),
        (
            "Significado",
            "KPO es otro tipo de subcontratación, en el que expertos ajenos hacen tareas del saber.",
        ),
        (
            "Jelentés",
            "A KPO a kiszervezés másik fajtája, amelyben tudásalapú feladatokat adnak át külső cégnek.",
        ),
    ],
)
def test_the_cell_beside_the_word_for_meaning_is_a_definition_and_nothing_else(
    extracted: Any, label: str, own: str
) -> None:
    table = f"| | BPO | KPO |\n|---|---|---|\n| {label} | X | {own} |\n"
    _, found = extracted("# BPO - KPO\n\n" + table)
    slots = {claim.slot for claim in found.claims for e in claim.evidence if e.quote in own or own in e.quote}
    assert slots - {"broader", "related"} == {"definition"}
