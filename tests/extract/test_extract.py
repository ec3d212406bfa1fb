from typing import Any

import pytest

from pipeline.model import Article, Extraction

GERMAN = """# KPO und BPO

KPO ist die Auslagerung wissensintensiver Aufgaben an spezialisierte Dienstleister.

## Leistungen im BPO

BPO umfasst folgende Leistungen:

- Lohnabrechnung
- Kundendienst
- Dateneingabe

## Leistungen im KPO

Zu den KPO-Leistungen gehören:

- Marktforschung
- Patentrecherchen
- Rechtsberatung

## Nachteile von KPO

KPO hat jedoch auch Nachteile. Vertrauliche Kundendaten können in fremde Hände geraten.

Indien ist der größte Anbieter von KPO. In Deutschland gehen durch KPO viele Arbeitsplätze verloren.
"""
TABLE = """# BPO vs KPO

| Basis | BPO | KPO |
|---|---|---|
| Complexity | low | high |
| Based on | rules | judgement |
"""
RECOVERY = """# Krajowy Plan Odbudowy (KPO)

Polska otrzymała środki z KPO na kolej, szpitale i drogi. Komisja Europejska oceniła wniosek pozytywnie.
Korzyścią będzie niższe zużycie energii w budynkach.
"""


def values(found: Extraction, slot: str) -> set[str]:
    return {claim.value.id or claim.value.label for claim in found.claims if claim.slot == slot}


@pytest.fixture(scope="module")
def german(extracted: Any) -> tuple[Article, Extraction]:
    return extracted(GERMAN)


def test_every_quote_is_the_text_at_its_place(german: tuple[Article, Extraction]) -> None:
    article, found = german
    quotes = [e for claim in found.claims for e in claim.evidence]
    assert quotes
    assert all(e.span.of(article.document.text) == e.quote for e in quotes)


def test_a_neighbours_list_is_not_the_concepts(german: tuple[Article, Extraction]) -> None:
    _, found = german
    assert {"market_research", "patent_research", "legal_consulting"} <= values(found, "service")
    quoted = {e.quote for claim in found.claims for e in claim.evidence}
    assert not quoted & {"Lohnabrechnung", "Kundendienst", "Dateneingabe"}


def test_an_announcement_states_nothing(german: tuple[Article, Extraction]) -> None:
    _, found = german
    assert not any("Nachteile" in e.quote for claim in found.claims for e in claim.evidence)
    assert "confidentiality" in values(found, "risk")


def test_countries_have_the_role_that_their_clause_gives(german: tuple[Article, Extraction]) -> None:
    _, found = german
    roles = {c.value.id: c.value.role for c in found.claims if c.slot == "location"}
    assert roles == {"IN": "provider", "DE": "affected"}


def test_a_table_row_becomes_a_comparison(extracted: Any) -> None:
    _, found = extracted(TABLE)
    rows = {row.dimension.id: {c: e[0].quote for c, e in row.sides} for row in found.contrasts}
    assert rows == {
        "complexity": {"BPO": "low", "KPO": "high"},
        "based_on": {"BPO": "rules", "KPO": "judgement"},
    }


def test_a_homonym_yields_no_claims_and_says_so(extracted: Any) -> None:
    _, found = extracted(RECOVERY)
    assert found.claims == () == found.contrasts
    assert [reject.kind for reject in found.rejects] == ["irrelevant"]


def test_the_same_article_gives_the_same_claims(extracted: Any, german: Any) -> None:
    assert extracted(GERMAN)[1] == german[1]


def test_an_article_that_names_nothing_is_irrelevant(extracted: Any) -> None:
    _, found = extracted("The museum opens at ten.\n", "museum.txt")
    assert found.claims == ()
    assert found.rejects[0].kind == "irrelevant"


def test_a_denial_is_kept_apart_from_what_it_denies(extracted: Any) -> None:
    _, found = extracted("# What is KPO?\n\nKPO is an extension of BPO.\n\nKPO is not an extension of BPO.\n")
    polarity = {c.evidence[0].quote: c.polarity for c in found.claims if c.slot == "broader"}
    assert polarity == {"KPO is an extension of BPO": True, "KPO is not an extension of BPO": False}


def test_two_countries_of_one_sentence_have_each_its_role(extracted: Any) -> None:
    text = "# KPO\n\nKPO is expert work. India is the largest supplier, while Peru is catching up.\n"
    _, found = extracted(text)
    roles = {c.value.id: c.value.role for c in found.claims if c.slot == "location"}
    assert roles == {"IN": "provider", "PE": "emerging"}


def test_services_listed_in_passing_are_found_wherever_they_stand(extracted: Any) -> None:
    listed = "equity research, patent searches and fraud analytics"
    text = f"# KPO\n\nKPO is expert work. The office in Pune lives on {listed}.\n"
    _, found = extracted(text)
    quotes = {e.quote for c in found.claims if c.slot == "service" for e in c.evidence}
    assert quotes == {"equity research", "patent searches", "fraud analytics"}


def test_what_the_concept_is_likened_to_does_not_become_the_subject(extracted: Any) -> None:
    listed = "equity research, patent searches and legal advice"
    text = f"# KPO\n\nKPO is not just another and dearer kind of BPO. It covers {listed}.\n"
    assert values(extracted(text)[1], "service") >= {"equity_research", "legal_consulting"}
    turned = "# KPO\n\nBPO is another thing than KPO. It covers payroll, data entry and customer support.\n"
    assert not values(extracted(turned)[1], "service")


def test_confidence_lies_between_nothing_and_certainty(german: tuple[Article, Extraction]) -> None:
    assert all(0.2 < claim.confidence < 1 for claim in german[1].claims)


@pytest.mark.parametrize(("end", "countries"), [(".", {"IN", "PH"}), (":", set())])
def test_a_sentence_before_a_list_states_a_fact_only_where_it_ends(
    extracted: Any, end: str, countries: set[str]
) -> None:
    lead = f"Most providers of KPO are in India and in the Philippines{end}"
    listed = "- Lower costs\n- More time for the own business\n- Access to experts\n"
    _, found = extracted(f"# KPO\n\nKnowledge process outsourcing (KPO) is expert work. {lead}\n\n{listed}")
    assert values(found, "location") == countries
    assert values(found, "benefit")


@pytest.mark.parametrize(
    ("sentence", "slot", "clause"),
    [
        (
            "KPO is a branch of BPO, and it saves companies a lot of money.",
            "broader",
            "KPO is a branch of BPO",
        ),
        (
            "KPO demands a university degree, whereas BPO does not need one.",
            "requirement",
            "KPO demands a university degree",
        ),
        (
            "KPO cuts costs for its clients, while BPO only moves payroll away.",
            "benefit",
            "KPO cuts costs for its clients",
        ),
    ],
)
def test_a_short_sentence_about_two_concepts_states_a_fact_in_one_of_its_clauses(
    extracted: Any, sentence: str, slot: str, clause: str
) -> None:
    _, found = extracted(f"# KPO\n\nKPO is expert work. {sentence}\n")
    quotes = {e.quote for c in found.claims if c.slot == slot for e in c.evidence}
    assert quotes == {clause}


@pytest.mark.parametrize(
    "sentence",
    [
        "Friends of the outsourcing trend say that KPO has great potential for IT and IT-enabled services.",
        "Les partisans de l'externalisation affirment que le KPO a un grand potentiel pour les services "
        "basés sur les technologies de l'information.",
        "Zastánci trendu outsourcingu tvrdí, že KPO má velký potenciál pro služby založené na informačních "
        "technologiích.",
    ],
)
def test_what_states_another_fact_relates_no_concepts(extracted: Any, sentence: str) -> None:
    _, found = extracted(f"# KPO\n\n{sentence}\n")
    assert "broader" not in {claim.slot for claim in found.claims}
    _, found = extracted("# KPO\n\nKPO is a part of IT-enabled services.\n")
    assert {c.value.id for c in found.claims if c.slot == "broader"} == {"ITES"}


@pytest.mark.parametrize(
    ("about", "line", "items"),
    [
        (
            "Útvistun þekkingarferla (KPO) felst í því að fyrirtæki fær sérfræðinga til að vinna verk sem "
            "krefjast mikillar þekkingar.",
            "Helstu gallar:",
            ["hætta á gagnaleka", "tungumálaörðugleikar", "minni stjórn"],
        ),
        (
            "Teadmusprotsesside sisseostmine (KPO) tähendab, et ettevõte annab teadmusmahuka töö partnerile.",
            "Peamised väljakutsed:",
            ["andmete leke", "kontrolli kadumine", "keelebarjäär"],
        ),
    ],
)
def test_a_usual_heading_over_a_list_is_what_it_says(
    extracted: Any, about: str, line: str, items: list[str]
) -> None:
    _, found = extracted("\n\n".join([f"# KPO\n\n{about}", line, "\n".join(f"- {x}" for x in items)]))
    stated = {e.quote: claim.slot for claim in found.claims for e in claim.evidence if e.quote in items}
    assert stated == dict.fromkeys(items, "risk")
