"""Reading the laws: what is verified says by whom and when, and nothing is named twice."""

from datetime import date

import pytest

from inspector.catalog import read_laws
from inspector.domain.law import LawKind, VerificationMark
from inspector.errors import ChecklistFaultsError
from tests.catalog.sample import LAWS, laws, spoilt


def test_a_good_file_becomes_the_laws_that_it_states():
    fire, old, criteria, standard = laws()
    assert (fire.kind, fire.in_force_from, fire.in_force_to) == (LawKind.LAW, date(2021, 4, 29), None)
    assert (old.in_force_to, old.replaced_by) == (date(2020, 12, 31), "fire-law")
    assert criteria.printed_name == "《样例重大隐患判定标准》（样例 1-2025）"
    lost = [standard.lapse_of(one.label, on=date(2025, 11, 1)) is not None for one in standard.articles]
    assert lost == [True, True, False]
    assert standard.lapse_of("第3.1条", on=date(2025, 10, 31)) is None
    read, second_hand = fire.articles
    assert (read.mark, read.source, read.checked_on) == (VerificationMark.READ, "全文", date(2026, 11, 23))
    assert (second_hand.mark, second_hand.gist) == (VerificationMark.SECOND_HAND, "")


def test_an_articles_own_source_prevails():
    text = spoilt('mark = "V", gist', 'mark = "V", source = "转载", checked-on = 2026-01-02, gist', LAWS)
    article = read_laws(text.encode()).get("fire-law").articles[0]
    assert (article.source, article.checked_on) == ("转载", date(2026, 1, 2))


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('kind = "law"', 'kind = "lawn"', "kind", "没有“lawn”"),
        ('short = "样例消防法"\n', "", "short", "没有写"),
        ("in-force-from = 2021-04-29", 'in-force-from = "2021-04-29"', "in-force-from", "写法不对"),
        ("in-force-to = 2020-12-31", "in-force-to = 2000-12-31", "in-force-from", "晚于"),
        ("in-force-to = 2020-12-31", "cite-until = 2000-12-31", "in-force-from", "晚于"),
        ('replaced-by = "fire-law"', 'replaced-by = "fire-lav"', "replaced-by", "没有“fire-lav”"),
        ('replaced-by = "fire-law"', 'replaced-by = "old-rules"', "replaced-by", "没有“old-rules”这另一部"),
        ('by = "major-criteria"', 'by = "minor-criteria"', "lapsed", "没有“minor-criteria”"),
        ('"3.2（1、3）"', '"第三条"', "clauses", "看不懂"),
        ('clauses = ["3.1", "3.2（1、3）"]', "clauses = []", "clauses", "没有条号"),
        ("since = 2025-11-01, ", "", "since", "没有写"),
        ('id = "old-rules"', 'id = "fire-law"', "id", "重复"),
        ('"第十六条"', '"第二十八条"', "label", "重复"),
        ('source = "全文"\n', "", "mark", "没有出处"),
        ("checked-on = 2026-11-23\n", "", "mark", "核对日期"),
        ('mark = "V2" }', 'mark = "V2", gist = "要旨" }', "gist", "没读到原文"),
        ('mark = "V2"', 'mark = "V3"', "mark", "没有“V3”"),
        ('mark = "V2"', 'mark = "V2", page = 3', "page", "不认识"),
    ],
)
def test_a_laws_file_is_refused_for(old, new, key, says):
    with pytest.raises(ChecklistFaultsError) as refused:
        read_laws(spoilt(old, new, LAWS).encode())
    assert any(key in fault.place and says in fault.what for fault in refused.value.faults)
