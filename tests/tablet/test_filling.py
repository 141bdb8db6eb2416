"""Forms: kept as plain JSON and read back the same; what is typed is read as it is meant."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.issuer import NoticeKind
from inspector.domain.notice_details import Rectification
from inspector.domain.notice_parts import DrawnSignature
from inspector.domain.service import ServiceWay
from inspector.domain.working_days import china_date
from inspector.errors import InputMissingError
from inspector.tablet.filling import (
    EnclosedPaper,
    MeasureLine,
    MeasuresForm,
    ReinspectionForm,
    SeenFinding,
    TransferForm,
    day_of,
    from_row,
    noon_of,
    offered_in,
    to_row,
    toggled,
)
from inspector.tablet.serving import ServiceForm, Serving

WORDS = st.text(max_size=12)
IDS = st.lists(st.text("0123456789abcdef", min_size=1, max_size=8), max_size=4, unique=True).map(tuple)
SIGNATURE = DrawnSignature(
    strokes=(((1, 2), (30, 40)),), width=1000, height=300, shown_sha256="3b" * 32, at_ms=1
)
SERVINGS = st.builds(
    Serving,
    way=st.sampled_from(ServiceWay),
    place=WORDS,
    received_on=WORDS,
    signature=st.sampled_from([None, SIGNATURE]),
    is_recorded=st.booleans(),
)
FORMS = {
    NoticeKind.REINSPECTION: st.builds(
        ReinspectionForm,
        seen=st.dictionaries(
            st.integers(1, 500),
            st.builds(
                SeenFinding,
                result=st.one_of(st.none(), st.sampled_from(Rectification)),
                remark=WORDS,
                photos=IDS,
            ),
            max_size=4,
        ),
    ),
    NoticeKind.MEASURES_DECISION: st.builds(
        MeasuresForm,
        lines=st.lists(st.builds(MeasureLine, text=WORDS, findings=IDS), max_size=3).map(tuple),
    ),
    NoticeKind.SERVICE_RECEIPT: st.builds(
        ServiceForm,
        documents=IDS,
        together=SERVINGS,
        apart=IDS,
        own=st.dictionaries(st.sampled_from("abc"), SERVINGS, max_size=2),
        has_consent=st.booleans(),
    ),
    NoticeKind.TRANSFER: st.builds(
        TransferForm,
        receiver=WORDS,
        basis=WORDS,
        papers=st.lists(st.builds(EnclosedPaper, name=WORDS, pages=WORDS), max_size=3).map(tuple),
    ),
}


@pytest.mark.parametrize("kind", FORMS)
@given(data=st.data())
def test_what_was_filled_in_is_read_back_the_same(kind, data):
    form = data.draw(FORMS[kind])
    assert from_row(kind, json.loads(json.dumps(to_row(form)))) == form


@given(chosen=IDS, id=st.text("0123456789abcdef", min_size=1, max_size=8))
def test_a_second_tap_takes_the_first_back(chosen, id):
    twice = toggled(toggled(chosen, id), id)
    assert sorted(twice) == sorted(chosen)
    assert (id in toggled(chosen, id)) is (id not in chosen)


def test_offered_words_are_added_once_and_taken_away_again():
    assert offered_in("先撤人。", "停产。") == "先撤人。停产。"
    assert offered_in("先撤人。停产。", "停产。") == "先撤人。"


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_typed_day_is_that_day_in_china(day):
    assert china_date(noon_of(day_of(day.isoformat(), "送达日期"))) == day


@pytest.mark.parametrize("text", ["", "十一月", "2026-13-01", "24/11/2026"])
def test_a_day_that_is_none_is_told(text):
    with pytest.raises(InputMissingError, match="送达日期请按"):
        day_of(text, "送达日期")


@pytest.mark.parametrize("pages", ["", "两", "-1", "1.5", "12345", "１"])
def test_copies_and_pages_are_whole_numbers(pages):
    with pytest.raises(InputMissingError, match="整数"):
        EnclosedPaper(name="样例", pages=pages).attachment()
