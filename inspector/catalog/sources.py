"""Getting a file's bytes without letting the operating system's errors out."""

from __future__ import annotations

from pathlib import Path

from inspector.catalog.faults import Faults
from inspector.catalog.tables import MAX_FILE_BYTES
from inspector.errors import system_reason


def bytes_of(source: Path | bytes, faults: Faults) -> bytes | None:
    """The bytes themselves, or those of the file; None with a fault when it cannot be read.

    Of a file too large to be accepted only so much is read as shows that it is.
    """
    if isinstance(source, bytes):
        return source
    try:
        with source.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        faults.add(
            "整个文件",
            f"读不出来（{system_reason(error)}）",
            "文件须能读取",
            "检查文件是否存在、是否有权限",
        )
        return None
