"""The fonts: what they cover, and that what is embedded is what was asked for."""

import gc
import subprocess
from itertools import chain
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont

from inspector.errors import FontUnusableError
from inspector.notices.fonts import (
    FALLBACK,
    KEPT_FONTS,
    SHIPPED,
    Face,
    FontBook,
    load_font,
    to_unicode_map,
)
from inspector.notices.pdf_file import PdfFile
from inspector.settings import APP_FOLDER

FONTS = APP_FOLDER / "assets" / "fonts"
BOOK = FontBook(FONTS)

# Level 3 of GB 18030-2022 asks for 87 887 ideographs: CJK up to Extension F and twelve compatibility ones.
LEVEL_3 = [
    *chain(range(0x4E00, 0x9FF0), range(0x3400, 0x4DB6), range(0x20000, 0x2A6D7), range(0x2A700, 0x2B735)),
    *chain(range(0x2B740, 0x2B81E), range(0x2B820, 0x2CEA2), range(0x2CEB0, 0x2EBE1)),
    *(0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29),
]


def test_every_ideograph_of_level_3_has_a_glyph_in_both_faces():
    assert len(LEVEL_3) == 87_887
    for face in Face:
        assert not [f"U+{code:04X}" for code in LEVEL_3 if BOOK.font_for(chr(code), face) is None]


def test_the_marks_of_documents_have_glyphs():
    assert BOOK.missing("〔〕（）《》“”‘’·—…、，。；：！？％‰℃㎡㎥№①⑩ⅠⅫ×÷±≤≥〇　") == []


def test_private_use_and_newer_extensions_count_as_missing():
    assert BOOK.missing("样\ue000\U0002ebf0\U000f0000例") == ["\ue000", "\U0002ebf0", "\U000f0000"]
    assert BOOK.widths("\ue000样", Face.BODY, 16) == [16, 16]


def test_only_what_the_first_font_lacks_falls_back():
    assert BOOK.font_for("䶮", Face.BOLD).name.startswith(SHIPPED[Face.BOLD])
    assert BOOK.font_for("𠅤", Face.BODY).name.startswith(SHIPPED[Face.BODY])
    assert BOOK.font_for("𪚥", Face.BODY).name.startswith(FALLBACK)


def test_a_missing_or_damaged_font_file_is_named(tmp_path):
    with pytest.raises(FontUnusableError) as caught:
        FontBook(tmp_path)
    assert f"{SHIPPED[Face.BODY]}.ttf" in caught.value.message
    (tmp_path / f"{SHIPPED[Face.BODY]}.ttf").write_bytes(b"OTTO" + bytes(100))
    with pytest.raises(FontUnusableError):
        FontBook(tmp_path)


def test_a_font_is_one_object_by_whatever_path(tmp_path):
    name = f"{SHIPPED[Face.BODY]}.ttf"
    (tmp_path / "linked").symlink_to(FONTS)
    paths = (FONTS / name, tmp_path / "linked" / name, FONTS / ".." / FONTS.name / name)
    assert len({id(load_font(path)) for path in paths}) == 1
    assert load_font(paths[0]) is FontBook(tmp_path / "linked").first(Face.BODY)


def test_a_font_that_nobody_uses_any_more_goes_and_a_book_keeps_its_own(tmp_path):
    """An office that replaces its fonts again and again: each is a file of some megabytes."""
    book = FontBook(FONTS)
    own = [tmp_path / f"body-{number}.ttf" for number in range(KEPT_FONTS + 1)]
    for path in own:
        path.write_bytes((FONTS / "NotoSansSC-Regular.ttf").read_bytes())
    replaced = ref(load_font(own[0]))
    for path in own[1:]:
        load_font(path)
    gc.collect()
    assert replaced() is None
    assert book.font_for("责", Face.BODY) is book.first(Face.BODY)


@given(
    st.lists(st.integers(0x20, 0x10FFFF).filter(lambda n: not 0xD800 <= n < 0xE000), min_size=1, max_size=250)
)
def test_the_map_to_unicode_gives_each_character_back(codes):
    lines = to_unicode_map(codes).decode().splitlines()
    pairs = [line.split() for line in lines if line.startswith("<") and line != "<0000> <FFFF>"]
    assert [int(code[1:-1], 16) for code, _ in pairs] == list(range(1, len(codes) + 1))
    assert [bytes.fromhex(text[1:-1]).decode("utf-16-be") for _, text in pairs] == [
        chr(code) for code in codes
    ]
    counts = [int(line.split()[0]) for line in lines if line.endswith(" beginbfchar")]
    assert sum(counts) == len(codes)
    assert max(counts) <= 100


def drawn_by_us(text: str, size: int) -> bytes:
    file, font = PdfFile(), BOOK.font_for(text[0], Face.BODY)
    chars = list(dict.fromkeys(text))
    codes = "".join(f"{chars.index(char) + 1:04x}" for char in text)
    content = file.stream(f"BT /F1 {size} Tf 20 60 Td <{codes}> Tj ET".encode())
    tree, embedded = file.reserve(), font.embed(file, chars, number=0)
    page = file.add(
        f"<< /Type /Page /Parent {tree} /MediaBox [0 0 300 300] /Contents {content}"
        f" /Resources << /Font << /F1 {embedded} >> >> >>"
    )
    file.fill(tree, f"<< /Type /Pages /Count 1 /Kids [{page}] >>")
    return file.finished(pages=tree, names=None, info=file.add("<< >>"))


@pytest.mark.parametrize("char", "责国㛃䶮𠅤𬱖𪚥é①½A")
def test_an_embedded_glyph_looks_like_the_font_file_draws_it(char, tmp_path):
    (tmp_path / "x.pdf").write_bytes(drawn_by_us(char, 200))
    command = ["pdftoppm", "-r", "72", "-gray", "-singlefile", str(tmp_path / "x.pdf"), str(tmp_path / "x")]
    subprocess.run(command, check=True)
    with Image.open(tmp_path / "x.pgm") as page:
        ours = page.copy()
    name = BOOK.font_for(char, Face.BODY).name
    theirs = Image.new("L", (300, 300), 255)
    pen = ImageFont.truetype(FONTS / f"{name}.ttf", 200)
    ImageDraw.Draw(theirs).text((20, 240), char, font=pen, fill=0, anchor="ls")
    ink = sum(255 - level for level in theirs.tobytes())
    apart = sum(ImageChops.difference(ours, theirs).tobytes())
    assert ink > 100_000
    assert apart < ink * 0.2, "the outlines differ"


def test_text_of_every_plane_extracts_as_written(tmp_path):
    text = "A责㛃䶮·𠅤𬱖"
    (tmp_path / "x.pdf").write_bytes(drawn_by_us(text, 20))
    done = subprocess.run(["pdftotext", str(tmp_path / "x.pdf"), "-"], capture_output=True, check=True)
    assert done.stdout.decode().strip() == text
