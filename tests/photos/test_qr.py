"""Reading an enrolment code with the camera."""

import shutil
import subprocess
from io import BytesIO

import pytest
import segno
from PIL import Image

from inspector.errors import PhotoUnreadableError
from inspector.photos.qr import is_available, read_qr
from tests.photos.pictures import corners, encoded

TEXT = "INSPECTOR:ENROL:样例-7Q2M"


def code(text: str, scale: int = 6) -> Image.Image:
    out = BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=scale)
    return Image.open(out).convert("RGB")


def test_a_code_is_read_from_a_photo_that_lies_on_its_side():
    scene = corners(900, 700)
    scene.paste(code(TEXT), (200, 150))
    exif = Image.Exif()
    exif[0x0112] = 6
    assert is_available()
    assert read_qr(encoded(scene.rotate(90, expand=True), exif=exif, quality=80)) == TEXT


def test_a_picture_without_a_code_has_none():
    assert read_qr(encoded(corners())) is None


def test_two_different_codes_are_not_guessed_at():
    scene = Image.new("RGB", (900, 450), "white")
    scene.paste(code("one"), (60, 100))
    scene.paste(code("two"), (560, 100))
    with pytest.raises(PhotoUnreadableError):
        read_qr(encoded(scene))


def test_another_reader_agrees_with_what_we_read(tmp_path):
    path = tmp_path / "code.jpg"
    path.write_bytes(encoded(code("INSPECTOR:ENROL:7Q2M"), quality=80))
    reader = shutil.which("zbarimg")
    assert reader, "zbarimg is missing: make test installs zbar-tools"
    other = subprocess.run([reader, "-q", "--raw", str(path)], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == read_qr(path.read_bytes())
