"""The office's own fonts: laid over ours character by character, refused where a PDF may not hold them."""

import struct
import subprocess
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import FontRefusedError
from inspector.notices.attachments import attachments_of
from inspector.notices.fonts import FALLBACK, RARE, SHIPPED, Face, FontBook
from inspector.notices.own_fonts import SIZE_CAP, USES, OwnFonts, check_font
from inspector.notices.press import PdfPress
from inspector.settings import APP_FOLDER
from tests.notices import samples

ASSETS = APP_FOLDER / "assets"
FONTS = ASSETS / "fonts"
OFFICES = (FONTS / "NotoSansSC-Regular.ttf").read_bytes()
"""Stands for a font that an office has a licence for: not one that documents are printed with."""


@pytest.fixture
def own(tmp_path):
    return OwnFonts(tmp_path / "fonts")


def os2_at(data: bytes) -> int:
    count = struct.unpack_from(">H", data, 4)[0]
    for number in range(count):
        tag, _, place, _ = struct.unpack_from(">4sLLL", data, 12 + 16 * number)
        if tag == b"OS/2":
            return place
    raise AssertionError("no OS/2 table")


def with_rights(bits: int) -> bytes:
    changed = bytearray(OFFICES)
    struct.pack_into(">H", changed, os2_at(OFFICES) + 8, bits)
    return bytes(changed)


def test_the_offices_font_comes_first_and_ours_stands_in_for_what_it_lacks(own):
    own.put("body", OFFICES)
    book = FontBook(FONTS, {font.use: font.path for font in own.all()})
    assert book.font_for("责", Face.BODY).name.startswith("body-")
    assert book.font_for("责", Face.BOLD).name.startswith(SHIPPED[Face.BOLD])
    rare = "䶶"
    assert not book.first(Face.BODY).has(ord(rare))
    assert book.font_for(rare, Face.BODY).name.startswith(SHIPPED[Face.BODY])
    assert book.font_for("𪚥", Face.BODY).name.startswith(FALLBACK)


def test_a_font_for_rare_characters_is_asked_after_ours_and_before_the_fallback(own):
    own.put(RARE, (FONTS / f"{FALLBACK}.ttf").read_bytes())
    book = FontBook(FONTS, {font.use: font.path for font in own.all()})
    assert book.font_for("责", Face.BODY).name.startswith(SHIPPED[Face.BODY])
    assert book.font_for("𪚥", Face.BODY).name.startswith("rare-")


def test_a_document_in_the_offices_fonts_says_the_same_and_names_them(own, tmp_path):
    own.put("body", OFFICES)
    own.put("title", OFFICES)
    notice = replace(
        samples.HAZARD, enterprise=replace(samples.HAZARD.enterprise, name="样例䶮㛃𠅤𬱖𪚥·买买提商行")
    )
    plain = PdfPress(ASSETS).print(notice, token=None, attachments={}, photos=samples.PHOTOS)
    printed = PdfPress(ASSETS, own.all()).print(notice, token=None, attachments={}, photos=samples.PHOTOS)
    assert text_of(printed, tmp_path) == text_of(plain, tmp_path)
    assert "样例䶮㛃𠅤𬱖𪚥·买买提商行" in text_of(printed, tmp_path).replace("\n", "")
    assert fonts_of(plain, tmp_path) == {"NotoSerifSC-Regular", "NotoSerifSC-Bold", FALLBACK}
    assert fonts_of(printed, tmp_path) == {"NotoSansSC-Regular", "NotoSerifSC-Bold", FALLBACK}
    digest = sha256(OFFICES).hexdigest()
    assert attachments_of(printed)["fonts.txt"].decode() == f"body {digest}\ntitle {digest}\n"
    assert "fonts.txt" not in attachments_of(plain)


def fonts_of(pdf: bytes, folder) -> set[str]:
    (folder / "x.pdf").write_bytes(pdf)
    listed = subprocess.run(["pdffonts", folder / "x.pdf"], capture_output=True, check=True).stdout.decode()
    return {line.split()[0].partition("+")[2] for line in listed.splitlines()[2:]}


def text_of(pdf: bytes, folder) -> str:
    (folder / "x.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-layout", folder / "x.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    return "".join(done.split())


def test_a_font_takes_the_place_of_the_former_one_and_can_be_taken_out(own):
    own.put("body", OFFICES)
    second = (FONTS / "NotoSansSC-Bold.ttf").read_bytes()
    own.put("body", second)
    own.put("title", OFFICES)
    assert [(font.use, font.sha256) for font in own.all()] == [
        ("body", sha256(second).hexdigest()),
        ("title", sha256(OFFICES).hexdigest()),
    ]
    own.remove("body")
    assert [font.use for font in own.all()] == ["title"]


def test_putting_the_same_font_again_keeps_it(own):
    own.put("body", OFFICES)
    own.put("body", OFFICES)
    assert [font.name for font in own.all()] == ["NotoSansSC-Regular"]


def test_without_the_folder_there_is_no_font(own):
    assert own.all() == ()
    own.remove("body")


def test_only_known_uses_are_taken(own):
    assert set(USES) == {*Face, RARE}
    with pytest.raises(ValueError, match="cursive"):
        own.put("cursive", OFFICES)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "不是字体文件"),
        (b"%PDF-1.7 nothing", "不是字体文件"),
        (b"OTTO" + bytes(400), "CFF"),
        (b"ttcf" + bytes(400), "字体集合"),
        (b"wOF2" + bytes(400), "网页字体"),
        (b"\x00\x01\x00\x00" + bytes(400), "损坏"),
        (OFFICES[: len(OFFICES) // 2], "损坏"),
        (with_rights(0x0002), "不得嵌入"),
        (with_rights(0x0100), "不得部分嵌入"),
        (with_rights(0x0200), "不得嵌入"),
        (bytes(SIZE_CAP + 1), "超过 80 MB"),
    ],
    ids=["empty", "pdf", "otf", "ttc", "woff", "no tables", "cut", "restricted", "whole", "bitmaps", "large"],
)
def test_what_a_notice_must_not_hold_is_refused_with_its_reason_and_nothing_changes(own, data, reason):
    own.put("body", OFFICES)
    with pytest.raises(FontRefusedError, match=reason):
        own.put("body", data)
    assert [font.sha256 for font in own.all()] == [sha256(OFFICES).hexdigest()]


@pytest.mark.parametrize("bits", [0x0008, 0x0004], ids=["editable", "print and preview"])
def test_rights_that_allow_embedding_are_enough(own, bits):
    font = with_rights(bits)
    own.put("body", font)
    assert [held.sha256 for held in own.all()] == [sha256(font).hexdigest()]


@settings(max_examples=25)
@given(place=st.integers(0, 4_000), value=st.integers(0, 255))
def test_a_damaged_head_is_refused_or_still_a_font(place, value):
    changed = bytearray((FONTS / "NotoSansSC-Regular.ttf").read_bytes()[:200_000])
    changed[place] = value
    with pytest.raises(FontRefusedError):
        check_font(bytes(changed))
