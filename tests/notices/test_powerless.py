"""Who enforces no law cannot put its words on paper: not typed, not by a template, not by a follow-up."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.enforcement_words import (
    ENFORCEMENT_WORDS,
    POWER_WORDS,
    SEAL_WORDS,
    bare_form,
    could_spell,
    enforcement_word_in,
)
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.domain.notice_details import DETAILS
from inspector.domain.notice_parts import Contact, NoticeReference, OwnForm, Refused, Signed
from inspector.domain.profile import IssuerProfile
from inspector.errors import NoticeTemplateError, PrintForbiddenError
from inspector.notices.fonts import Face, FontBook
from inspector.notices.last_look import check_words
from inspector.notices.layout import Glyphs
from inspector.notices.press import PdfPress
from inspector.notices.sample import sample_notice
from inspector.notices.templates import own_templates
from inspector.settings import APP_FOLDER
from inspector.work.follow_up import compose_follow_up
from inspector.work.issue import SealedInspection
from tests import make
from tests.notices import samples

NON = IssuerKind.NON_ENFORCEMENT
ADVICE = sample_notice(NON, NoticeKind.HAZARD_ADVICE, number="（样）隐患告知〔2026〕1号")
PRESS = PdfPress(APP_FOLDER / "assets")
BOOK = FontBook(APP_FOLDER / "assets" / "fonts")
OTHER_FORMS = {
    "责": "責",
    "令": "\uf9a8",
    "书": "書",
    "行": "\u2f8f",
    "复": "複",
    "议": "議",
    "诉": "訴",
    "讼": "訟",
    "证": "證",
    "盖": "蓋",
}
"""Traditional characters, and compatibility forms that only look like another character."""

BETWEEN = st.sampled_from(["", " ", "　", "·", "-", "—", "*", "_", "／", "～", "“", "(", "）", "《"])
PLAIN = st.text("安全出口通道配电间0123abc", max_size=12)


@st.composite
def disguised(draw, words=ENFORCEMENT_WORDS, between=BETWEEN):
    """A word of enforcement as somebody might write it past a filter."""
    word = draw(st.sampled_from(words))
    chars = [draw(st.sampled_from([char, OTHER_FORMS.get(char, char)])) for char in word]
    inside = chars[0] + "".join(draw(between) + char for char in chars[1:])
    return draw(PLAIN) + inside + draw(PLAIN)


def in_finding(notice, **change):
    return replace(notice, findings=(replace(notice.findings[0], **change), *notice.findings[1:]))


FIELDS = {
    "issuer": lambda n, t: replace(n, issuer_name=t),
    "number": lambda n, t: replace(n, number=t),
    "place": lambda n, t: replace(n, place=t),
    "situation": lambda n, t: replace(n, situation=t),
    "replaces": lambda n, t: replace(n, replaces=t),
    "why it replaces": lambda n, t: replace(n, replaces="样例〔2026〕1号", replaces_reason=t),
    "enterprise": lambda n, t: replace(n, enterprise=replace(n.enterprise, name=t)),
    "address": lambda n, t: replace(n, enterprise=replace(n.enterprise, address=t)),
    "position": lambda n, t: replace(n, enterprise=replace(n.enterprise, position=t)),
    "inspector": lambda n, t: replace(n, inspectors=(replace(n.inspectors[0], name=t),)),
    "facts": lambda n, t: in_finding(n, facts=t),
    "where": lambda n, t: in_finding(n, place=t),
    "measured": lambda n, t: in_finding(n, measured=t),
    "requirement": lambda n, t: in_finding(n, requirement=t),
    "basis": lambda n, t: in_finding(n, basis=(t,)),
    "contact": lambda n, t: replace(n, contact=Contact(name=t, phone="000")),
    "signed": lambda n, t: replace(n, response=Signed(name=t, role="", at_ms=samples.NOON)),
    "role": lambda n, t: replace(n, response=Signed(name="样例甲", role=t, at_ms=samples.NOON)),
    "refusal": lambda n, t: replace(n, response=Refused(reason=t, at_ms=samples.NOON)),
    "witness": lambda n, t: replace(n, response=Refused(reason="样例", witness=t, at_ms=samples.NOON)),
    "caption": lambda n, t: replace(n, photos=(replace(samples.photo(1), caption=t),)),
    "earlier document": lambda n, t: replace(
        n, refers=NoticeReference(title=t, number="样例〔2026〕1号", issued_on=date(2026, 11, 1))
    ),
}


@given(field=st.sampled_from(sorted(FIELDS)), text=disguised())
def test_no_typed_text_holds_a_word_of_enforcement(field, text):
    with pytest.raises(PrintForbiddenError):
        FIELDS[field](ADVICE, text)


@given(text=disguised(between=st.sampled_from(["\n", " \n ", "\n\n"])))
def test_a_line_break_hides_nothing(text):
    with pytest.raises(PrintForbiddenError):
        in_finding(ADVICE, facts=text)


@given(st.text())
def test_text_without_such_a_word_may_be_typed(text):
    found = enforcement_word_in(text)
    assert found is None or found in bare_form(text)


def test_marks_that_part_sentences_keep_words_apart():
    assert enforcement_word_in("由班长负责。令人担忧的是通道堵塞。") is None
    assert enforcement_word_in("职责、令牌") is None


def test_no_document_of_enforcement_can_be_built():
    for kind in set(NoticeKind) - kinds_of(NON):
        with pytest.raises(PrintForbiddenError):
            sample_notice(NON, kind)


@pytest.mark.parametrize("kind", sorted(DETAILS))
def test_no_follow_up_can_be_composed(kind):
    details = sample_notice(IssuerKind.EMERGENCY_MANAGEMENT, kind).details
    visit = SealedInspection(inspection=sealed_visit(), inner_sha256="0" * 64, with_key=frozenset())
    with pytest.raises(PrintForbiddenError):
        compose_follow_up(
            samples.HAZARD,
            details,
            refers=NoticeReference(title="隐患整改通知书", number="1", issued_on=date(2026, 11, 23)),
            profile=IssuerProfile(kind=NON, name="样例社区"),
            signers=samples.HAZARD.inspectors,
            visit=visit,
            number="样例〔2026〕1号",
            public_id="0" * 32,
            issued_on=date(2026, 12, 9),
            witness=None,
            app="1",
        )


def sealed_visit():
    enterprise = make.enterprise(name=samples.HAZARD.enterprise.name)
    return make.inspection(enterprise=enterprise).sealed(make.DAY_MS + 1)


TEMPLATE = """format = 1
issuer = "non-enforcement"
seal = false

[our-advice]
kind = "hazard-advice"
title = %(title)s
number = "（{region}）告知〔{year}〕{serial}号"
officer = %(officer)s
receiver = %(receiver)s
columns = ["序号", "隐患", "依据", %(column)s]
copies = ["存根", %(copy)s]
salutation = %(salutation)s
before = [%(before)s]
after = [%(after)s]
"""
WORDING = {
    "title": "样例告知单",
    "officer": "检查人员",
    "receiver": "被检查单位",
    "column": "建议",
    "copy": "住户",
    "salutation": "{enterprise}：",
    "before": "发现下列{count}项隐患：",
    "after": "请保持通道畅通。",
}


def template(**changes: str) -> bytes:
    return (TEMPLATE % {key: json.dumps(text) for key, text in {**WORDING, **changes}.items()}).encode()


@given(
    field=st.sampled_from(sorted(WORDING)), text=disguised((*ENFORCEMENT_WORDS, *POWER_WORDS, *SEAL_WORDS))
)
def test_no_template_holds_a_word_of_enforcement_or_a_place_for_a_seal(field, text):
    with pytest.raises(NoticeTemplateError):
        own_templates(template(**{field: text[:200]}), "x.toml")


@pytest.mark.parametrize("mark", ["（印）", "( 印 )", "〔印〕", "㊞"])
def test_no_template_marks_a_place_for_a_seal(mark):
    with pytest.raises(NoticeTemplateError) as told:
        own_templates(template(after=f"请保持通道畅通。{mark}"), "x.toml")
    assert mark in told.value.faults[0].what
    own_templates(template(after="请保留本单复印件。"), "x.toml")


def test_a_paper_that_threatens_orders_and_instructs_on_appeal_is_told_all_of_it():
    """None of it says 责令 or 行政复议."""
    data = template(
        title="限期改正决定书",
        officer="执法人员",
        after="逾期不改正的，处五万元罚款并查封。如不服，可以向区政府申请复议或者向法院起诉。",
    )
    with pytest.raises(NoticeTemplateError) as told:
        own_templates(data, "x.toml")
    said = "".join(fault.what for fault in told.value.faults)
    assert not [
        word for word in ("决定书", "执法人员", "罚款", "查封", "申请复议", "起诉") if word not in said
    ]


@pytest.mark.parametrize(
    "text", ["執法証", "行政覆議", "行政覆议", "申請復議", "责ー令", "责ˉ令", "责丨令", "责゛令", "责︰令"]
)
def test_variants_of_a_character_and_marks_that_count_as_letters_hide_nothing(text):
    with pytest.raises(PrintForbiddenError):
        in_finding(ADVICE, facts=f"样例{text}样例")


@pytest.mark.parametrize("name", ["样例丁（证件号：样例001）", "样例丁 證號001", "样例丁·执法证001"])
def test_no_number_of_a_certificate_stands_behind_a_name(name):
    with pytest.raises(PrintForbiddenError):
        replace(ADVICE, inspectors=(replace(ADVICE.inspectors[0], name=name),))


def own(notice, data: bytes):
    (one,) = own_templates(data, "x.toml")
    return replace(notice, form=one.form)


@given(st.integers(0, 60), st.booleans())
def test_no_word_comes_together_where_a_template_meets_what_is_typed(filler, in_before):
    text = f"{'安' * filler}由楼长负责{{contact}}。"
    data = template(**{"before" if in_before else "after": text})
    notice = own(replace(ADVICE, contact=Contact(name="令狐样例", phone="000")), data)
    with pytest.raises(PrintForbiddenError):
        PRESS.print(notice, token=None, attachments={}, photos={}, own_template=data)


CELLS = {
    "side by side": ({"facts": "通道堵塞，无人负责"}, {}, {"basis": ("令人担忧",), "place": ""}),
    "below each other": ({"basis": ("《样例职责",)}, {"basis": ("令》",)}, {}),
    "place and facts": ({"place": "值班职责", "facts": "令牌丢失"}, {}, {}),
}


@pytest.mark.parametrize(("first", "second", "also"), CELLS.values(), ids=CELLS)
def test_no_word_comes_together_between_cells(first, second, also):
    one, two, *_ = ADVICE.findings
    plain = {"suspected": None, "measured": "", "basis": ()}
    findings = (replace(one, **{**plain, **first, **also}), replace(two, **{**plain, **second}))
    with pytest.raises(PrintForbiddenError):
        PRESS.print(replace(ADVICE, findings=findings), token=None, attachments={}, photos={})


def drawn(*marks: tuple[float, float, str]) -> list[Glyphs]:
    """Texts of 16 points at these places."""
    return [Glyphs(x=x, y=y, text=text, face=Face.BODY, size=16) for x, y, text in marks]


READ = {
    "along a line": [drawn((10, 10, "负责"), (90, 10, "令"))],
    "down the left edges": [drawn((84, 10, "负责"), (84, 40, "令"), (300, 25, "安"))],
    "down the middles": [drawn((84, 10, "负责"), (88, 25, "安"), (92, 40, "令"))],
    "down the right edges": [drawn((168, 10, "负责"), (170, 25, "安"), (180, 26, "通"), (184, 40, "令"))],
    "over a page's end": [drawn((10, 700, "负责")), drawn((10, 10, "令"))],
}


@pytest.mark.parametrize("pages", READ.values(), ids=READ)
def test_a_page_is_read_in_every_order_in_which_an_eye_might_read_it(pages):
    with pytest.raises(PrintForbiddenError):
        check_words(ADVICE, pages, BOOK)
    apart = [[mark._replace(text=mark.text.replace("令", "领")) for mark in page] for page in pages]
    check_words(ADVICE, apart, BOOK)


@pytest.mark.parametrize("kind", sorted(kinds_of(NON)))
def test_what_it_prints_holds_none_of_it_and_no_place_for_a_seal(kind):
    notice = sample_notice(NON, kind, number="（样）〔2026〕1号")
    pdf = PRESS.print(notice, token=None, attachments={}, photos={})
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    text = done.stdout.decode()
    assert enforcement_word_in(text, (*ENFORCEMENT_WORDS, *SEAL_WORDS)) is None
    assert not re.search("证件号|复议|诉讼", text)


def test_a_form_of_another_issuer_cannot_be_borrowed():
    data = template()
    wrong = replace(own(ADVICE, data), form=OwnForm(id="our-advice", sha256="0" * 64))
    with pytest.raises(NoticeTemplateError):
        PRESS.print(wrong, token=None, attachments={}, photos={}, own_template=data)
    order = own(replace(samples.ORDER, photos=(), findings=samples.many(1).findings), data)
    with pytest.raises(NoticeTemplateError):
        PRESS.print(order, token=None, attachments={}, photos={}, own_template=data)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(ENFORCEMENT_WORDS),
            st.text(alphabet=st.sampled_from("责令書复議· ⼀\u3000\u0336整改A"), max_size=4),
        ),
        max_size=6,
    )
)
def test_what_holds_a_word_could_be_spelled_from_its_characters(parts):
    text = "".join(parts)
    for written in (text, " ".join(text), unicodedata.normalize("NFD", text)):
        if enforcement_word_in(written):
            assert could_spell(set(written))


def test_characters_that_spell_no_word_are_known_not_to():
    assert not could_spell("整改通知样例负责人")
    assert could_spell("令责")
