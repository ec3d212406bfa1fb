import time
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from bundles import HOSTILE
from playwright.sync_api import Browser, Page, expect

from pipeline.bundle import Bundle

pytestmark = pytest.mark.slow


def claim_cards(page: Page) -> Any:
    return page.locator("#claims .claim > button")


def marks(page: Page) -> dict[str, list[str]]:
    """The highlighted texts of the open reader by language."""
    columns = page.locator("#reader .article-text").all()
    return {str(c.get_attribute("lang")): c.locator("mark").all_text_contents() for c in columns}


def test_a_click_on_a_claim_shows_its_quotes_in_every_article(page: Page, run: Bundle) -> None:
    for claim in run.record.claims:
        page.locator(f"[data-claim='{claim.id}']").click()
        expect(page.locator("#reader")).to_be_visible()
        wanted: dict[str, list[str]] = {}
        for evidence in claim.evidence:
            wanted.setdefault(evidence.lang, []).append(evidence.quote)
        assert marks(page) == wanted
        page.keyboard.press("Escape")
        expect(page.locator("#reader")).to_be_hidden()


def test_the_highlight_is_in_view_and_in_its_place(page: Page) -> None:
    claim_cards(page).first.click()
    text = page.locator("#reader .article-text").first
    assert "KPO er útvistun" in text.locator("mark").inner_text()
    expect(text.locator("mark").first).to_be_in_viewport()
    assert text.inner_text().startswith("Þekkingarútvistun\nKPO er útvistun")


def test_filters_and_search_of_claims(page: Page) -> None:
    expect(claim_cards(page)).to_have_count(7)
    page.get_by_label("Status").select_option("contradicted")
    expect(claim_cards(page)).to_have_count(2)
    page.get_by_label("Status").select_option("")
    page.get_by_label("Search the record").fill("utvistun a serhæfðri")
    expect(claim_cards(page)).to_have_count(1)
    page.get_by_label("Search the record").fill("СНИЖАЕТ")
    expect(claim_cards(page)).to_have_count(1)
    page.get_by_label("Search the record").fill("no such thing")
    expect(page.locator("#claims")).to_contain_text("Nothing fits")
    expect(page.locator("#claim-count")).to_have_text("0 of 7 claims")


def test_filters_of_passages(page: Page) -> None:
    groups, form = page.locator("#groups .group"), page.locator("#group-filters")
    expect(groups).to_have_count(9)
    form.get_by_label("Kind").select_option("comparable")
    expect(groups).to_have_count(4)
    form.get_by_label("Language").select_option("ar")
    expect(groups).to_have_count(2)
    form.get_by_label("Score at most").fill("60")
    expect(groups).to_have_count(1)
    form.get_by_label("Search the passages").fill("indien")
    expect(groups).to_have_count(1)
    form.get_by_label("Decision").select_option("accepted")
    expect(groups).to_have_count(0)


def test_coverage_and_families_are_pictures_to_act_on(page: Page) -> None:
    page.get_by_role("button", name="1 claim of benefit in Arabic").click()
    expect(claim_cards(page)).to_have_count(1)
    assert page.locator("#families .family-ring").count() == 4
    assert page.locator("#families .family-line").count() == 3
    page.get_by_role("button", name="Open Arabic article").press("Enter")
    expect(page.locator("#reader .article-text")).to_have_count(1)


def test_contradictions_and_single_sources_stand_out(page: Page) -> None:
    plain = page.locator(".claim.corroborated > button").first
    clash = page.locator(".claim.contradicted > button").first
    single = page.locator(".claim.single > button").first
    colour = "node => getComputedStyle(node).backgroundColor"
    edge = "node => getComputedStyle(node).borderInlineStartStyle"
    assert clash.evaluate(colour) != plain.evaluate(colour)
    assert (single.evaluate(edge), plain.evaluate(edge)) == ("dashed", "solid")


def test_everything_works_by_keyboard(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.get_by_label("Search the record")).to_be_focused()
    claim_cards(page).first.focus()
    page.keyboard.press("Enter")
    title = page.locator("#reader-title")
    first = title.inner_text()
    page.keyboard.press("j")
    assert title.inner_text() != first
    page.keyboard.press("k")
    assert title.inner_text() == first
    page.keyboard.press("Escape")
    expect(claim_cards(page).first).to_be_focused()


def test_right_to_left_text_runs_right_to_left(page: Page) -> None:
    side = page.locator(".side p[lang=ar]").first
    assert side.evaluate("node => getComputedStyle(node).direction") == "rtl"
    english = page.locator(".side p[lang=is]").first
    assert english.evaluate("node => getComputedStyle(node).direction") == "ltr"


def test_a_hostile_article_does_nothing(page: Page) -> None:
    page.get_by_role("button", name="Open English article").click()
    text = page.locator("#reader .article-text[lang=en]")
    assert text.evaluate("node => node.textContent") == "\n".join(HOSTILE) + "\n"
    assert text.locator("script, img, svg").count() == 0
    assert page.evaluate("window.hacked") is None
    assert page.locator("body > img, main img, main script").count() == 0


def test_the_policy_refuses_scripts_and_requests_of_others(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    page.goto(report.as_uri())
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.hacked = 5";
            const image = document.createElement("img");
            image.src = "https://example.com/x.png";
            document.body.append(script, image);
        }"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert len([text for text in blocked if "Content Security Policy" in text]) == 2
    page.close()


def test_bidi_overrides_stay_inside_their_passage(page: Page) -> None:
    side = page.locator(".side p", has_text="cmd").first
    assert side.evaluate("node => getComputedStyle(node).unicodeBidi") == "isolate"


@pytest.mark.parametrize("width", [360, 390, 768])
def test_a_phone_needs_no_sideways_scrolling(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    claim_cards(page).first.click()
    expect(page.locator("#reader .article-text mark").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation(browser: Browser, report: Path, scheme: Any, width: int) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(report.as_uri())
    found = Axe().run(page)["violations"]
    claim_cards(page).first.click()
    found += Axe().run(page)["violations"]
    context.close()
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []


def test_dark_mode_is_dark(browser: Browser, report: Path) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(report.as_uri())
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    assert max(int(part) for part in background[4:-1].split(",")) < 60


def test_a_thousand_groups_are_loaded_as_they_are_seen(watched: Any, long_report: Path) -> None:
    page = watched.page
    start = time.perf_counter()
    page.goto(long_report.as_uri())
    expect(page.locator("#groups .group").first).to_be_attached()
    assert time.perf_counter() - start < 3
    assert page.locator("#groups .group").count() < 200
    page.locator("#articles").scroll_into_view_if_needed()
    page.locator("#group-filters").get_by_label("Search the passages").fill("g000999")
    expect(page.locator("#groups .group")).to_have_count(1)
    page.locator("#group-filters").get_by_label("Search the passages").fill("")
    for _ in range(60):
        page.locator("#articles-title").scroll_into_view_if_needed()
        page.wait_for_timeout(20)
        if page.locator("#groups .group").count() == 1000:
            break
    assert page.locator("#groups .group").count() == 1000


def test_a_contradicted_claim_leads_to_what_contradicts_it(page: Page) -> None:
    page.locator(".claim.contradicted > button").last.click()
    title = page.locator("#reader-title")
    assert title.inner_text() == "not business process outsourcing"
    page.locator("#reader .clash").click()
    assert title.inner_text() == "business process outsourcing"
    assert marks(page) == {"sv": ["KPO är en del av BPO."]}


def test_doubtful_passages_can_come_first(page: Page) -> None:
    page.locator("#group-filters").get_by_label("Order").select_option("doubt")
    expect(page.locator("#groups .group .doubt").first).to_be_attached()
    assert page.locator("#groups .group").first.locator(".doubt").count() == 2


def test_a_claim_of_many_articles_opens_a_few_at_a_time(watched: Any, many_articles: Path) -> None:
    page = watched.page
    page.goto(many_articles.as_uri())
    claim_cards(page).first.click()
    columns = page.locator("#reader .column")
    assert columns.count() == 6
    for _ in range(40):
        page.locator("#reader-body").evaluate("node => node.scrollTo(node.scrollWidth, 0)")
        page.wait_for_timeout(30)
    assert columns.count() == 40
