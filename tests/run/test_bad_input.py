"""Bad input: one line that names file, place and mend; the others go on; rejects and exit status tell."""

from pathlib import Path

import pytest
from batches import ARTICLES, CONFIG, config, write_articles

from pipeline.config import IngestSettings, load
from pipeline.errors import ConfigError, InputError, OutputError
from pipeline.run import Options, Summary, run
from pipeline.work.output import hold
from pipeline.work.scan import scan

BAD = {
    "empty.txt": b"",
    "blank.txt": b" \n\t\n",
    "binary.txt": bytes(range(256)) * 40,
    "picture.png": b"\x89PNG\r\n\x1a\n" + b"\0\1\2\3" * 200,
    "undecodable.txt": b"\xff\xfe\xfd\x00\xd8\x00\xd8" + b"\x81\x8d\x8f\x90\x9d" * 50,
}


@pytest.fixture(scope="module")
def mixed(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("mixed")
    raw = write_articles(folder / "raw")
    for name, data in BAD.items():
        (raw / name).write_bytes(data)
    (raw / "huge.txt").write_bytes(b"a line of text\n" * 10_000)
    (raw / "again.md").write_bytes((raw / "de.md").read_bytes())
    settings = config(ingest=IngestSettings(max_bytes=100_000))
    return folder, run(raw, folder / "out", settings, Options(cache=str(cache)))


def test_bad_files_are_quarantined_and_the_others_go_on(mixed: tuple[Path, Summary]) -> None:
    summary = mixed[1]
    quarantined = {reject.path for reject in summary.rejects if reject.kind == "quarantined"}
    assert quarantined == {*BAD, "huge.txt"}
    assert summary.exit_status == 1
    assert summary.counts.documents == len(ARTICLES)


def test_every_reject_is_one_line_with_reason_and_mend(mixed: tuple[Path, Summary]) -> None:
    for reject in mixed[1].rejects:
        assert reject.reason
        assert reject.mend
        assert "\n" not in reject.reason + reject.mend
        assert "Traceback" not in reject.reason
    lines = (mixed[0] / "out" / "rejects.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + len(mixed[1].rejects)


def test_of_files_with_the_same_bytes_one_is_kept_and_the_other_reported(mixed: tuple[Path, Summary]) -> None:
    twins = [reject for reject in mixed[1].rejects if reject.kind == "duplicate"]
    assert [(twin.path, twin.reason) for twin in twins] == [("de.md", "the same bytes as again.md")]


def test_a_language_without_a_segmentation_model_is_read_all_the_same(cache: Path, tmp_path: Path) -> None:
    text = "KPO ni huduma. Kampuni hutuma kazi ya maarifa kwa wataalamu. Gharama hupungua sana.\n"
    raw = write_articles(tmp_path / "raw", {"sw.txt": text})
    summary = run(raw, tmp_path / "out", config(), Options(cache=str(cache)))
    assert summary.counts.documents == 1
    assert summary.exit_status == 0


def test_a_file_that_cannot_be_read_is_quarantined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = write_articles(tmp_path)
    opened = Path.open

    def refuse(self: Path, *rest: object, **named: object) -> object:
        if self.name == "fr.md":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *rest, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    found = scan(raw, IngestSettings())
    assert [(reject.path, reject.reason) for reject in found.rejects] == [("fr.md", "Permission denied")]
    assert {file.path for file in found.files} == {"de.md", "es.txt"}


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for reading", encoding="utf-8")
    raw = write_articles(tmp_path / "raw")
    (raw / "link.txt").symlink_to(secret)
    (raw / "up").symlink_to(tmp_path)
    assert {file.path for file in scan(raw, IngestSettings()).files} == set(ARTICLES)


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_a_folder_without_articles_is_an_error(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        scan(tmp_path / folder, IngestSettings())
    assert folder in str(caught.value)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("line", "place", "mend"),
    [
        ("engine: {job: 2}", "key engine.job", "did you mean 'jobs'?"),
        ("ingst: {}", "key ingst", "did you mean 'ingest'?"),
        ("folder: elsewhere", "key folder", "unknown key"),
        ("engine: {jobs: many}", "key engine.jobs", "many"),
        ("engine: [", "", "mend the syntax"),
        ("engine: &a {jobs: 1}\nstore: *a", "", "mend the syntax"),
        ("engine: " + "[" * 500, "", "mend the syntax"),
    ],
)
def test_a_config_is_refused_with_the_key_and_its_mend(
    tmp_path: Path, line: str, place: str, mend: str
) -> None:
    path = tmp_path / "kpo.yaml"
    path.write_text(CONFIG.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message
    assert place in message
    assert mend in message
    assert "\n" not in message


def test_an_output_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="out"), hold(tmp_path / "out"):
        pass


def test_a_link_that_leads_an_output_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "records").symlink_to(tmp_path / "elsewhere")
    with hold(tmp_path / "out") as folder:
        (folder.draft() / "records").mkdir()
        (folder.draft() / "records" / "x.json").parent.mkdir(exist_ok=True)
        (tmp_path / "out" / ".kpo" / "draft" / "records" / "x.json").write_text("{}", encoding="utf-8")
        with pytest.raises(OutputError, match="outside"):
            folder.publish()
    assert list((tmp_path / "elsewhere").iterdir()) == []
