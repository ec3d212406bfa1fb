"""Which concept sections are about whose headings name none."""

from collections.abc import Callable, Sequence

import pytest

from pipeline.config import Config
from pipeline.extract.subject import find_subjects
from pipeline.model import Annotations, Article

Read = Callable[[str, str], tuple[Article, Annotations]]
LISTS = {"BPO": ("payroll", "data entry"), "KPO": ("market research", "patent research")}
MAKES = {
    "markdown": ("a.md", "## {}\n\n", "- {}\n"),
    "numbered": ("a.md", "## 1.2 {}\n\n", "- {}\n"),
    "plain": ("a.txt", "{}\n\n", "- {}\n"),
}


def subjects(read: Read, config: Config, text: str, name: str, likely: str = "") -> dict[str, str | None]:
    """What each segment is about, by what it says; `likely` is a concept that looks like every subject."""
    article, notes = read(text, name)
    shares = {mention.span: 0.9 for mention in notes.mentions if mention.target == likely}
    relates = [False] * len(article.segments)
    found = find_subjects(article, notes, config.concept, relates, likely=shares).segments
    return {segment.text: about for segment, about in zip(article.segments, found, strict=True)}


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("order", [("BPO", "KPO"), ("KPO", "BPO")], ids=["own last", "own first"])
def test_the_same_headings_behind_two_concepts_belong_to_each(
    read: Read, config: Config, order: Sequence[str], make: str
) -> None:
    name, heading, item = MAKES[make]
    title = "BPO and KPO compared\n\n" if make == "plain" else "# BPO and KPO\n\n"
    text = title + "\n".join(
        heading.format(one)
        + f"{one} is a kind of outsourcing that many firms use.\n\n"
        + "\n".join(
            heading.format(kind) + "".join(item.format(f"{each} {kind.lower()}") for each in LISTS[one])
            for kind in ("Services", "Risks")
        )
        for one in order
    )
    about = subjects(read, config, text, name)
    for one in order:
        for each in LISTS[one]:
            assert {about[f"{each} {kind}"] for kind in ("services", "risks")} == {one}


def test_headings_behind_one_concept_only_stay_with_the_article(read: Read, config: Config) -> None:
    text = (
        "# KPO\n\nKPO is work for experts.\n\n## BPO\n\nBPO is office work.\n\n"
        "## Benefits\n\n- lower costs\n\n## Risks\n\n- leaks of data\n"
    )
    about = subjects(read, config, text, "a.md")
    assert (about["lower costs"], about["leaks of data"]) == ("KPO", "KPO")


def test_what_comes_after_the_headings_of_both_stays_with_the_article(read: Read, config: Config) -> None:
    shared = "## {0}\n\n{0} is work.\n\n## Risks\n\n- risks of {1}\n\n"
    text = "# KPO\n\n" + shared.format("KPO", "a") + shared.format("BPO", "b") + "## Providers\n\n- firms\n"
    about = subjects(read, config, text, "a.md")
    assert (about["risks of a"], about["risks of b"], about["firms"]) == ("KPO", "BPO", "KPO")


@pytest.mark.parametrize("head", ["KPO: ", "KPO (knowledge process outsourcing): ", "KPO："])
def test_an_entry_is_what_it_explains(read: Read, config: Config, head: str) -> None:
    text = f"BPO and KPO\n\n{head}a kind of BPO, more or less, for experts. It covers the study of markets.\n"
    about = subjects(read, config, text, "a.txt", likely="BPO")
    assert about["It covers the study of markets."] == "KPO"


def test_of_two_names_of_which_none_is_known_to_be_the_subject_the_articles_own_is_handed_on(
    read: Read, config: Config
) -> None:
    text = "# KPO\n\nOne takes BPO to spend less and KPO to decide better. The search for quality leads.\n"
    assert subjects(read, config, text, "a.md")["The search for quality leads."] == "KPO"


def test_what_a_sentence_with_two_names_hands_on_is_doubtful_in_its_paragraph(
    read: Read, config: Config
) -> None:
    text = (
        "# KPO\n\nDespite KPO firms BPO firms remain. Audits are sold. So are maps. "
        "KPO needs experts. They read.\n\nThey write.\n"
    )
    article, notes = read(text, "a.md")
    found = find_subjects(article, notes, config.concept, [False] * len(article.segments))
    doubtful = {article.segments[index].text for index in found.doubtful}
    assert doubtful == {"Audits are sold.", "So are maps."}
