"""Sending one sealed file: in one request when short, otherwise as a resumable upload (tus 1.0.0).

* The server gives a device the same unfinished upload again when asked for the same hash, so that nothing
  needs to be remembered here between two runs of the program.
* A piece that failed leaves the server's offset in doubt: it is asked for before anything else is sent.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import BinaryIO
from urllib.parse import urlsplit

from inspector.domain.delivery import BlobRef
from inspector.errors import (
    AvailabilityError,
    BlobHashError,
    OfficeAnswerError,
    RequestTooLargeError,
    UploadOffsetError,
)
from inspector.sync import protocol
from inspector.sync.chunks import ChunkSize
from inspector.sync.transport import Transport
from inspector.work.ports import OnBytes

MAX_LOST_PLACES = 16
"""How often one upload may fail to move on before the server is not believed any more."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_OFFSET = re.compile(r"0|[1-9][0-9]{0,15}")
_TUS = {protocol.TUS_RESUMABLE: protocol.TUS_VERSION}


class Uploader:
    """Sends sealed files over one connection, and remembers how large a piece the line bears."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._chunk = ChunkSize()

    def send(self, blob: BlobRef, source: BinaryIO, on_bytes: OnBytes) -> None:
        """Send `source`, whose bytes `blob` names, from wherever the server already is.

        Raises:
            InspectorError: what the server refused with; an `AvailabilityError` if the line broke.
        """
        if blob.size > protocol.MAX_PUT_BYTES:
            self._resume(blob, source, on_bytes)
            return
        try:
            self._put(blob, source, on_bytes)
        except RequestTooLargeError:
            self._resume(blob, source, on_bytes)

    def _put(self, blob: BlobRef, source: BinaryIO, on_bytes: OnBytes) -> None:
        source.seek(0)
        content = source.read(blob.size + 1)
        self._transport.call(
            "PUT",
            protocol.blob_path(blob.sha256),
            body=content,
            headers={"Content-Type": protocol.BLOB_TYPE},
        )
        on_bytes(blob.size)

    def _resume(self, blob: BlobRef, source: BinaryIO, on_bytes: OnBytes) -> None:
        path, offset = self._begun(blob)
        on_bytes(offset)
        lost_places = 0
        while offset < blob.size:
            reached = self._piece(path, blob, source, offset)
            lost_places += reached <= offset
            if lost_places > MAX_LOST_PLACES:
                raise OfficeAnswerError(reason="续传的位置反复变动")
            on_bytes(reached - offset)
            offset = reached

    def _begun(self, blob: BlobRef) -> tuple[str, int]:
        """Path and offset of the upload, new or found again."""
        metadata = "sha256 " + b64encode(blob.sha256.encode("ascii")).decode("ascii")
        headers = {
            **_TUS,
            protocol.UPLOAD_LENGTH: str(blob.size),
            protocol.UPLOAD_METADATA: metadata,
        }
        answer = self._transport.call("POST", protocol.UPLOADS, headers=headers)
        path = _upload_path(answer.headers.get("Location"))
        if protocol.UPLOAD_OFFSET in answer.headers:
            return path, _offset(answer.headers, blob.size)
        return path, self._offset_at(path, blob.size)

    def _offset_at(self, path: str, size: int) -> int:
        return _offset(self._transport.call("HEAD", path, headers=_TUS).headers, size)

    def _piece(self, path: str, blob: BlobRef, source: BinaryIO, offset: int) -> int:
        """Send one piece; gives the offset reached."""
        source.seek(offset)
        piece = source.read(min(self._chunk.size_bytes, blob.size - offset))
        if not piece:
            raise BlobHashError(sha256=blob.sha256)  # the file here is shorter than its envelope says
        headers = {
            **_TUS,
            "Content-Type": protocol.TUS_CHUNK_TYPE,
            protocol.UPLOAD_OFFSET: str(offset),
        }
        try:
            self._transport.call("PATCH", path, body=piece, headers=headers)
        except UploadOffsetError:
            return self._offset_at(path, blob.size)
        except RequestTooLargeError:
            if self._chunk.is_least:
                raise
            self._chunk = self._chunk.halved()
            return offset
        except AvailabilityError:
            self._chunk = self._chunk.halved()
            raise
        self._chunk = self._chunk.doubled()
        return offset + len(piece)


def _upload_path(location: str | None) -> str:
    """The path of an upload on our own server, whatever else the header says.

    Raises:
        OfficeAnswerError: it names no upload.
    """
    path = urlsplit(location or "").path
    folder, _, name = path.rpartition("/")
    if folder != protocol.UPLOADS or not _ID.fullmatch(name):
        raise OfficeAnswerError(reason="没有给出上传的位置")
    return protocol.upload_path(name)


def _offset(headers: Mapping[str, str], size: int) -> int:
    text = headers.get(protocol.UPLOAD_OFFSET, "")
    if not _OFFSET.fullmatch(text) or int(text) > size:
        raise OfficeAnswerError(reason="没有给出续传的位置")
    return int(text)
