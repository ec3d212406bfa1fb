"""The output folder: whatever moment a run dies at, what is found next is one whole set of outputs."""

import json
from pathlib import Path

import pytest

from pipeline.errors import OutputError
from pipeline.work.output import OutputFolder, hold

OLD = {"a.csv": "old a", "records/x.json": "old x", "gone.tmx": "old gone"}
NEW = {"a.csv": "new a", "records/x.json": "new x", "records/y.json": "new y"}


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


def write_set(folder: OutputFolder, files: dict[str, str]) -> None:
    draft = folder.draft()
    for name, text in files.items():
        (draft / name).parent.mkdir(exist_ok=True)
        (draft / name).write_text(text, encoding="utf-8")
    manifest = json.dumps({"files": folder.digests()})
    (draft / "manifest.json").write_text(manifest, encoding="utf-8")
    folder.publish()


def found(root: Path) -> dict[str, str]:
    paths = (path for path in root.rglob("*") if path.is_file() and ".kpo" not in path.parts)
    texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    texts.pop("manifest.json", None)
    return texts


@pytest.mark.parametrize("moment", range(12))
@pytest.mark.parametrize("act", ["replace", "unlink", "mkdir", "write_text"])
def test_a_run_that_dies_leaves_the_old_set_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, moment: int
) -> None:
    with hold(tmp_path) as folder:
        write_set(folder, OLD)
    left = [moment]
    real = getattr(Path, act)

    def dies(self: Path, *rest: object, **named: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return real(self, *rest, **named)

    monkeypatch.setattr(Path, act, dies)
    try:
        with hold(tmp_path) as folder:
            write_set(folder, NEW)
    except Killed:
        pass
    monkeypatch.undo()
    with hold(tmp_path) as folder:
        assert folder.is_whole()
    assert found(tmp_path) in (OLD, NEW)


def test_files_of_the_user_and_the_reviewers_stay(tmp_path: Path) -> None:
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "decisions.jsonl").write_text("{}", encoding="utf-8")
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for files in (OLD, NEW):
        with hold(tmp_path) as folder:
            write_set(folder, files)
    assert found(tmp_path) == NEW | {"review/decisions.jsonl": "{}", "mine.txt": "mine"}


def test_a_second_holder_is_refused(tmp_path: Path) -> None:
    with hold(tmp_path), pytest.raises(OutputError, match="another run is at work"), hold(tmp_path):
        pass
    with hold(tmp_path):
        pass


def test_a_damaged_manifest_means_no_outputs(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("[1, 2", encoding="utf-8")
    with hold(tmp_path) as folder:
        assert folder.manifest() == {}
        assert not folder.is_whole()
