"""Sealing 20 photos of 5 MB: sign and seal here, seal alone with pyrage (the Rust implementation of age).

Three recipients each, as in the product: the office, its recovery key and the device. Both sides get the same
random bytes, fresh in every round, and take turns at going first.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import perf_counter

import pyrage

from bench import Row
from inspector.trust import age, dsse
from inspector.trust.keys import SigningKey

PHOTOS, PHOTO_BYTES, ROUNDS = 20, 5_000_000, 5
PAYLOAD_TYPE = "application/vnd.inspector.record.v1+json"


def rows() -> Iterator[Row]:
    """One row: MiB/s of both sides."""
    recipients = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(3)]
    theirs = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    device = SigningKey.generate()

    def ours_seals(photos: Sequence[bytes]) -> None:
        hashes = [hashlib.sha256(age.encrypt(photo, recipients)).hexdigest() for photo in photos]
        dsse.sign(json.dumps(hashes).encode(), PAYLOAD_TYPE, [device])

    def pyrage_seals(photos: Sequence[bytes]) -> None:
        for photo in photos:
            pyrage.encrypt(photo, theirs)

    ours_s, theirs_s = _seconds(ours_seals, pyrage_seals)
    size = PHOTOS * PHOTO_BYTES / 1_048_576
    ratio = theirs_s / ours_s
    yield Row(
        "seal 20 photos of 5 MB (sign, seal, hash)",
        size / ours_s,
        "MiB/s",
        "pyrage, seal only",
        size / theirs_s,
        ratio,
        ">= 1.0x",
        ratio >= 1.0,
    )


def _seconds(
    ours: Callable[[Sequence[bytes]], None], theirs: Callable[[Sequence[bytes]], None]
) -> tuple[float, float]:
    times: dict[Callable[[Sequence[bytes]], None], list[float]] = {ours: [], theirs: []}
    for turn in range(ROUNDS + 1):
        photos = [secrets.token_bytes(PHOTO_BYTES) for _ in range(PHOTOS)]
        for side in (ours, theirs) if turn % 2 else (theirs, ours):
            start = perf_counter()
            side(photos)
            if turn:  # the first round warms up
                times[side].append(perf_counter() - start)
    return median(times[ours]), median(times[theirs])
