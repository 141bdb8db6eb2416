"""QR codes, held against reportlab's slow encoder and against a reader."""

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

from inspector.notices.qr import QUIET_ZONE, TEXT_CAP, dark_modules

ASCII = st.characters(min_codepoint=0x21, max_codepoint=0x7E)


def picture(modules, scale: int = 4) -> Image.Image:
    side = len(modules) + 2 * QUIET_ZONE
    image = Image.new("L", (side, side), 255)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                image.putpixel((column + QUIET_ZONE, row + QUIET_ZONE), 0)
    return image.resize((side * scale, side * scale), Image.Resampling.NEAREST)


@settings(max_examples=40)
@given(st.text(ASCII, min_size=1, max_size=TEXT_CAP))
def test_another_encoder_makes_the_same_code(text):
    theirs = QRCode(None, QRErrorCorrectLevel.M)
    theirs.addData(QR8bitByte(text))
    theirs.version = theirs.calculate_version()
    theirs.makeImpl(False, 3)
    assert theirs.modules == dark_modules(text)


@pytest.mark.parametrize("length", [1, 14, 15, 62, 106, 107, 180, 213, 214, 251, 252, 600, TEXT_CAP])
def test_a_reader_gives_the_text_back(length):
    text = ("INSPECTOR1." + "aZ09-_" * 200)[:length]
    (found,) = zxingcpp.read_barcodes(picture(dark_modules(text)))
    assert found.text == text


@pytest.mark.parametrize("text", ["样例", "x" * (TEXT_CAP + 1)])
def test_other_characters_and_long_texts_are_a_mistake_of_the_caller(text):
    with pytest.raises(ValueError, match="ASCII"):
        dark_modules(text)
