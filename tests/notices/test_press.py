"""Printed notices, read back by programs that are not ours."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.issuer import ENFORCEMENT_WORDS, IssuerKind, NoticeKind, kinds_of
from inspector.domain.notice_record import canonical, from_record, to_record
from inspector.errors import (
    AnnexPhotoError,
    GlyphMissingError,
    PdfForeignError,
    PrintForbiddenError,
)
from inspector.notices.attachments import attachments_of
from inspector.notices.press import PdfPress
from inspector.settings import APP_FOLDER
from tests.notices import samples

PRESS = PdfPress(APP_FOLDER / "assets")
PAPERS = {
    "order": samples.ORDER,
    "record": samples.RECORD,
    "fire": samples.FIRE,
    "hazard notice": samples.HAZARD,
    "draft": samples.DRAFT,
    "refused": samples.REFUSED,
    "for pen and ink": samples.BLANK_PAPER,
    "sixty findings": samples.many(60),
}


def printed(notice, **given) -> bytes:
    values = {
        "token": None if notice.is_draft else samples.TOKEN,
        "attachments": {},
        "photos": samples.PHOTOS,
    }
    return PRESS.print(notice, **{**values, **given})


def read(pdf: bytes, tmp_path: Path, *options: str) -> str:
    (tmp_path / "x.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", *options, str(tmp_path / "x.pdf"), "-"], capture_output=True, check=True
    )
    return done.stdout.decode()


def packed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", PAPERS)
def test_each_paper_is_sound_and_says_what_its_notice_says(name, tmp_path):
    notice = PAPERS[name]
    pdf = printed(notice)
    text = packed(read(pdf, tmp_path))
    subprocess.run(["qpdf", "--check", str(tmp_path / "x.pdf")], capture_output=True, check=True)
    for words in (notice.issuer_name, notice.enterprise.name, notice.number or "草稿"):
        assert packed(words) in text
    for finding in notice.findings:
        assert packed(finding.facts)[:12] in text
    pages = len(read(pdf, tmp_path).split("\f")) - 1
    for page in range(1, pages + 1):
        assert f"第{page}页共{pages}页" in text


@pytest.mark.parametrize("name", PAPERS)
def test_the_same_notice_gives_the_same_bytes(name):
    assert printed(PAPERS[name]) == printed(PAPERS[name])


def test_orders_carry_the_appeal_clause_and_records_do_not(tmp_path):
    order, record = (
        packed(read(printed(samples.ORDER), tmp_path)),
        packed(read(printed(samples.RECORD), tmp_path)),
    )
    for words in ("60日内", "6个月内", samples.APPEAL.review_body, samples.APPEAL.court):
        assert words in order
        assert words not in record


def test_who_enforces_nothing_prints_no_word_of_it(tmp_path):
    text = packed(read(printed(samples.HAZARD), tmp_path))
    assert not [word for word in (*ENFORCEMENT_WORDS, "印章", "复议", "诉讼") if word in text]


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - kinds_of(IssuerKind.NON_ENFORCEMENT)))
def test_who_enforces_nothing_cannot_even_build_an_order(kind):
    with pytest.raises(PrintForbiddenError):
        replace(samples.HAZARD, kind=kind)


@pytest.mark.parametrize("word", ENFORCEMENT_WORDS)
def test_an_enforcement_word_typed_into_the_facts_is_stopped(word):
    findings = (replace(samples.FINDINGS[0], facts=f"现{word[0]} {word[1:]}整改"),)
    with pytest.raises(PrintForbiddenError):
        replace(samples.HAZARD, findings=findings)


def test_rare_characters_and_long_names_extract_as_written(tmp_path):
    names = (samples.RARE_NAME, samples.UYGHUR_NAME)
    enterprise = replace(samples.ENTERPRISE, name=f"{names[0]}食品店", person=names[1])
    text = packed(read(printed(replace(samples.ORDER, enterprise=enterprise)), tmp_path))
    assert f"{names[0]}食品店" in text
    assert names[1] in text
    long = replace(samples.ORDER, enterprise=replace(samples.ENTERPRISE, name="长" * 200))
    assert "长" * 200 in packed(read(printed(long), tmp_path))


MISSING = "\U0002ebf0"  # CJK Extension I, newer than every font here


def test_a_character_that_no_font_has_stops_the_press_and_is_named():
    notice = replace(samples.ORDER, enterprise=replace(samples.ENTERPRISE, person=f"样{MISSING}"))
    with pytest.raises(GlyphMissingError) as refused:
        printed(notice)
    assert "U+2EBF0" in refused.value.message
    assert "负责人" in refused.value.message


def test_its_place_can_be_left_blank_for_handwriting(tmp_path):
    notice = replace(samples.ORDER, enterprise=replace(samples.ENTERPRISE, person=f"样{MISSING}三"))
    pdf = printed(notice, blank_for_handwriting={MISSING})
    assert MISSING not in read(pdf, tmp_path)
    assert attachments_of(pdf)["blank.txt"].decode() == MISSING


def test_a_draft_is_marked_and_carries_no_code(tmp_path):
    pdf = printed(samples.DRAFT)
    assert "未编号" in packed(read(pdf, tmp_path))
    assert codes(pdf, tmp_path) == []


@pytest.mark.parametrize("name", ["order", "record", "hazard notice", "sixty findings"])
def test_the_code_reads_back_from_the_page(name, tmp_path):
    assert codes(printed(PAPERS[name]), tmp_path) == [samples.TOKEN]


def codes(pdf: bytes, tmp_path: Path) -> list[str]:
    (tmp_path / "x.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-gray", "-png", str(tmp_path / "x.pdf"), str(tmp_path / "p")], check=True
    )
    pages = sorted(map(str, tmp_path.glob("p*.png")))
    done = subprocess.run(["zbarimg", "-q", "--raw", *pages], capture_output=True, check=False)
    return done.stdout.decode().split()


def test_table_heads_come_again_on_each_page_of_findings(tmp_path):
    pages = read(printed(samples.many(60)), tmp_path).split("\f")
    with_findings = [
        packed(page) for page in pages if "库房南侧" in packed(page) or "可燃气体" in packed(page)
    ]
    assert len(with_findings) > 3
    assert all("序号" in page and "整改要求" in page for page in with_findings)


def test_signatures_never_stand_alone_on_a_page(tmp_path):
    for count in range(1, 14):
        pages = [packed(page) for page in read(printed(samples.many(count)), tmp_path).split("\f")]
        page = next(page for page in pages if "被检查单位签收" in page)
        assert re.search(r"行政诉讼|不停止执行", page), f"alone with {count} findings"


def test_dates_have_no_leading_zeros(tmp_path):
    text = packed(read(printed(samples.ORDER), tmp_path))
    assert "2026年12月8日" in text
    assert not re.search(r"年0\d月|月0\d日", text)


def test_a_wrong_a_missing_and_a_foreign_photo_stop_the_press():
    first = samples.PHOTOS[samples.photo(1).printed_sha256]
    name = samples.photo(2).printed_sha256
    for photos in ({}, {**samples.PHOTOS, name: first}):
        with pytest.raises(AnnexPhotoError):
            printed(samples.ORDER, photos=photos)


def test_what_is_embedded_reads_back_and_builds_the_same_notice():
    files = attachments_of(printed(samples.ORDER, attachments={"extra.json": b"{}" * 5000}))
    assert files["notice.json"] == canonical(samples.ORDER)
    assert files["token.txt"].decode() == samples.TOKEN
    assert files["extra.json"] == b"{}" * 5000
    assert from_record(to_record(samples.ORDER)) == samples.ORDER


def test_an_appended_update_is_refused():
    pdf = printed(samples.ORDER)
    for changed in (
        pdf + b"\n",
        pdf + b"9 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n",
        pdf[:-40],
        b"%PDF-1.4\n",
        b"",
    ):
        with pytest.raises(PdfForeignError):
            attachments_of(changed)


@settings(max_examples=60)
@given(st.data())
def test_a_changed_byte_changes_the_files_or_is_refused_but_never_crashes(data):
    pdf = bytearray(printed(samples.ORDER))
    place = data.draw(st.integers(0, len(pdf) - 1))
    pdf[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        files = attachments_of(bytes(pdf))
    except PdfForeignError:
        return
    assert set(files) <= {"notice.json", "token.txt"} or files
