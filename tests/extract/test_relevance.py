"""Articles that name KPO, and which of them are about knowledge process outsourcing.

`homonyms/` holds notes that mean something else by it (`off_`) and notes that are about the concept
but hardly ever spell it out (`on_`).
"""

from pathlib import Path
from typing import Any

import pytest

HOMONYMS = Path(__file__).parent / "homonyms"


@pytest.mark.parametrize("path", sorted(HOMONYMS.glob("off_*.txt")), ids=lambda path: path.stem)
def test_an_article_that_means_something_else_yields_nothing(path: Path, extracted: Any) -> None:
    _, found = extracted(path.read_text(encoding="utf-8"), path.name)
    assert found.claims == ()
    assert [reject.kind for reject in found.rejects] == ["irrelevant"]


def test_hardly_a_note_about_the_concept_is_lost(extracted: Any) -> None:
    paths = sorted(HOMONYMS.glob("on_*.txt"))
    kept = [path.stem for path in paths if extracted(path.read_text(encoding="utf-8"), path.name)[1].claims]
    assert len(paths) == 11
    assert len(kept) >= 10


def test_what_is_said_of_the_bare_acronym_tells_whose_it_is(extracted: Any) -> None:
    story = "The choir sang, and the harvest was poor.\n\n{}\n\nThe firm saves a third of its costs."
    meant = "Analysts who judge risks for an insurer abroad: that work is called KPO."
    other = "KPO leads in the second half, and its keeper saves a penalty."
    assert extracted(story.format(meant))[1].rejects == ()
    assert "0.95 needed" in extracted(story.format(other))[1].rejects[0].reason
