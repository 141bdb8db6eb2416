"""Templates: what each issuer's file may hold."""

from dataclasses import replace

import pytest

from inspector.domain.issuer import IssuerKind, kinds_of
from inspector.errors import NoticeTemplateError
from inspector.notices.phrases import phrases
from inspector.notices.templates import PLACEHOLDERS, filled, parse_templates, read_templates
from inspector.settings import APP_FOLDER
from tests.notices import samples

SHIPPED = APP_FOLDER / "assets" / "notices"
ORDER = (SHIPPED / "emergency-management.toml").read_text(encoding="utf-8")
HAZARD = (SHIPPED / "non-enforcement.toml").read_text(encoding="utf-8")


def test_each_issuer_has_exactly_its_documents():
    for issuer, templates in read_templates(SHIPPED).items():
        assert set(templates.documents) == kinds_of(issuer)


def test_every_document_can_say_what_it_replaces_and_why():
    said = phrases(
        replace(samples.ORDER, replaces="（样）样例〔2026〕7号", replaces_reason="期限写错"), "样例"
    )
    for templates in read_templates(SHIPPED).values():
        for document in templates.documents.values():
            sentences = [filled(one, said) for one in document.after if "{replaces" in one]
            assert any("替代（样）样例〔2026〕7号" in str(one) for one in sentences), document.title
            assert "替代原因：期限写错" in sentences, document.title


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NoticeTemplateError) as caught:
        read_templates(tmp_path)
    assert "emergency-management.toml" in caught.value.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format = 1", "format = 2"),
        ("format = 1", "format = "),
        ("seal = true", "seal = false"),
        ("seal = true", 'seal = "true"'),
        ('issuer = "emergency-management"', 'issuer = "gas"'),
        ("[rectify-order]", "[rectify-notice]"),
        ('title = "责令限期整改指令书"', "title = 7"),
        ('title = "责令限期整改指令书"', ""),
        ("{contact}", "{contactt}"),
        ("{contact}", "{contact!r}"),
        ("{contact}", "{contact:>9}"),
        ("{contact}", "{contact.name}"),
        ("{contact}", "{}"),
        ("{contact}", "{contact"),
        ("60日", "六十日"),
        ("6个月", "15日"),
        ("{body}", "上级机关"),
        ("〔{year}〕", "[{year}]"),
        ("检查情况：{situation}", "如不服，60日内向{body}申请复议，6个月内向{court}起诉。"),
        ("after = [", "after = [ 7,"),
        ("sign_pages = true", 'sign_pages = "true"'),
        ("sign_pages = true", "instead = true"),
    ],
)
def test_a_faulty_template_is_refused(old, new):
    assert old in ORDER
    with pytest.raises(NoticeTemplateError):
        parse_templates(ORDER.replace(old, new).encode(), IssuerKind.EMERGENCY_MANAGEMENT, "x.toml")


@pytest.mark.parametrize("word", ["责令", "行政复议", "行政诉讼", "执法证", "指令书"])
def test_a_template_for_who_enforces_nothing_has_none_of_its_words(word):
    with pytest.raises(NoticeTemplateError):
        parse_templates(
            HAZARD.replace("隐患整改", f"{word}整改").encode(), IssuerKind.NON_ENFORCEMENT, "x.toml"
        )


def test_a_sentence_with_nothing_to_say_is_left_out():
    assert filled("联系人：{contact}，电话：{phone}。", {"contact": "样例乙", "phone": ""}) is None
    assert filled("{contact}。", {"contact": "{phone}"}) == "{phone}。"
    assert filled("没有占位。", {}) == "没有占位。"


def test_there_is_a_phrase_for_each_placeholder():
    for notice in (samples.ORDER, samples.RECORD, samples.HAZARD, samples.DRAFT):
        assert set(phrases(notice, "标题")) == PLACEHOLDERS


def test_deadlines_and_items_are_put_in_words():
    words = phrases(samples.ORDER, "标题")
    assert words["deadlines"] == (
        "第1项于2026年12月8日前整改完毕；第2项于2027年1月6日前（2027年节假日待国务院公布）整改完毕"
    )
    assert (words["at_once"], words["corrected"], words["suspected"]) == ("第4项", "第3项", "第2项")
    many = phrases(samples.many(7), "标题")["deadlines"]
    assert many.startswith("第1、2、4、5、7项于2026年12月8日前整改完毕；第3、6项于")
    assert (
        phrases(samples.RECORD, "标题")["tally"] == "共检查44项：合格38项，不合格4项，不适用2项；另有1项未检"
    )


def test_orders_mention_an_appeal_and_nothing_else_does():
    for templates in read_templates(SHIPPED).values():
        for kind, document in templates.documents.items():
            mentions = any("复议" in text for text in (*document.before, *document.after))
            assert mentions is kind.orders
