"""The bundle: everything that proves an office's log, in one file that needs no server and no network.

A plain ZIP: `statement.json`, `checkpoint.txt`, `log/00000000.json` … (every leaf in order),
`receipts/<entry>.txt`. Names, counts and sizes are bounded before anything is read.
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
_LEAF = re.compile(r"log/([0-9]{8})\.json")
_RECEIPT = re.compile(r"receipts/([0-9a-f]{64})\.txt")
_ENCRYPTED = 1
_STAMP = (1980, 1, 1, 0, 0, 0)


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
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _read(archive)
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error) as error:
        raise BundleMalformedError(reason="不是可读的证据包") from error


def _read(archive: zipfile.ZipFile) -> Bundle:
    infos = archive.infolist()
    if len(infos) > MAX_FILES or any(info.file_size > MAX_FILE_BYTES for info in infos):
        raise BundleMalformedError(reason="文件过多或过大")
    if sum(info.file_size for info in infos) > MAX_BUNDLE_BYTES:
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
        statement=archive.read(STATEMENT),
        checkpoint=archive.read(CHECKPOINT),
        leaves=tuple(archive.read(leaves[index]) for index in range(len(leaves))),
        receipts={name: archive.read(path) for name, path in receipts.items()},
    )
