"""What is kept of a photo, and what is not."""

import hashlib
import struct
import zlib
from io import BytesIO
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from inspector.errors import PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError
from inspector.photos.header import read_header
from inspector.photos.picture import intake, thumbnail
from tests.photos.pictures import LATITUDE_MARK, SERIAL, corners, encoded, png_header, telltale_exif

# How a camera held that way stores the scene: the move that undoes the one the tag asks for.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
OURS = (PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError)


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(BytesIO(jpeg))
    image.load()
    return image


def colour_at(jpeg: bytes, x: float, y: float) -> str:
    """The name of the pure colour nearest to a point given in parts of width and height."""
    image = opened(jpeg)
    pixel = image.getpixel((int(x * image.width), int(y * image.height)))
    names = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0),
             "white": (255, 255, 255), "black": (0, 0, 0)}  # fmt: skip
    return min(names, key=lambda name: sum((a - b) ** 2 for a, b in zip(names[name], pixel, strict=True)))


def quarters(jpeg: bytes) -> list[str]:
    return [colour_at(jpeg, x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)]


UPRIGHT = ["red", "lime", "blue", "yellow"]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_however_the_camera_was_held_the_picture_stands_upright(orientation: int, kind: str):
    turn = STORED_AS[orientation]
    stored = corners() if turn is None else corners().transpose(turn)
    picture = intake(encoded(stored, kind, exif=telltale_exif(orientation)))
    assert (picture.width, picture.height) == (64, 48)
    assert quarters(picture.jpeg) == UPRIGHT


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_byte_of_position_serial_number_or_time_survives(kind: str):
    exif = telltale_exif()
    xmp = b"<x:xmpmeta>SAMPLE-XMP-OWNER</x:xmpmeta>"
    options = {"exif": exif, "xmp": xmp} if kind != "PNG" else {"exif": exif}
    comment = {"comment": b"SAMPLE-COMMENT"} if kind == "JPEG" else {}
    original = encoded(corners(), kind, **options, **comment)
    assert SERIAL.encode() in original
    assert LATITUDE_MARK.encode() in original
    picture = intake(original)
    for trace in (
        SERIAL,
        LATITUDE_MARK,
        "SamplePhone",
        "2026:11:23",
        "SAMPLE-",
        "Exif",
        "xmp",
        "ICC_PROFILE",
    ):
        assert trace.encode() not in picture.jpeg
    left = opened(picture.jpeg)
    assert not left.getexif()
    assert set(left.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_time_of_taking_is_read_out_before_it_is_removed():
    picture = intake(encoded(corners(), exif=telltale_exif()))
    assert picture.taken == "2026-11-23T14:32:10+08:00"


@pytest.mark.parametrize("claim", ["yesterday", "2026:13:40 99:99:99", "", 7])
def test_a_time_that_is_no_time_is_left_out(claim: object):
    exif = telltale_exif()
    exif.get_ifd(0x8769)[0x9003] = claim
    assert intake(encoded(corners(), exif=exif)).taken is None


def test_both_hashes_are_of_the_bytes_they_name():
    original = encoded(corners(), exif=telltale_exif())
    picture = intake(original)
    assert picture.sha256 == hashlib.sha256(picture.jpeg).hexdigest()
    assert picture.original_sha256 == hashlib.sha256(original).hexdigest()


def test_the_same_file_taken_in_twice_is_the_same_picture():
    original = encoded(Image.effect_noise((900, 700), 60).convert("RGB"), exif=telltale_exif(6))
    assert intake(original, edge=512) == intake(original, edge=512)


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (5000, 40), (8, 6000)])
def test_the_longest_side_becomes_the_edge_and_the_shape_stays(size: tuple[int, int]):
    picture = intake(encoded(Image.new("RGB", size, "gray")), edge=1000)
    assert max(picture.width, picture.height) == 1000
    scale = 1000 / max(size)
    assert abs(picture.width - size[0] * scale) <= 1
    assert abs(picture.height - size[1] * scale) <= 1
    assert opened(picture.jpeg).size == (picture.width, picture.height)


def test_a_small_picture_is_not_enlarged():
    picture = intake(encoded(corners(64, 48)), edge=2048)
    assert (picture.width, picture.height) == (64, 48)


def test_a_thumbnail_is_small_and_shows_the_same():
    small = thumbnail(intake(encoded(corners(1600, 1200))).jpeg, 320)
    assert opened(small).size == (320, 240)
    assert quarters(small) == UPRIGHT


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_becomes_white_paper(mode: str, kind: str):
    clear = Image.new(mode, (40, 40), 0)
    assert colour_at(intake(encoded(clear, kind)).jpeg, 0.5, 0.5) == "white"


def test_a_palette_with_a_transparent_colour_becomes_white_paper():
    image = Image.new("P", (40, 40), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 20, 40))
    jpeg = intake(encoded(image, "PNG", transparency=1)).jpeg
    assert [colour_at(jpeg, 0.25, 0.5), colour_at(jpeg, 0.75, 0.5)] == ["red", "white"]


def test_a_cmyk_jpeg_keeps_its_colours():
    jpeg = intake(encoded(corners().convert("CMYK"))).jpeg
    assert quarters(jpeg) == UPRIGHT


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped():
    levels = Image.new("I;16", (40, 20))
    for x in range(40):
        for y in range(20):
            levels.putpixel((x, y), 20_000 if x < 20 else 60_000)
    image = opened(intake(encoded(levels, "PNG")).jpeg)
    assert abs(image.getpixel((10, 10))[0] - 20_000 / 256) < 4
    assert abs(image.getpixel((30, 10))[0] - 60_000 / 256) < 4


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_pictures_of_few_colours_are_taken_in(mode: str):
    assert intake(encoded(corners().convert(mode), "PNG")).width == 64


def test_colours_of_another_profile_are_converted_to_srgb():
    swapped = _profile_with_red_and_blue_swapped()
    jpeg = intake(encoded(corners(), icc_profile=swapped)).jpeg
    assert quarters(jpeg)[0] == "blue"


def _profile_with_red_and_blue_swapped() -> bytes:
    """sRGB with the red and blue primaries exchanged: a profile whose effect cannot be overlooked."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


def test_a_broken_colour_profile_does_not_spoil_the_picture():
    assert quarters(intake(encoded(corners(), icc_profile=b"no profile at all")).jpeg) == UPRIGHT


def test_broken_exif_does_not_spoil_the_picture():
    picture = intake(encoded(corners(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xf0garbage"))
    assert picture.taken is None
    assert quarters(picture.jpeg) == UPRIGHT


def test_the_first_of_the_pictures_in_a_phones_jpeg_is_taken():
    several = encoded(corners(), "MPO", save_all=True, append_images=[corners().rotate(180)])
    assert quarters(intake(several).jpeg) == UPRIGHT


def test_a_picture_of_nine_hundred_megapixels_is_refused():
    with pytest.raises(PhotoTooLargeError):
        intake(png_header(30_000, 30_000))


def test_a_compressed_bomb_in_a_text_chunk_raises_only_our_error():
    body = b"zTXtcomment\0\0" + zlib.compress(bytes(80_000_000))
    chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    plain = encoded(corners(), "PNG")
    with pytest.raises(OURS):
        intake(plain[:33] + chunk + plain[33:])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_wherever_a_file_is_cut_off_it_is_refused_or_whole(kind: str):
    whole = encoded(corners(160, 120), kind)
    shown = opened(intake(whole).jpeg).tobytes()
    refused = 0
    for length in range(0, len(whole), max(1, len(whole) // 150)):
        try:
            picture = intake(whole[:length])
        except OURS:
            refused += 1
            continue
        assert opened(picture.jpeg).tobytes() == shown
        assert length > len(whole) - 25  # only checksums and closing marks may be missing
    assert refused > 50


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_damaged_bytes_raise_nothing_but_our_own_errors(kind: str, data: st.DataObject):
    damaged = bytearray(encoded(corners(), kind, exif=telltale_exif(6)))
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        picture = intake(bytes(damaged))
    except OURS:
        return
    assert read_header(picture.jpeg).width == picture.width


def test_threads_that_take_pictures_in_at_once_do_not_disturb_each_other():
    original = encoded(corners(800, 600), exif=telltale_exif(3))
    expected, results = intake(original), []
    threads = [Thread(target=lambda: results.append(intake(original))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


@pytest.mark.parametrize(("edge", "quality"), [(15, 80), (8193, 80), (2048, 0), (2048, 96)])
def test_an_edge_or_quality_out_of_range_is_the_callers_mistake(edge: int, quality: int):
    with pytest.raises(ValueError, match="must be"):
        intake(encoded(corners()), edge=edge, quality=quality)
