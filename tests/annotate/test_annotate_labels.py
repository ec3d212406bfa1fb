"""Names of the concept: which is the citation form, and in which language."""

from pathlib import Path

import pytest
from written_articles import Concepts, Make

from pipeline.annotate import annotate
from pipeline.config import Config
from pipeline.model import Article


def labels(article: Article, concepts: Concepts) -> dict[tuple[str, str], str]:
    made = annotate(article, concepts).labels
    return {(label.lang, label.text): label.kind for label in made if label.concept == "KPO"}


def test_the_title_form_is_preferred_and_inflected_ones_join_their_citation_form(
    make: Make, concepts: Concepts
) -> None:
    article = make(
        "ru",
        "Аутсорсинг процессов знаний (КПО)",
        "Причины аутсорсинга процессов знаний известны.",
        "Аутсорсинг процесса знаний растёт.",
        title=True,
    )
    assert labels(article, concepts) == {
        ("ru", "Аутсорсинг процессов знаний"): "preferred",
        ("ru", "Аутсорсинг процесса знаний"): "variant",
    }


def test_an_english_name_in_another_language_is_an_english_label(make: Make, concepts: Concepts) -> None:
    article = make("sv", "Här växer knowledge process outsourcing (KPO).")
    assert labels(article, concepts) == {("en", "knowledge process outsourcing"): "preferred"}


def test_acronyms_are_no_labels(make: Make, concepts: Concepts) -> None:
    assert labels(make("et", "KPO-d kirjeldatakse BPO-st eraldi."), concepts) == {}


@pytest.mark.shared
def test_the_real_articles(shared: Path, concepts: Concepts, config: Config) -> None:
    from pipeline.ingest import read_document
    from pipeline.segment import load_splitters, segment

    splitters = load_splitters(config.segment)
    wanted = {
        "000": {"þekkingarferli útvistun", "útvistun þekkingarferlis", "útvistun þekkingarferla"},
        "001": {"аутсорсинг процессов знаний", "аутсорсинг процесса знаний"},
        "003": {"kunskapsbearbetning outsourcing"},
        "004": {
            "teadmusprotsessi sisseostmine",
            "teadmiste protsessi sisseostmine",
            "teadmistepõhine allhange",
        },
    }
    for path in sorted((shared / "raw").iterdir()):
        article = segment(
            read_document(path.read_bytes(), path.name, config.ingest), splitters, config.segment
        )
        notes = annotate(article, concepts)
        for label in notes.labels:
            for evidence in label.evidence:
                assert evidence.span.of(article.document.text) == evidence.quote
        found = {label.text.casefold() for label in notes.labels if label.concept == "KPO"}
        assert found >= wanted.get(path.name[:3], set())
        if path.name.startswith("003"):
            places = {m.target for m in notes.mentions if m.kind == "place"}
            assert places == {"IN", "PH", "CN", "IL", "RU", "IE", "CZ", "US"}
