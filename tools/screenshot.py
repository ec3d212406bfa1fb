"""Pictures of the report page for the README, made from a finished run over the shipped sample.

python tools/screenshot.py [REPORT] [FOLDER]

Needs Chromium from the distribution's packages. Writes `report.png`, the record, and `reader.png`,
one claim's quotes in their articles.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTH = 1280


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, nargs="?", default=Path("outputs/report.html"))
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs"))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": WIDTH, "height": 1500}, reduced_motion="reduce")
        page.goto(arguments.report.resolve().as_uri())
        page.screenshot(path=arguments.folder / "report.png")
        page.set_viewport_size({"width": WIDTH, "height": 760})
        _open_most_quoted_claim(page)
        page.screenshot(path=arguments.folder / "reader.png")
        browser.close()


def _open_most_quoted_claim(page: Page) -> None:
    claims = page.locator(".claim > button").all()
    most = max(claims, key=lambda claim: claim.locator(".lang").count())
    most.click()


if __name__ == "__main__":
    main()
