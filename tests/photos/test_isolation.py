"""Pictures of strangers, decoded elsewhere."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from inspector.errors import PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError
from inspector.photos import isolation, worker
from inspector.photos.header import read_header
from inspector.photos.isolation import SafeDecoder
from inspector.photos.picture import thumbnail
from tests.photos.pictures import corners, encoded, png_header, telltale_exif

ROOT = Path(__file__).resolve().parents[2]
PHOTO = encoded(corners(1600, 1200), exif=telltale_exif(6))


def test_a_thumbnail_made_elsewhere_is_the_one_made_here():
    with SafeDecoder() as decoder:
        assert decoder.thumbnail(PHOTO, 320) == thumbnail(PHOTO, 320)


def test_each_refusal_comes_back_as_its_own_error():
    with SafeDecoder() as decoder:
        with pytest.raises(PhotoFormatError):
            decoder.thumbnail(b"no picture")
        with pytest.raises(PhotoTooLargeError):
            decoder.thumbnail(png_header(30_000, 30_000))
        with pytest.raises(PhotoUnreadableError):
            decoder.thumbnail(PHOTO[: len(PHOTO) // 2])
        assert decoder.thumbnail(PHOTO, 100) == thumbnail(PHOTO, 100)


def test_no_process_is_left_when_the_decoder_is_closed():
    decoder = SafeDecoder()
    decoder.thumbnail(PHOTO)
    spare = decoder._spare
    assert spare is not None
    decoder.close()
    assert spare.returncode is not None
    with pytest.raises(ValueError, match="closed"):
        decoder.thumbnail(PHOTO)


def child(code: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def test_a_process_that_never_answers_is_ended():
    stuck = child("import sys; sys.stdin.buffer.read(); import threading; threading.Event().wait()")
    with pytest.raises(PhotoUnreadableError):
        isolation._ask(stuck, PHOTO, 320, 0.3)
    assert stuck.returncode is not None


def test_a_process_that_dies_of_the_picture_is_an_unreadable_picture():
    with pytest.raises(PhotoUnreadableError):
        isolation._ask(child("import os; os.abort()"), PHOTO, 320, 20)


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"J",
        b"?" + thumbnail(PHOTO),
        b"J<html><script>",
        b"J" + encoded(corners(), "PNG"),
        b"J" + thumbnail(PHOTO, 640),
        b"J" + png_header(30_000, 30_000),
    ],
)
def test_an_answer_that_is_not_the_picture_asked_for_is_not_believed(forged: bytes):
    with pytest.raises(PhotoUnreadableError):
        isolation._checked(forged, 320)


LIMITED = """
import sys
from inspector.photos import worker
worker.limit_resources()
{act}
print("survived")
"""


def limited(act: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", LIMITED.format(act=act)], capture_output=True, text=True, cwd=ROOT, check=False
    )


@pytest.mark.parametrize(
    "act",
    [
        f"bytearray({worker.MEMORY_LIMIT})",
        "open('leak.bin', 'wb', buffering=0).write(b'x')",
        "[open('/dev/null') for _ in range(40)]",
    ],
)
def test_the_process_can_neither_fill_memory_nor_write_a_file(act: str, tmp_path: Path):
    act = act.replace("leak.bin", str(tmp_path / "leak.bin"))
    done = limited(act)
    assert "survived" not in done.stdout
    assert done.returncode != 0
    leak = tmp_path / "leak.bin"
    assert not leak.exists() or leak.read_bytes() == b""


def test_the_limits_leave_room_for_an_ordinary_act():
    assert "survived" in limited("bytearray(1000)").stdout


def test_the_largest_picture_allowed_fits_the_limits():
    large = encoded(corners(10_000, 5_000), quality=60)
    with SafeDecoder() as decoder:
        small = read_header(decoder.thumbnail(large, 320))
    assert (small.width, small.height) == (320, 160)


def test_the_request_is_the_edge_and_then_the_picture():
    answers = BytesIO()
    worker.answer(BytesIO((200).to_bytes(4, "big") + PHOTO), answers)
    assert answers.getvalue() == b"J" + thumbnail(PHOTO, 200)


def test_a_request_is_answered_under_the_limits():
    act = "worker.main(); import resource; print(resource.getrlimit(resource.RLIMIT_AS))"
    done = subprocess.run(
        [sys.executable, "-c", f"from inspector.photos import worker; {act}"],
        input=(200).to_bytes(4, "big") + PHOTO,
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout == b"J" + thumbnail(PHOTO, 200) + f"{(worker.MEMORY_LIMIT,) * 2}\n".encode()
