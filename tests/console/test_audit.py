"""The audit trail: a closed list of acts, numbered, chained, and whole or broken."""

import re
from pathlib import Path

import pytest

from inspector.console.audit import ACTS, Audit
from inspector.console.database import DeskDatabase
from inspector.errors import AuditBrokenError, DeskDatabaseError
from tests.browser import ROOT

KEY = bytes(range(32))


@pytest.fixture
def database(tmp_path: Path):
    found = DeskDatabase(tmp_path / "desk.db", KEY)
    yield found
    found.close()


@pytest.fixture
def audit(database) -> Audit:
    trail = Audit(database)
    for n in range(5):
        trail.note(account="甲", act="log-in", object=f"id-{n}", at_ms=1_000 + n)
    return trail


def test_lines_are_numbered_and_come_newest_first_in_pages(audit):
    assert [line.n for line in audit.lines(limit=2)] == [5, 4]
    assert [line.n for line in audit.lines(before=4, limit=2)] == [3, 2]
    assert audit.verify() == 5


def test_an_empty_trail_is_whole(database):
    assert Audit(database).verify() == 0


@pytest.mark.parametrize(
    ("sql", "n"),
    [
        ("UPDATE audit SET account = '乙' WHERE n = 3", 3),
        ("UPDATE audit SET at_ms = 1 WHERE n = 1", 1),
        ("UPDATE audit SET object = 'x' WHERE n = 5", 5),
        ("DELETE FROM audit WHERE n = 2", 2),
        ("DELETE FROM audit WHERE n = 5", 5),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET sha256 = prev WHERE n = 4", 4),
        ("UPDATE audit SET n = 6 WHERE n = 5", 5),
    ],
)
def test_a_changed_removed_or_cut_off_line_breaks_the_trail_where_it_was(audit, database, sql, n):
    database.do(sql)
    with pytest.raises(AuditBrokenError) as broken:
        audit.verify()
    assert broken.value.facts == {"n": n}


def test_a_line_stands_and_falls_with_the_act_around_it(audit, database):
    with pytest.raises(DeskDatabaseError), database.at_once():
        audit.note(account="甲", act="log-in", object="", at_ms=1)
        database.do("INSERT INTO no_such_table VALUES (1)")
    assert audit.verify() == 5


def test_an_act_that_is_not_in_the_list_is_a_mistake_of_the_program(audit):
    with pytest.raises(ValueError, match="no such act"):
        audit.note(account="甲", act="whatever", object="", at_ms=1)


def test_every_act_of_the_list_is_in_the_handbook_with_its_word():
    handbook = (ROOT / "docs" / "console.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+?) \|", handbook, re.MULTILINE))
    assert {act: listed.get(act) for act in ACTS} == ACTS


def test_the_console_notes_no_act_that_is_not_in_the_list():
    sources = (ROOT / "inspector" / "console").rglob("*.py")
    noted = {
        act
        for source in sources
        for act in re.findall(r'\.note[(,]\s*\w+, "([a-z-]+)"', source.read_text("utf-8"))
    }
    assert noted - set(ACTS) == set()
    assert {"log-in", "log-out", "revoke-device"} <= noted
