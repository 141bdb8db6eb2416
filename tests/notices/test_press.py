"""Printed notices, read back by programs that are not ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.enforcement_words import ENFORCEMENT_WORDS
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.domain.notice_parts import Contact
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


@pytest.mark.parametrize("name", ["order", "hazard notice"])
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


SOUND = printed(samples.ORDER)


@settings(max_examples=200)
@given(st.data())
def test_a_changed_byte_changes_the_files_or_is_refused_but_never_crashes(data):
    pdf = bytearray(SOUND)
    place = data.draw(st.integers(0, len(pdf) - 1))
    pdf[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        files = attachments_of(bytes(pdf))
    except PdfForeignError:
        return
    assert set(files.values()) <= set(attachments_of(SOUND).values())


# --- Geometry -------------------------------------------------------------------------------------

MM = 72 / 25.4
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@pytest.mark.parametrize("name", ["order", "record", "hazard notice", "refused", "sixty findings"])
def test_all_text_stands_in_the_type_area(name, tmp_path):
    pages = read(printed(PAPERS[name]), tmp_path, "-bbox").split("<page ")[1:]
    for number, page in enumerate(pages, start=1):
        assert 'width="595.2' in page
        assert 'height="841.8' in page
        for left, top, right, bottom, word in WORD.findall(page):
            # A comma may hang into the right margin by its own width.
            assert float(left) >= 28 * MM - 1
            assert float(right) <= (28 + 156) * MM + 18, word
            if float(bottom) > (37 + 225) * MM + 4:
                assert word in {"第", "页", "共"} or word.isdigit()
            if float(top) < 37 * MM - 4:
                assert number > 1, "the first page has no running head"


def test_title_and_body_have_their_sizes(tmp_path):
    (tmp_path / "x.pdf").write_bytes(printed(samples.ORDER))
    command = ["pdftohtml", "-xml", "-i", "-stdout", "-zoom", "1", str(tmp_path / "x.pdf")]
    xml = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    sizes = dict(re.findall(r'<fontspec id="(\d+)" size="(\d+)"', xml))
    lines = re.findall(r'<text [^>]*font="(\d+)">(.*?)</text>', xml)
    size_of = {re.sub(r"<.*?>", "", text).strip(): int(sizes[font]) for font, text in lines}
    assert size_of["责令限期整改指令书"] == 22
    assert size_of["经查，你单位存在下列4项问题："] == 16
    assert size_of["样例市样例化工仓储有限公司"] in (14, 16)


def test_handwriting_is_drawn_as_lines_and_called_handwriting(tmp_path):
    notice = replace(samples.ORDER, findings=samples.many(1).findings, photos=())
    text = read(printed(notice), tmp_path)
    listed = subprocess.run(["pdfimages", "-list", str(tmp_path / "x.pdf")], capture_output=True, check=True)
    assert len(listed.stdout.decode().splitlines()) == 2, "a heading and no picture"
    assert text.count("手写签名") == 3
    assert "手写签名" not in read(printed(samples.BLANK_PAPER), tmp_path)


def test_photos_lie_in_the_paper_byte_for_byte(tmp_path):
    (tmp_path / "x.pdf").write_bytes(printed(samples.ORDER))
    subprocess.run(["pdfimages", "-all", str(tmp_path / "x.pdf"), str(tmp_path / "p")], check=True)
    found = {sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("p-*.jpg")}
    assert found == {photo.printed_sha256 for photo in samples.ORDER.photos}


def test_many_photos_stand_four_on_a_page(tmp_path):
    photos = tuple(samples.photo(number) for number in range(1, 10))
    pages = read(printed(replace(samples.ORDER, photos=photos)), tmp_path).split("\f")
    counts = [len(re.findall(r"照片\d", page)) for page in pages if "三号库房南侧安全出口" in page]
    assert counts == [4, 4, 1]


def test_a_photos_words_stand_right_below_it_and_nearer_than_to_the_next_one(tmp_path):
    photos = tuple(samples.photo(number) for number in range(1, 10))
    (tmp_path / "x.pdf").write_bytes(printed(replace(samples.ORDER, photos=photos)))
    done = subprocess.run(
        ["pdftohtml", "-xml", "-stdout", "x.pdf"], capture_output=True, check=True, cwd=tmp_path
    )
    pages = done.stdout.decode().split("<page ")[1:]
    gaps = [
        min(int(top) - bottom for top in tops if int(top) >= bottom)
        for page in pages
        if (tops := re.findall(r'<text top="(\d+)"[^>]*>照片\d', page))
        for bottom in (
            int(at) + int(high) for at, high in re.findall(r'<image top="(\d+)".*? height="(\d+)"', page)
        )
    ]
    assert len(gaps) == 9
    assert max(gaps) < 10


# --- Again ----------------------------------------------------------------------------------------


def test_a_paper_can_be_printed_again_from_itself_alone(tmp_path):
    enterprise = replace(samples.ENTERPRISE, person=f"样{MISSING}")
    notice = replace(samples.ORDER, enterprise=enterprise)
    pdf = printed(notice, attachments={"extra.json": b"{}"}, blank_for_handwriting={MISSING})
    (tmp_path / "x.pdf").write_bytes(pdf)
    subprocess.run(["pdfimages", "-all", str(tmp_path / "x.pdf"), str(tmp_path / "p")], check=True)
    pictures = [path.read_bytes() for path in tmp_path.glob("p-*.jpg")]
    files = attachments_of(pdf)
    again = PdfPress(APP_FOLDER / "assets").print(
        from_record(json.loads(files.pop("notice.json"))),
        token=files.pop("token.txt").decode(),
        blank_for_handwriting=files.pop("blank.txt").decode(),
        attachments=files,
        photos={sha256(picture).hexdigest(): picture for picture in pictures},
    )
    assert again == pdf


def test_fresh_processes_print_the_same_bytes_whatever_their_seed_zone_and_date():
    program = (
        "import hashlib, os, time; shift = int(os.environ['SHIFT_S']);"
        " real, local = time.time, time.localtime; time.time = lambda: real() + shift;"
        " time.localtime = lambda s=None: local(time.time() if s is None else s);"
        " from inspector.notices.press import PdfPress;"
        " from inspector.settings import APP_FOLDER; from tests.notices import samples as s;"
        " p = PdfPress(APP_FOLDER / 'assets');"
        " print([hashlib.sha256(p.print(n, token=None if n.is_draft else s.TOKEN, attachments={'z.txt': b'z',"
        " 'a.json': b'{}'}, photos=s.PHOTOS)).hexdigest() for n in (s.ORDER, s.RECORD, s.DRAFT)])"
    )
    found = set()
    for seed, zone, shift in (("0", "Asia/Shanghai", 0), ("4711", "America/New_York", 400 * 86_400)):
        world = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "SHIFT_S": str(shift), "LANG": "C"}
        if shift:
            world["SOURCE_DATE_EPOCH"] = str(shift)
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, cwd=APP_FOLDER, env=world
        )
        found.add(done.stdout)
    files = {"z.txt": b"z", "a.json": b"{}"}
    papers = (samples.ORDER, samples.RECORD, samples.DRAFT)
    here = [sha256(printed(paper, attachments=files)).hexdigest() for paper in papers]
    assert found == {f"{here}\n".encode()}


def test_two_threads_print_without_mixing():
    papers = [samples.ORDER, samples.RECORD, samples.HAZARD, samples.FIRE] * 3
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(printed, papers)) == [printed(paper) for paper in papers]


@pytest.mark.parametrize("name", ["notice.json", "token.txt", "../x", "", "样例.json", "a" * 101])
def test_a_name_that_is_taken_or_not_plain_is_a_mistake_of_the_caller(name):
    with pytest.raises(ValueError, match="attachment names"):
        printed(samples.ORDER, attachments={name: b""})


def test_a_png_in_the_place_of_a_photo_stops_the_press():
    png = samples.not_a_jpeg()
    name = sha256(png).hexdigest()
    notice = replace(
        samples.ORDER,
        findings=samples.many(1).findings,
        photos=(replace(samples.photo(1), printed_sha256=name),),
    )
    with pytest.raises(AnnexPhotoError):
        printed(notice, photos={name: png})


def test_words_that_only_meet_on_the_paper_are_stopped_too(tmp_path):
    (tmp_path / "fonts").symlink_to(APP_FOLDER / "assets" / "fonts")
    shutil.copytree(APP_FOLDER / "assets" / "notices", tmp_path / "notices")
    template = tmp_path / "notices" / "non-enforcement.toml"
    template.write_text(template.read_text("utf-8").replace("联系人：{contact}", "负责{contact}"), "utf-8")
    notice = replace(samples.HAZARD, contact=Contact(name="令狐样例", phone="000-0000001"))
    with pytest.raises(PrintForbiddenError):
        PdfPress(tmp_path).print(notice, token=None, attachments={}, photos=samples.PHOTOS)
