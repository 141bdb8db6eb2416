"""A photo as it is kept: upright, sRGB, scaled, without metadata, and hashed after all that.

* Nothing of the camera's metadata survives: the new JPEG is written from bare pixels. Position, camera
  serial number and maker's notes would otherwise travel with every notice.
* The time of taking is read out before, as a hint only: whoever holds the camera sets its clock.
* The same bytes give the same JPEG on the same build, so a photo that is taken in twice has one hash.
* One picture is decoded at a time: a 50-megapixel picture needs 150 MB, and two of them end a tablet.

Pillow's exceptions and warnings stay inside this module.
"""

from __future__ import annotations

import hashlib
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Final

from PIL import ExifTags, Image, ImageFile

from inspector.errors import PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError
from inspector.photos.header import Header, PhotoFormat, read_header, refuse_oversize

try:
    from PIL import ImageCms
except ImportError:  # the mobile builds of Pillow may come without colour management
    ImageCms = None  # type: ignore[assignment]

SMALLEST_EDGE, LARGEST_EDGE = 16, 8192
"""Pixels: the range of `edge`."""

_TURNS: Final = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}  # Exif 2.32, tag 0x0112: how the stored rows lie, hence which move sets them upright
_PILLOW_FAILURES: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    EOFError,
    AttributeError,
    RuntimeError,
    struct.error,
    zlib.error,
)  # what its parsers raise at hostile bytes: Pillow documents no narrower family
_DATE = re.compile(r"(\d{4}):([01]\d):([0-3]\d) ([0-2]\d):([0-5]\d):([0-5]\d)")
_OFFSET = re.compile(r"[+-][01]\d:[0-5]\d")
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo that may be sealed: `jpeg` and its SHA-256, and where it came from.

    `width` and `height` are pixels of `jpeg`; `original_sha256` is of the bytes as the camera or the album
    gave them; `taken` is the camera's own claim, `YYYY-MM-DDTHH:MM:SS` with `±HH:MM` where it gave one.
    """

    jpeg: bytes
    sha256: str
    width: int
    height: int
    original_sha256: str
    taken: str | None


def intake(data: bytes, *, edge: int = 2048, quality: int = 82) -> Picture:
    """The kept form of a photo from a camera or an album.

    Args:
        data: a JPEG, PNG or WebP file.
        edge: the longest side of the result in pixels; smaller pictures are not enlarged.
        quality: JPEG quality, 1 to 95.

    Raises:
        PhotoFormatError: not a still JPEG, PNG or WebP picture.
        PhotoTooLargeError: more bytes or pixels than `header` allows; found out before decoding.
        PhotoUnreadableError: broken or cut off.
        ValueError: `edge` or `quality` out of range; the caller is wrong.
    """
    _check_arguments(edge, quality)
    header = read_header(data)
    with _pillow(), _opened(data, header, edge) as image:
        exif = _exif(image)
        upright = _upright(_flat(image), exif.get(ExifTags.Base.Orientation))
        scaled = _fitted(upright, edge)
        jpeg = _encode(scaled, quality)
        taken = _taken(exif)
    return Picture(
        jpeg=jpeg,
        sha256=hashlib.sha256(jpeg).hexdigest(),
        width=scaled.width,
        height=scaled.height,
        original_sha256=hashlib.sha256(data).hexdigest(),
        taken=taken,
    )


def thumbnail(jpeg: bytes, edge: int = 320) -> bytes:
    """A small JPEG of a picture, its longest side at most `edge` pixels; same errors as `intake`."""
    return intake(jpeg, edge=edge, quality=75).jpeg


def upright_grey(data: bytes, *, edge: int = LARGEST_EDGE) -> Image.Image:
    """The picture in grey levels, upright, for readers of codes; same errors as `intake`."""
    header = read_header(data)
    with _pillow(), _opened(data, header, edge) as image:
        turned = _upright(_flat(image), _exif(image).get(ExifTags.Base.Orientation))
        return _fitted(turned, edge).convert("L")


def _check_arguments(edge: int, quality: int) -> None:
    if not SMALLEST_EDGE <= edge <= LARGEST_EDGE:
        raise ValueError(f"edge must be {SMALLEST_EDGE} to {LARGEST_EDGE} pixels, not {edge}")
    if not 1 <= quality <= 95:
        raise ValueError(f"quality must be 1 to 95, not {quality}")


@contextmanager
def _pillow() -> Iterator[None]:
    """One picture at a time, and every failure of Pillow as ours."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of broken EXIF; we drop it anyway
        try:
            yield
        except (PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError):
            raise
        except (Image.DecompressionBombError, MemoryError) as error:
            raise PhotoTooLargeError(size="解码后放不进内存", limit="本机可用内存") from error
        except _PILLOW_FAILURES as error:
            raise PhotoUnreadableError(reason="图像数据不完整或已损坏") from error


@contextmanager
def _opened(data: bytes, header: Header, edge: int) -> Iterator[ImageFile.ImageFile]:
    """The picture, decoded; a large JPEG at a half, a quarter or an eighth, never below twice `edge`."""
    with Image.open(BytesIO(data), formats=(header.format.value,)) as image:
        refuse_oversize(*image.size)  # what the decoder goes by, should it read the header differently
        if header.format is not PhotoFormat.JPEG and getattr(image, "n_frames", 1) > 1:
            raise PhotoFormatError(found="动态图片")
        if header.format is PhotoFormat.JPEG:
            image.draft(None, (2 * edge, 2 * edge))
        image.load()
        yield image


def _exif(image: Image.Image) -> Image.Exif:
    try:
        return image.getexif()
    except _PILLOW_FAILURES:  # a broken label does not spoil the picture
        return Image.Exif()


def _flat(image: Image.Image) -> Image.Image:
    """RGB in sRGB, transparency on white paper."""
    if image.mode.startswith("I"):  # 16 bits of grey: converting straight to L would clip, not scale
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA")
    coloured = _in_srgb(image)
    if coloured.mode == "RGBA":
        paper = Image.new("RGB", coloured.size, "white")
        paper.paste(coloured, mask=coloured.getchannel("A"))
        return paper
    return coloured.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours converted by the embedded profile where it can be read, left as they are otherwise."""
    profile = image.info.get("icc_profile")
    if not profile or ImageCms is None or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    output = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=output
        )
    except (ImageCms.PyCMSError, *_PILLOW_FAILURES):
        return image
    return image if converted is None else converted


def _upright(image: Image.Image, orientation: object) -> Image.Image:
    turns = _TURNS.get(orientation, ()) if isinstance(orientation, int) else ()
    for turn in turns:
        image = image.transpose(turn)
    return image


def _fitted(image: Image.Image, edge: int) -> Image.Image:
    longest = max(image.size)
    if longest <= edge:
        return image
    width, height = (max(1, round(side * edge / longest)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encode(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    bare = Image.frombytes("RGB", image.size, image.tobytes())  # no `info` comes along
    bare.save(out, "JPEG", quality=quality, subsampling="4:2:0", optimize=True, progressive=False)
    return out.getvalue()


def _taken(exif: Image.Exif) -> str | None:
    try:
        details = exif.get_ifd(ExifTags.IFD.Exif)
    except _PILLOW_FAILURES:
        return None
    date = details.get(ExifTags.Base.DateTimeOriginal)
    offset = details.get(ExifTags.Base.OffsetTimeOriginal)
    match = _DATE.fullmatch(date.strip("\0 ")) if isinstance(date, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = match.groups()
    known = isinstance(offset, str) and _OFFSET.fullmatch(offset.strip("\0 "))
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}" + (known.group() if known else "")
