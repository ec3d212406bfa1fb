import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import kpo
from pipeline.errors import ReviewError


def kpo_review(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(kpo, ["review", *map(str, arguments)], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.output


def test_the_loop_of_a_reviewer(out: Path) -> None:
    rows = list(csv.DictReader((out / "claims.csv").open(encoding="utf-8-sig", newline="")))
    rows[0]["decision"], rows[1]["decision"] = "accept", "perhaps"
    with (out / "claims.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    status, shown = kpo_review("apply", out / "claims.csv", "--out", out, "--reviewer", "anna")
    assert status == 1
    assert "unknown decision 'perhaps'" in shown
    assert "1 applied" in shown
    assert "decisions: 1 accepted" in kpo_review("status", "--out", out)[1]
    assert kpo_review("undo", rows[0]["claim"], "--out", out)[0] == 0
    assert "decisions: none" in kpo_review("status", "--out", out)[1]


def test_a_missing_sheet_is_one_line(out: Path) -> None:
    with pytest.raises(ReviewError, match=r"no\.csv: No such file"):
        kpo_review("apply", out / "no.csv", "--out", out)
