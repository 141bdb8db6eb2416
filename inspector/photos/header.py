"""What a file says it is and how large, read from its first bytes before any decoder sees it.

* Three formats are accepted: JPEG, PNG and WebP, each as a single still picture.
* Everything else is named where it can be, so that the advice fits (HEIC from a phone, a GIF, a PDF).
* Only Python slices bytes here: a hostile size is refused before anything allocates memory for it.

Sources: ITU-T T.81 (JPEG) B.1.1 and B.2.2; W3C PNG (Third Edition) 5.2, 11.2.1 and 11.3.5.1 (acTL);
WebP Container Specification and RFC 6386 9.1; ISO/IEC 14496-12 4.3 (the `ftyp` brands of HEIF and AVIF).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from inspector.errors import PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError

FILE_LIMIT = 40 * 1024 * 1024
"""Bytes: a 50-megapixel JPEG of a phone has about half of it."""

PIXEL_LIMIT = 50_000_000
"""Width × height: 150 MB once decoded, what a tablet can spare for a moment."""

_TRUNCATED = "文件不完整"
_NO_SIZE = "文件中没有有效的尺寸"

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_KNOWN_STARTS = (
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\0", "TIFF 或相机 RAW 图片"),
    (b"MM\0*", "TIFF 或相机 RAW 图片"),
    (b"%PDF", "PDF 文件"),
    (b"\0\0\0\x0cJXL ", "JPEG XL 图片"),
    (b"\xff\x0a", "JPEG XL 图片"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000 图片"),
)
_FRAME_STARTS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOFn; the other three carry tables
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


class PhotoFormat(StrEnum):
    """The formats that are accepted, by Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first bytes promise; width and height in pixels, as stored (before orientation)."""

    format: PhotoFormat
    width: int
    height: int


def read_header(data: bytes) -> Header:
    """Format and size of an acceptable photo.

    Raises:
        PhotoFormatError: not a still JPEG, PNG or WebP picture.
        PhotoTooLargeError: more bytes or more pixels than the limits allow.
        PhotoUnreadableError: of an accepted format, but broken before its size is known.
    """
    if len(data) > FILE_LIMIT:
        raise PhotoTooLargeError(size=_megabytes(len(data)), limit=_megabytes(FILE_LIMIT))
    photo_format = _recognise(data)
    match photo_format:
        case PhotoFormat.JPEG:
            width, height = _jpeg_size(data)
        case PhotoFormat.PNG:
            width, height = _png_size(data)
        case PhotoFormat.WEBP:
            width, height = _webp_size(data)
    refuse_oversize(width, height)
    return Header(format=photo_format, width=width, height=height)


def refuse_oversize(width: int, height: int) -> None:
    """Refuse a picture without pixels, or with more of them than `PIXEL_LIMIT`.

    Raises:
        PhotoTooLargeError: too many pixels.
        PhotoUnreadableError: no pixels.
    """
    if width < 1 or height < 1:
        raise PhotoUnreadableError(reason=_NO_SIZE)
    if width * height > PIXEL_LIMIT:
        raise PhotoTooLargeError(size=f"{width}×{height} 像素", limit=f"{PIXEL_LIMIT // 1_000_000} 百万像素")


def _megabytes(count: int) -> str:
    return f"{count / 1_048_576:.1f} MB"


def _recognise(data: bytes) -> PhotoFormat:
    if data.startswith(b"\xff\xd8\xff"):
        return PhotoFormat.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PhotoFormat.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return PhotoFormat.WEBP
    raise PhotoFormatError(found=_name_of(data))


def _name_of(data: bytes) -> str:
    if not data:
        return "文件是空的"
    if data[4:8] == b"ftyp":
        return _brand_name(data)
    return next((name for start, name in _KNOWN_STARTS if data.startswith(start)), "不是图片文件")


def _brand_name(data: bytes) -> str:
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}
    if brands & _AVIF_BRANDS:
        return "AVIF 图片"
    if brands & _HEIF_BRANDS:
        return "HEIC（高效）格式的照片"
    return "视频文件"


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """The largest frame announced before the first scan: a second one must not slip past the limit."""
    sizes = [
        (int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
        for marker, body in _jpeg_segments(data)
        if marker in _FRAME_STARTS and len(body) >= 6
    ]
    if not sizes:
        raise PhotoUnreadableError(reason=_NO_SIZE)
    return max(sizes, key=lambda size: size[0] * size[1])


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, memoryview]]:
    """Marker segments up to the first scan, without their length fields."""
    view, at = memoryview(data), 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise PhotoUnreadableError(reason="JPEG 文件头损坏")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        if marker in {_START_OF_SCAN, _END_OF_IMAGE}:
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            raise PhotoUnreadableError(reason=_TRUNCATED)
        yield marker, view[at + 4 : at + 2 + length]
        at += 2 + length
    raise PhotoUnreadableError(reason=_TRUNCATED)


def _png_size(data: bytes) -> tuple[int, int]:
    if len(data) < 33:
        raise PhotoUnreadableError(reason=_TRUNCATED)
    if data[12:16] != b"IHDR":
        raise PhotoUnreadableError(reason=_NO_SIZE)
    if any(kind == b"acTL" for kind in _png_chunks_before_data(data)):
        raise PhotoFormatError(found="动态 PNG 图片")
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _png_chunks_before_data(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 8 <= len(data) and (kind := data[at + 4 : at + 8]) != b"IDAT":
        yield kind
        at += 12 + int.from_bytes(data[at : at + 4], "big")


def _webp_size(data: bytes) -> tuple[int, int]:
    if len(data) < 30:
        raise PhotoUnreadableError(reason=_TRUNCATED)
    match data[12:16]:
        case b"VP8X":
            if data[20] & 0x02:
                raise PhotoFormatError(found="动态 WebP 图片")
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = int.from_bytes(data[26:28], "little"), int.from_bytes(data[28:30], "little")
            return width & 0x3FFF, height & 0x3FFF
        case _:
            raise PhotoUnreadableError(reason=_NO_SIZE)
