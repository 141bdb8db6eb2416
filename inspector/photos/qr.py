"""QR codes in a picture, for reading an enrolment code with the camera.

zxing-cpp has no build for phones and tablets: there the code is typed or pasted, and `is_available` says so.
It is imported only when a code is read: no program needs it to start.
"""

from __future__ import annotations

from importlib.util import find_spec

from inspector.errors import PhotoUnreadableError
from inspector.photos.picture import upright_grey


def is_available() -> bool:
    """Whether this device can read codes from pictures."""
    return find_spec("zxingcpp") is not None


def read_qr(data: bytes) -> str | None:
    """The text of the QR code in a JPEG, PNG or WebP picture, or None when there is no readable one.

    Raises:
        PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError: as `picture.intake`.
        PhotoUnreadableError: several different codes are in the picture, and which one is meant is not for
            the program to guess; or no reader is installed.
    """
    try:
        from zxingcpp import BarcodeFormat, BarcodeFormats, read_barcodes
    except ImportError as error:
        raise PhotoUnreadableError(reason="本机不能识别二维码，请改为输入登记码") from error
    found = read_barcodes(upright_grey(data), formats=BarcodeFormats(BarcodeFormat.QRCode))
    texts = {result.text for result in found if result.valid}
    if len(texts) > 1:
        raise PhotoUnreadableError(reason="照片里有多个二维码，请只拍其中一个")
    return texts.pop() if texts else None
