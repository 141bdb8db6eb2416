"""What is packed once: it is all that the forms write by themselves, and it changes no document."""

from dataclasses import replace

import pytest

from inspector.domain.issuer import IssuerKind, kinds_of
from inspector.notices.fonts import Face, FontBook
from inspector.notices.forms import compose, running_head
from inspector.notices.frame import frame_of
from inspector.notices.layout import Glyphs
from inspector.notices.pdf_file import PdfFile
from inspector.notices.press import PdfPress
from inspector.notices.sample import sample_notice
from inspector.notices.subset import Cutter
from inspector.settings import APP_FOLDER
from tests.notices import samples

ASSETS = APP_FOLDER / "assets"
BOOK = FontBook(ASSETS / "fonts")
PRESS = PdfPress(ASSETS)
PAPERS = (samples.HAZARD, samples.ORDER, samples.RECORD, samples.FIRE, samples.REFUSED)
DOCUMENTS = [(issuer, kind) for issuer in IssuerKind for kind in sorted(kinds_of(issuer))]


def printed(notice):
    return PRESS.print(notice, token=samples.TOKEN, attachments={}, photos=samples.PHOTOS)


def packers():
    """What remembers packed blocks, font by font."""
    return [font._cutter._packed for font in {BOOK.first(face) for face in Face}]


@pytest.mark.parametrize(("issuer", "kind"), DOCUMENTS)
def test_what_a_form_writes_by_itself_is_in_its_frame(issuer, kind):
    notice, template = sample_notice(issuer, kind), PRESS.shipped(issuer, kind)
    frame = {face: set("".join(blocks)) for face, blocks in frame_of(template, BOOK).items()}
    pieces = compose(notice, template, BOOK, samples.TOKEN)
    drawn = [mark for piece in pieces for mark in piece.marks if isinstance(mark, Glyphs)]
    drawn.append(Glyphs(0, 0, running_head(notice, template), Face.BODY, 12))
    own = {(mark.face, char) for mark in drawn for char in mark.text if char not in repr(notice)}
    assert len(own) > 40
    assert {(face, char) for face, char in own if char not in frame[face]} == set()


def test_a_notice_is_the_same_bytes_whatever_was_printed_before():
    warm = [printed(paper) for paper in PAPERS]
    for paper, pdf in zip(PAPERS, warm, strict=True):
        for packer in packers():
            packer.cache_clear()
        assert printed(paper) == pdf
        assert all(packer.cache_info().currsize for packer in packers())
    assert [printed(paper) for paper in reversed(PAPERS)] == warm[::-1]


def test_the_next_notice_of_a_template_packs_only_what_is_its_own():
    printed(samples.HAZARD)
    before = [packer.cache_info().misses for packer in packers()]
    enterprise = replace(samples.ENTERPRISE, name="样例市另一家样例酒店", address="样例省样例市样例路9号")
    findings = (replace(samples.FINDINGS[0], facts="厨房灶台旁堆放纸箱和食用油。"), *samples.FINDINGS[1:])
    printed(replace(samples.HAZARD, enterprise=enterprise, findings=findings, public_id="8" * 32))
    assert [packer.cache_info().misses for packer in packers()] == before


def test_what_is_remembered_has_a_bound():
    font = BOOK.first(Face.BODY)
    packer = font._cutter._packed
    codes = [code for code in range(0x4E00, 0x9FA5) if font.has(code)]
    for start in range(0, 2_000, 10):
        file, chars = PdfFile(), [chr(code) for code in codes[start : start + 10]]
        font.embed(file, chars, number=0, blocks=[10])
    assert packer.cache_info().currsize == packer.cache_info().maxsize == 64


def test_a_font_in_blocks_is_the_font_without_them():
    glyphs = [BOOK.first(Face.BODY).face.charToGlyph[ord(char)] for char in "责令限期整改指令书"]
    plain, parted = (b"".join(part.content for part in cut(glyphs, blocks)) for blocks in ((), (4, 3)))
    assert plain == parted
    assert len([part for part in cut(glyphs, (4, 3)) if part.ready]) == 2


def cut(glyphs, blocks):
    return Cutter(BOOK.first(Face.BODY).face).subset(glyphs, blocks)
