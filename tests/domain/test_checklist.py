"""What a checklist is made of."""

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal

import pytest

from inspector.domain.checklist import DateLimit, Domain, Limit, Scale, Severity, item_key
from tests.domain.lists import a_checklist, an_item


def test_an_items_key_names_its_checklist():
    item = an_item("exit-unlocked")
    assert item_key(a_checklist(item, id="fire-mall"), item) == "fire-mall/exit-unlocked"


def test_items_are_found_across_sections():
    checklist = a_checklist(an_item("one"), an_item("two"))
    assert [item.id for item in checklist.items] == ["one", "two"]
    assert checklist.item("two") is checklist.items[1]
    assert checklist.item("three") is None


def test_a_checklist_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        an_item().ask = "别的"


def test_the_program_says_at_most_that_a_hazard_looks_major():
    assert [severity.chinese for severity in Severity] == ["一般", "立改", "疑似重大"]
    assert [domain.chinese for domain in Domain] == ["危爆物品", "寄递物流", "城市燃气", "消防生命通道"]


def test_a_scale_holds_its_ends():
    scale = Scale(unit="米", decimals=1, lowest="0", highest="20")
    assert [scale.holds(Decimal(value)) for value in ("-0.1", "0", "20", "20.1")] == [
        False,
        True,
        True,
        False,
    ]


def test_a_limit_compares_numbers_not_spellings():
    assert not Limit(below="0.80").is_broken_by(Decimal("0.8"))
    assert Limit(above="2").is_broken_by(Decimal("10"))


def test_a_date_limit_counts_days_and_knows_what_has_passed():
    today = date(2026, 11, 24)
    assert not DateLimit(passed=True).is_broken_by(today, today=today)
    assert DateLimit(passed=True).is_broken_by(date(2026, 11, 23), today=today)
    assert not DateLimit(older_than_days=31).is_broken_by(date(2026, 10, 24), today=today)
    assert DateLimit(older_than_days=31).is_broken_by(date(2026, 10, 23), today=today)
