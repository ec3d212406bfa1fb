"""What a document is: language, markup, metadata, and which files are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import IngestSettings
from pipeline.errors import InputError
from pipeline.ingest import find_files, line_keys, read_document

SENTENCES = {
    "is": "Útvistun þekkingarferla felur í sér að fela öðrum sérhæfð verkefni.",
    "ru": "Аутсорсинг процессов знаний предполагает найм специалистов.",
    "it": "L'esternalizzazione dei processi di conoscenza richiede esperti.",
    "sv": "KPO företagen dyker upp i länder som har många utbildade människor.",
    "et": "Teadmusprotsessi sisseostmine on äriprotsesside sisseostmise allüksus.",
    "fi": "Tietoprosessien ulkoistaminen vaatii koulutettuja työntekijöitä.",
    "hu": "A tudásfolyamatok kiszervezése képzett szakembereket igényel.",
    "tr": "Bilgi süreci dış kaynak kullanımı uzmanlık gerektirir.",
    "el": "Η εξωτερική ανάθεση απαιτεί εξειδικευμένο προσωπικό.",
    "ar": "يتطلب تعهيد العمليات المعرفية خبراء متخصصين.",
    "hi": "ज्ञान प्रक्रिया आउटसोर्सिंग में विशेषज्ञों की आवश्यकता होती है।",
    "ja": "専門知識を必要とする業務を外部に委託する。",
    "zh": "知识流程外包需要专业人员。",
    "ko": "지식 프로세스 아웃소싱은 전문가를 필요로 한다.",
}


def read(text: str, name: str = "a.txt", **options: object):  # noqa: ANN201
    return read_document(text.encode(), name, IngestSettings.model_validate(options))


@pytest.mark.parametrize("lang", SENTENCES)
def test_language_of_one_sentence(lang: str) -> None:
    document = read(SENTENCES[lang])
    assert document.lang == lang
    assert document.lang_confidence > 0.3


def test_a_stray_date_line_in_another_language_does_not_sway() -> None:
    assert read(f"June 2\n\n{SENTENCES['sv']}\n").lang == "sv"


def test_languages_may_be_restricted_and_declared() -> None:
    norwegian_or_danish = "Outsourcing er en del af vores virksomhed."
    assert read(norwegian_or_danish, languages=("da", "sv")).lang == "da"
    assert read(f"---\nlang: da\n---\n{norwegian_or_danish}").lang == "da"


@pytest.mark.parametrize("languages", [(), ("nb", "sv"), ("no", "sv")])
def test_norwegian_is_bokmal_as_every_library_has_it(languages: tuple[str, ...]) -> None:
    norwegian = "Bedriftene setter bort stadig mer av kunnskapsarbeidet sitt til utlandet, ifølge rapporten."
    assert read(norwegian, languages=languages).lang == "nb"
    assert read(f"---\nlang: no\n---\n{norwegian}", languages=languages).lang == "nb"


def test_two_languages_are_flagged() -> None:
    text = "\n\n".join(
        [f"{SENTENCES['ru']} {SENTENCES['ru']}"] * 3 + [f"{SENTENCES['it']} {SENTENCES['it']}"] * 3
    )
    assert "mixed languages" in read(text).flags


@pytest.mark.parametrize(
    ("text", "name", "media"),
    [
        ("# Title\n\ntext", "a.txt", "markdown"),
        ("A [link](/x) here", "a", "markdown"),
        ("---\ntitle: x\n---\ntext", "a.txt", "markdown"),
        ("plain text", "a.md", "markdown"),
        ("== Head ==\ntext '''bold'''", "a.txt", "wiki"),
        ("Just text.\n • a dot\n 1. one", "a.txt", "text"),
        ("a < b > c", "a.txt", "text"),
    ],
)
def test_markup_is_judged_by_content(text: str, name: str, media: str) -> None:
    assert read(text, name).media == media


def test_front_matter_is_read_without_types_aliases_or_tags() -> None:
    found = dict(read("---\ntitle: 'L&#39;uso: no'\ndate: 2021-05-12\ntags: [a, b]\n---\nText.").metadata)
    assert found == {"title": "L'uso: no", "date": "2021-05-12", "tags": "a, b"}
    bomb = "---\na: &x [1, 1]\nb: *x\n---\nText."
    assert dict(read(bomb).metadata) == {"a": "&x [1, 1]", "b": "*x"}
    assert dict(read("---\nx: !!python/object/apply:os.system ['true']\n---\nText.").metadata)[
        "x"
    ].startswith("!!")
    assert dict(read("---\ntitle: one: two: three\n---\nText.").metadata) == {"title": "one: two: three"}


def test_html_gives_a_layer_with_headings_lists_and_tables() -> None:
    page = (
        "<!doctype html><html lang='fr'><head><title>KPO</title></head><body><nav>Accueil</nav>"
        "<article><h1>Qu&#39;est-ce que le KPO ?</h1><p>L&#39;externalisation consiste &agrave; confier des "
        "t&acirc;ches sp&eacute;cialis&eacute;es &agrave; un prestataire ext&eacute;rieur.</p>"
        "<h2>Services</h2><ul><li>Recherche</li><li>Analyse</li></ul>"
        "<table><tr><th>Base</th><th>BPO</th></tr><tr><td>Co&ucirc;t</td><td>Bas</td></tr></table>"
        "</article>"
        "<footer>Mentions</footer></body></html>"
    )
    document = read_document(page.encode("latin-1"), "a.html", IngestSettings())
    assert document.layered
    assert document.encoding == "utf-8"
    assert document.lang == "fr"
    for shown in (
        "# Qu'est-ce que le KPO ?",
        "tâches spécialisées",
        "## Services",
        "- Recherche",
        "| Coût | Bas |",
    ):
        assert shown in document.text
    assert "Accueil" not in document.text


def test_html_without_text_is_refused() -> None:
    with pytest.raises(InputError, match="no article"):
        read("<!doctype html><html><body><script>1</script></body></html>", "a.html")


def test_the_same_bytes_have_the_same_id_wherever_they_lie() -> None:
    first, second = read("Same text.", "a.txt"), read("Same text.", "b/c.txt")
    assert first.id == second.id
    assert first.path != second.path


def test_line_keys_ignore_case_digits_and_marks() -> None:
    assert line_keys(read("Page 1 of 3\nOther text")) & line_keys(read("PAGE 2 OF 3!\nMore words"))
    assert not line_keys(read("x" * 300))


def test_files_are_found_in_order_and_never_outside(tmp_path: Path) -> None:
    inside, outside = tmp_path / "raw", tmp_path / "secret.txt"
    (inside / "b").mkdir(parents=True)
    (inside / ".git").mkdir()
    for name in ("z.txt", "b/a.unknown", ".hidden", ".git/config"):
        (inside / name).write_text("text")
    outside.write_text("secret")
    (inside / "link.txt").symlink_to(outside)
    (inside / "loop").symlink_to(inside, target_is_directory=True)
    found = find_files(inside, IngestSettings())
    assert [file.relative_to(inside).as_posix() for file in found] == ["b/a.unknown", "z.txt"]
    assert find_files(outside, IngestSettings()) == [outside]
    with pytest.raises(InputError, match="no such folder"):
        find_files(tmp_path / "missing", IngestSettings())
