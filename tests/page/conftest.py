import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bundles import bundle
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.bundle import Bundle
from pipeline.export.report import write_report

CHROMIUM = shutil.which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium without a screen."""
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def run() -> Bundle:
    """A finished run."""
    return bundle()


@pytest.fixture(scope="session")
def report(run: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    return write_report(run, tmp_path_factory.mktemp("page"))[0]


@pytest.fixture(scope="session")
def long_report(run: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a thousand groups."""
    groups = tuple(
        replace(run.groups[n % len(run.groups)], id=f"g{n:06}", score=n / 1000) for n in range(1000)
    )
    return write_report(replace(run, groups=groups), tmp_path_factory.mktemp("long"))[0]


@pytest.fixture(scope="session")
def many_articles(run: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose first claim is stated by forty articles."""
    first, claim = run.articles[0], run.record.claims[0]
    quote = next(quote for quote in claim.evidence if quote.document == first.document.id)
    ids = [f"d{n:015}" for n in range(40)]
    articles = tuple(
        replace(first, document=replace(first.document, id=id_, path=f"{id_}.md")) for id_ in ids
    )
    evidence = tuple(quote.model_copy(update={"document": id_}) for id_ in ids)
    record = run.record.model_copy(update={"claims": (claim.model_copy(update={"evidence": evidence}),)})
    made = replace(run, articles=articles, groups=(), families=(), record=record)
    return write_report(made, tmp_path_factory.mktemp("many"))[0]


class Watched:
    """A page with everything it complained about or asked the network for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", self._requested)

    def _requested(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith("file:"):
            self.complaints.append(f"request: {url}")


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A fresh page that must have nothing to complain about at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watch = Watched(context.new_page())
    yield watch
    context.close()
    assert watch.complaints == []


@pytest.fixture
def page(watched: Watched, report: Path) -> Page:
    """The report, opened."""
    watched.page.goto(report.as_uri())
    return watched.page
