"""Warnings, and promises between versions of one checklist."""

import pytest

from inspector.catalog import broken_promises, warnings_of
from tests.catalog.sample import CHECKLIST, laws, read, spoilt


def warned(text):
    return [(fault.place, fault.what) for fault in warnings_of(read(text), laws())]


def test_a_good_checklist_gives_no_warning():
    assert warned(CHECKLIST) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ('  how = "逐门试开"\n', "", "exit-unlocked", "没有检查方法"),
        ("days = 1\n", "days = 30\n", "exit-unlocked", "立改项给了 30 天"),
        ("  evidence = { photos = 1 }\n", "", "exit-unlocked", "证据"),
        ('law = "fire-law", article = "第二十八条"', 'law = "old-rules"', "exit-unlocked", "截止日"),
    ],
)
def test_what_is_probably_not_meant_is_a_warning_and_no_fault(old, new, place, says):
    assert any(where == place and says in what for where, what in warned(spoilt(old, new)))


def test_new_content_needs_a_new_version():
    changed = spoilt("逐门试开", "逐门试推")
    assert [fault.place for fault in broken_promises(read(), read(changed))] == ["version"]
    renumbered = spoilt('version = "2026.1"', 'version = "2026.2"', changed)
    assert broken_promises(read(), read(renumbered)) == ()
    assert broken_promises(read(), read()) == ()


def test_an_id_never_changes_its_kind():
    text = spoilt('version = "2026.1"', 'version = "2026.2"')
    text = spoilt('id = "exit-unlocked"\n  kind = "pass-fail"', 'id = "exit-unlocked"\n  kind = "text"', text)
    text = spoilt(', { item = "exit-unlocked", any-of = ["pass", "fail"] }', "", text)
    faults = broken_promises(read(), read(text))
    assert [(fault.place, "pass-fail" in fault.what) for fault in faults] == [("exit-unlocked", True)]
