"""What is turned away before any decoder runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError
from inspector.photos.header import FILE_LIMIT, PhotoFormat, read_header
from tests.photos.pictures import corners, encoded, png_header


def box(brand: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + brand + b"\0\0\0\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + bytes(64)


def vp8x(width: int, height: int, flags: int = 0) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0" + bytes((flags, 0, 0, 0)) + size


def jpeg_of_frames(*sizes: tuple[int, int]) -> bytes:
    frames = b"".join(
        b"\xff\xc0\x00\x11\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes(10)
        for width, height in sizes
    )
    return b"\xff\xd8" + frames + b"\xff\xda" + bytes(20)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {}), ("WEBP", {"lossless": True}),
     ("WEBP", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"})],
)  # fmt: skip
def test_the_size_in_the_first_bytes_is_the_size_of_the_picture(kind: str, options: dict[str, object]):
    header = read_header(encoded(corners(61, 47), kind, **options))
    assert (header.format, header.width, header.height) == (PhotoFormat(kind), 61, 47)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "空的"),
        ("现场检查记录\n".encode(), "不是图片"),
        (b"GIF89a" + bytes(40), "GIF"),
        (b"BM" + bytes(60), "BMP"),
        (b"II*\0" + bytes(60), "TIFF"),
        (b"MM\0*" + bytes(60), "TIFF"),
        (b"%PDF-1.7\n", "PDF"),
        (box(b"heic", b"mif1", b"heic"), "HEIC"),
        (box(b"mif1", b"miaf"), "HEIC"),
        (box(b"avif", b"mif1"), "AVIF"),
        (box(b"isom", b"mp42"), "视频"),
        (b"\xff\x0a" + bytes(40), "JPEG XL"),
        (vp8x(64, 48, flags=0x02), "动态 WebP"),
        (encoded(corners(), "PNG", save_all=True, append_images=[corners(64, 48).rotate(180)]), "动态 PNG"),
    ],
)
def test_what_is_no_still_photo_is_named_and_answered_with_advice(data: bytes, name: str):
    with pytest.raises(PhotoFormatError) as caught:
        read_header(data)
    assert name in caught.value.message
    assert "兼容性最佳" in caught.value.next_step


@pytest.mark.parametrize(
    "bomb", [png_header(30_000, 30_000), vp8x(16_384, 16_384), jpeg_of_frames((60_000, 60_000))]
)
def test_a_picture_of_too_many_pixels_is_refused_from_its_header(bomb: bytes):
    with pytest.raises(PhotoTooLargeError):
        read_header(bomb)


def test_a_second_frame_cannot_hide_behind_a_small_first_one():
    with pytest.raises(PhotoTooLargeError):
        read_header(jpeg_of_frames((10, 10), (30_000, 30_000)))


def test_exactly_the_limit_is_let_through_and_one_row_more_is_not():
    assert read_header(png_header(10_000, 5_000)).height == 5_000
    with pytest.raises(PhotoTooLargeError):
        read_header(png_header(10_000, 5_001))


def test_a_file_above_the_limit_is_refused_by_its_length():
    with pytest.raises(PhotoTooLargeError) as caught:
        read_header(b"\xff\xd8\xff" + bytes(FILE_LIMIT))
    assert "40.0 MB" in caught.value.message


@pytest.mark.parametrize("data", [png_header(0, 10), jpeg_of_frames((10, 0)), jpeg_of_frames()])
def test_a_picture_without_a_size_is_unreadable(data: bytes):
    with pytest.raises(PhotoUnreadableError):
        read_header(data)


STARTS = [
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"RIFF\0\0\0\0WEBPVP8X",
    b"RIFF\0\0\0\0WEBPVP8 ",
]


@given(st.sampled_from(STARTS), st.binary(max_size=200))
def test_no_bytes_raise_anything_but_our_own_errors(start: bytes, rest: bytes):
    try:
        header = read_header(start + rest)
    except (PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError):
        return
    assert header.width > 0
    assert header.height > 0
