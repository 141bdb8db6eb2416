"""The QR code of a token, quickly: reportlab's tables and patterns, our own codewords, one fixed mask.

Trying all eight masks, as reportlab does, costs more than the whole page. Any mask reads the same: the
standard (ISO/IEC 18004) lets the encoder choose for contrast.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain, zip_longest

from reportlab.graphics.barcode.qrencoder import (
    EXP_TABLE,
    LOG_TABLE,
    QR8bitByte,
    QRCode,
    QRErrorCorrectLevel,
    QRRSBlock,
    QRUtil,
)

QUIET_ZONE = 4
"""Light modules around the code."""

TEXT_CAP = 1_000
"""Longer texts would make modules that a phone cannot tell apart."""

_LEVEL = QRErrorCorrectLevel.M
_MASK = 3
_BYTE_MODE = 0b0100
_PADDING = bytes((0xEC, 0x11))


def dark_modules(text: str) -> Sequence[Sequence[bool]]:
    """The square of modules for an ASCII text, True where dark, without the quiet zone.

    Raises:
        ValueError: the caller passed other characters or more than `TEXT_CAP`.
    """
    if not text.isascii() or len(text) > TEXT_CAP:
        raise ValueError("a token is ASCII and short")
    sizing = QRCode(None, _LEVEL)
    sizing.addData(QR8bitByte(text))
    version = sizing.calculate_version()
    blocks = QRRSBlock.getRSBlocks(version, _LEVEL)
    sizes = [(block.dataCount, block.totalCount - block.dataCount) for block in blocks]
    words = bytes(_codewords(text.encode("ascii"), version, sizes))
    pattern, places = _frame(version)
    modules = [list(row) for row in pattern]
    bits = f"{int.from_bytes(words):0{8 * len(words)}b}"
    # A few places are left over at the end: they count as light before the mask.
    for (row, column, mask), bit in zip(places, bits.ljust(len(places), "0"), strict=True):
        modules[row][column] = (bit == "1") != mask
    return modules


@cache
def _frame(version: int) -> tuple[list[list[bool]], list[tuple[int, int, bool]]]:
    """The fixed modules of a version, and where its bits go: row, column, whether the mask flips them."""
    code = QRCode(version, _LEVEL)
    code.dataCache = []
    code.makeImpl(False, _MASK)
    flips = QRUtil.getMask(_MASK)
    places = [(row, column, flips(row, column)) for column, row in code.dataPosIterator()]
    return code.modules, places


def _codewords(data: bytes, version: int, sizes: Sequence[tuple[int, int]]) -> list[int]:
    """Data and error correction of all blocks, interleaved."""
    room = sum(size for size, _ in sizes)
    packed = _packed(data, version, room)
    blocks, checks, start = [], [], 0
    for size, check_size in sizes:
        block = packed[start : start + size]
        blocks.append(block)
        checks.append(_check_words(block, check_size))
        start += size
    interleaved = chain(zip_longest(*blocks), zip_longest(*checks))
    return [word for words in interleaved for word in words if word is not None]


def _packed(data: bytes, version: int, room: int) -> bytes:
    """Mode, length, data and padding, filling `room` bytes."""
    length_bits = 8 if version < 10 else 16
    bits = (_BYTE_MODE << length_bits | len(data)) << 8 * len(data) | int.from_bytes(data)
    used = 4 + length_bits + 8 * len(data)
    end = min(4, room * 8 - used)
    spare = -(used + end) % 8
    filled = (bits << end + spare).to_bytes((used + end + spare) // 8)
    missing = room - len(filled)
    return filled + (_PADDING * (missing // 2 + 1))[:missing]


def _check_words(block: bytes, count: int) -> list[int]:
    """Reed-Solomon remainder of a block over GF(256)."""
    generator = _generator_logs(count)
    remainder = [*block, *[0] * count]
    for place in range(len(block)):
        lead = remainder[place]
        if lead:
            log = LOG_TABLE[lead]
            for offset, power in enumerate(generator, start=place):
                remainder[offset] ^= EXP_TABLE[(log + power) % 255]
    return remainder[len(block) :]


@cache
def _generator_logs(degree: int) -> tuple[int, ...]:
    """Logarithms of the generator polynomial's coefficients, the highest power first."""
    polynomial = [1]
    for power in range(degree):
        scaled = [EXP_TABLE[(LOG_TABLE[factor] + power) % 255] for factor in polynomial]
        polynomial = [a ^ b for a, b in zip([*polynomial, 0], [0, *scaled], strict=True)]
    return tuple(LOG_TABLE[factor] for factor in polynomial)
