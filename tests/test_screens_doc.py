"""docs/screens.md names every control of every screen and no other; its pictures are there."""

from __future__ import annotations

import re

from tests.screen_names import ROOT, all_names

DOC = (ROOT / "docs" / "screens.md").read_text("utf-8")
_LISTED = re.compile(r"^Identifiers: (.*)$", re.MULTILINE)


def listed() -> frozenset[str]:
    return frozenset(name for line in _LISTED.findall(DOC) for name in re.findall(r"`([^`]+)`", line))


def test_every_identifier_of_a_screen_is_listed_and_every_listed_one_exists():
    assert listed() - all_names() == frozenset()
    assert all_names() - listed() == frozenset()


def test_every_picture_is_in_the_tree():
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", DOC)
    assert len(pictures) >= 10
    assert [one for one in pictures if not (ROOT / "docs" / one).is_file()] == []


def test_every_picture_of_a_screen_is_taken_by_a_walk():
    shown = re.findall(r"pictures/((?:tablet|console)-[a-z-]+?)-\d+x\d+\.png", DOC)
    walks = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "days").glob("test_*.py"))
    taken = set(re.findall(r'"((?:tablet|console)-[a-z-]+)"', walks))
    assert len(shown) >= 10
    assert [name for name in shown if name not in taken] == []
