"""Generated pictures for the photo tests: no file of a third party, every trait made on purpose."""

from io import BytesIO

from PIL import ExifTags, Image, ImageDraw

LATITUDE_MARK = "31;13;57"
SERIAL = "CAMSERIAL-0042-9977"
TAKEN = "2026:11:23 14:32:10"


def corners(width: int = 64, height: int = 48) -> Image.Image:
    """Four colours, one per quarter, so that turning and mirroring show."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    half_w, half_h = width // 2, height // 2
    for x, y, colour in ((0, 0, "red"), (half_w, 0, "lime"), (0, half_h, "blue"), (half_w, half_h, "yellow")):
        draw.rectangle((x, y, x + half_w - 1, y + half_h - 1), fill=colour)
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def telltale_exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: position, serial number, owner, time."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "SamplePhone"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = TAKEN
    details[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    details[ExifTags.Base.BodySerialNumber] = SERIAL
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    position[ExifTags.GPS.GPSLatitudeRef] = "N"
    position[ExifTags.GPS.GPSLatitude] = (31.0, 13.0, 57.0)
    position[ExifTags.GPS.GPSAreaInformation] = b"ASCII\0\0\0" + LATITUDE_MARK.encode()
    return exif


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces its size and then has nothing."""
    import zlib

    body = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    chunk = (13).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND\xaeB`\x82"


def png_bomb(width: int, height: int) -> bytes:
    """A whole white PNG whose file is a thousandth of its pixels."""
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((1, 0, 0, 0, 0))
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    squeezed = zlib.compress(row * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", squeezed) + chunk(b"IEND", b"")
