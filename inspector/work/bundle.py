"""The bundle: everything that proves an office's log, in one file that needs no server and no network.

A plain ZIP: `statement.json`, `checkpoint.txt`, `log/00000000.json` … (every leaf in order),
`receipts/<entry>.txt`. Names, counts and sizes are bounded before anything is unpacked, and no more is
unpacked than was announced.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO

from inspector.errors import BundleMalformedError

STATEMENT, CHECKPOINT = "statement.json", "checkpoint.txt"
MAX_FILES = 200_000
MAX_FILE_BYTES = 1024 * 1024
MAX_BUNDLE_BYTES = 2 * 1024 * 1024 * 1024
MOST_EXPANSION = 16
"""How many times a bundle's length its files may be together: what is sealed and signed hardly shrinks, so
that real bundles stay far below. Whoever gives a small file cannot make a machine hold a large one."""

_DIRECTORY_ENTRY = b"PK\x01\x02"
_LEAF = re.compile(r"log/([0-9]{8})\.json")
_RECEIPT = re.compile(r"receipts/([0-9a-f]{64})\.txt")
_ENCRYPTED = 1
_STAMP = (1980, 1, 1, 0, 0, 0)
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,  # what `zipfile` has not: a later format, patches, strong encryption
    ValueError,  # a place before the file's beginning; a name that is not the UTF-8 that it says
    OverflowError,  # a place beyond what any file has
)
"""What `zipfile` raises over damaged or crafted bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle holds.

    Attributes:
        statement: the office statement's envelope.
        checkpoint: the log's signed note over exactly these leaves.
        leaves: every leaf's exact bytes, from index 0.
        receipts: by the entry's hash.
    """

    statement: bytes
    checkpoint: bytes
    leaves: tuple[bytes, ...]
    receipts: Mapping[str, bytes] = field(default_factory=dict)


def write_bundle(bundle: Bundle) -> bytes:
    """The bundle as a file; the same bundle gives the same bytes."""
    target = BytesIO()
    files = {STATEMENT: bundle.statement, CHECKPOINT: bundle.checkpoint}
    files |= {f"log/{index:08}.json": leaf for index, leaf in enumerate(bundle.leaves)}
    files |= {f"receipts/{name}.txt": receipt for name, receipt in sorted(bundle.receipts.items())}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def read_bundle(data: bytes) -> Bundle:
    """The bundle in a file; nothing in it is believed yet.

    Raises:
        BundleMalformedError: no ZIP, too large, unknown or missing names, a gap among the leaves.
    """
    if data.count(_DIRECTORY_ENTRY) > MAX_FILES:  # the directory itself is not read then
        raise BundleMalformedError(reason="文件过多")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _read(archive, most=min(MAX_BUNDLE_BYTES, MOST_EXPANSION * len(data)))
    except _UNREADABLE as error:
        raise BundleMalformedError(reason="不是可读的证据包") from error


def _read(archive: zipfile.ZipFile, *, most: int) -> Bundle:
    infos = archive.infolist()
    if any(info.file_size > MAX_FILE_BYTES for info in infos):
        raise BundleMalformedError(reason="其中有过大的文件")
    if sum(info.file_size for info in infos) > most:
        raise BundleMalformedError(reason="总量过大")
    plain = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(info.compress_type not in plain or info.flag_bits & _ENCRYPTED for info in infos):
        raise BundleMalformedError(reason="压缩方式不认识，或被加密")
    names = [info.filename for info in infos]
    if len(set(names)) != len(names):
        raise BundleMalformedError(reason="有重名的文件")
    leaves = {int(match[1]): match[0] for name in names if (match := _LEAF.fullmatch(name))}
    receipts = {match[1]: match[0] for name in names if (match := _RECEIPT.fullmatch(name))}
    known = {STATEMENT, CHECKPOINT, *leaves.values(), *receipts.values()}
    if set(names) != known or sorted(leaves) != list(range(len(leaves))):
        raise BundleMalformedError(reason="缺少文件，或有不认识的文件")
    return Bundle(
        statement=_content(archive, STATEMENT),
        checkpoint=_content(archive, CHECKPOINT),
        leaves=tuple(_content(archive, leaves[index]) for index in range(len(leaves))),
        receipts={name: _content(archive, path) for name, path in receipts.items()},
    )


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of the archive; what is packed there beyond the announced size is not unpacked.

    `ZipFile.read` unpacks all of it before it cuts.
    """
    info = archive.getinfo(name)
    with archive.open(info) as file:
        return file.read(info.file_size + 1)
