"""What a restored server is given back beside its log: the sealed files that the console holds.

Which of them it lacks is asked file by file: a backup can have been made in the middle of an upload, so that
a leaf that was never lost lacks its files all the same. How far this has come is durable; it goes on with the
next pass, and never holds one up for long.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO, Protocol

from inspector.console.copy import DeskCopy
from inspector.domain.delivery import BlobRef
from inspector.errors import AvailabilityError, InspectorError
from inspector.work.ports import Alarm

MOST_LEAVES = 200
"""Deliveries whose files are asked for in one pass."""
MOST_BYTES = 32 * 1024 * 1024
"""Bytes given back in one pass, beyond the one file that passes this."""


class BlobSink(Protocol):
    """A server that may have lost files."""

    def has_blob(self, blob: BlobRef) -> bool:
        """Whether it can give a file out."""
        ...

    def put_blob(self, blob: BlobRef, source: BinaryIO) -> None:
        """Give it a file."""
        ...


def give_files_back(copy: DeskCopy, office: BlobSink, clock: Callable[[], int]) -> int:
    """Give a server the files that it lacks and the console holds; how many that were in this pass.

    A file that the server refuses is an alarm and holds up no other one. What the console does not hold
    either, the tablets send.

    Raises:
        AvailabilityError: the line broke; what was given stays given.
    """
    start = copy.files_due()
    if start is None:
        return 0
    given, room = 0, MOST_BYTES
    page = copy.files_of(start, MOST_LEAVES)
    for index, blobs in page:
        for blob in blobs:
            size = _give(copy, office, blob, clock)
            given, room = given + (size > 0), room - size
        copy.files_given(index + 1)
        if room <= 0:
            return given
    if len(page) < MOST_LEAVES:
        copy.files_given(None)
    return given


def _give(copy: DeskCopy, office: BlobSink, blob: BlobRef, clock: Callable[[], int]) -> int:
    """Give one file back; its size, 0 when there was nothing to give."""
    held = copy.blob(blob.sha256)
    try:
        if held is None or office.has_blob(blob):
            return 0
        office.put_blob(blob, BytesIO(held))
    except AvailabilityError:
        raise
    except InspectorError as error:
        copy.raise_alarm(Alarm.of(error, clock()))
        return 0
    return blob.size
