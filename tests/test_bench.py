"""The benchmark runner: what it prints, keeps and returns."""

import json
from pathlib import Path

import pytest

import bench.__main__ as runner
from bench import Row

GOOD = Row("one tap saved", 1.2, "ms", "append + fdatasync", 1.1, 1.09, "<= 1.25x", True)
POOR = Row("one page", 30.0, "ms", "typst", 20.0, 1.5, "<= 0.8x", False)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results.json"


def test_a_row_names_both_sides_the_target_and_the_verdict():
    assert all(
        part in runner.line(GOOD) for part in ("one tap saved", "append + fdatasync", "<= 1.25x", "ok")
    )
    assert "MISSED" in runner.line(POOR)


def test_the_file_has_every_field_of_every_row(results: Path):
    runner.write([GOOD, POOR], to=results, keep=False)
    rows = json.loads(results.read_text(encoding="utf-8"))
    fields = ["name", "value", "unit", "peer", "peer_value", "ratio", "target", "ok"]
    assert [list(row) for row in rows] == [fields, fields]


def test_measuring_one_module_keeps_the_rows_of_the_others(results: Path):
    runner.write([GOOD, POOR], to=results, keep=False)
    again = Row("one page", 10.0, "ms", "typst", 20.0, 0.5, "<= 0.8x", True)
    runner.write([again], to=results, keep=True)
    rows = {row["name"]: row["value"] for row in json.loads(results.read_text(encoding="utf-8"))}
    assert rows == {"one tap saved": 1.2, "one page": 10.0}


def test_an_unknown_module_is_named_and_nothing_is_measured(capsys):
    assert runner.main(["no-such"]) == 2
    assert "no-such" in capsys.readouterr().err


def test_every_module_of_the_package_is_found():
    assert "sealing" in runner.modules()
    assert not any(name.startswith("_") for name in runner.modules())
