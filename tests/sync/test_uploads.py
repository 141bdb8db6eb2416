"""Resumable uploads against a server that says what it likes."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest

from inspector.domain.delivery import BlobRef
from inspector.errors import (
    BlobHashError,
    ExchangeCancelledError,
    OfficeAnswerError,
    OfficeFailedError,
    RequestTooLargeError,
    UploadOffsetError,
)
from inspector.sync.chunks import ChunkSize
from inspector.sync.protocol import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES
from inspector.sync.uploads import Uploader
from tests.sync.scripted_server import Said
from tests.sync.test_transport import HELLO, problem, said, speaking

KIB = 1024
DATA = bytes(range(256)) * 8 * KIB  # 2 MiB
BLOB = BlobRef(sha256=sha256(DATA).hexdigest(), size=len(DATA))
START = said(HELLO, Inspector_Nonce="n")


def begun(offset: int | None = 0) -> Said:
    headers = {"Location": "/api/v1/uploads/abc", "Inspector-Nonce": "n"}
    if offset is not None:
        headers["Upload-Offset"] = str(offset)
    return Said(201, headers, b"")


def at(offset: int) -> Said:
    return Said(
        200, {"Upload-Offset": str(offset), "Upload-Length": str(len(DATA)), "Inspector-Nonce": "n"}, b""
    )


TAKEN = Said(204, {"Inspector-Nonce": "n"}, b"")


def test_pieces_grow_while_they_arrive_and_every_byte_is_sent_once() -> None:
    with speaking(START, begun(), *[TAKEN] * 9) as (transport, script):
        counted: list[int] = []
        Uploader(transport).send(BLOB, io.BytesIO(DATA), counted.append)
    pieces = [heard for heard in script.heard if heard.method == "PATCH"]
    assert [len(piece.body) // KIB for piece in pieces] == [256, 512, 1024, 256]
    assert b"".join(piece.body for piece in pieces) == DATA
    assert [int(piece.headers["Upload-Offset"]) for piece in pieces] == [0, 262_144, 786_432, 1_835_008]
    assert sum(counted) == len(DATA)


def test_an_upload_goes_on_where_the_server_is() -> None:
    for answers in ([begun(2_000_000)], [begun(None), at(2_000_000)]):
        with speaking(START, *answers, TAKEN) as (transport, script):
            Uploader(transport).send(BLOB, io.BytesIO(DATA), lambda count: None)
        assert script.heard[-1].body == DATA[2_000_000:]


def test_a_wrong_offset_is_asked_for_again() -> None:
    conflict = problem(UploadOffsetError(offset=1_900_000), 409, Inspector_Nonce="n")
    with speaking(START, begun(), conflict, at(1_900_000), TAKEN) as (transport, script):
        Uploader(transport).send(BLOB, io.BytesIO(DATA), lambda count: None)
    assert script.heard[-1].body == DATA[1_900_000:]


def test_a_server_that_moves_the_offset_for_ever_is_not_followed_for_ever() -> None:
    turns = [problem(UploadOffsetError(offset=0), 409, Inspector_Nonce="n"), at(0)] * 40
    with speaking(START, begun(), *turns) as (transport, script):
        with pytest.raises(OfficeAnswerError):
            Uploader(transport).send(BLOB, io.BytesIO(DATA), lambda count: None)
        assert len(script.heard) < 40


def test_too_large_a_piece_is_halved_down_to_the_least() -> None:
    refused = problem(RequestTooLargeError(), 413, Inspector_Nonce="n")
    with speaking(START, begun(), TAKEN, TAKEN, refused, refused, *[TAKEN] * 9) as (transport, script):
        Uploader(transport).send(BLOB, io.BytesIO(DATA), lambda count: None)
    sizes = [len(heard.body) // KIB for heard in script.heard if heard.method == "PATCH"]
    assert sizes[:5] == [256, 512, 1024, 512, 256]
    with speaking(START, begun(), refused, refused) as (transport, _), pytest.raises(RequestTooLargeError):
        Uploader(transport).send(BLOB, io.BytesIO(DATA), lambda count: None)


def test_a_failure_halves_the_next_piece() -> None:
    failed = problem(OfficeFailedError(), 500, Inspector_Nonce="n")
    with speaking(START, begun(), TAKEN, TAKEN, failed, begun(786_432), *[TAKEN] * 9) as (transport, script):
        uploader = Uploader(transport)
        with pytest.raises(OfficeFailedError):
            uploader.send(BLOB, io.BytesIO(DATA), lambda count: None)
        uploader.send(BLOB, io.BytesIO(DATA), lambda count: None)
    sizes = [len(heard.body) // KIB for heard in script.heard if heard.method == "PATCH"]
    assert sizes[:4] == [256, 512, 1024, 512]


def test_a_short_file_goes_in_one_request_unless_that_is_too_large() -> None:
    data = DATA[: 900 * KIB]
    blob = BlobRef(sha256=sha256(data).hexdigest(), size=len(data))
    with speaking(START, said({}, 201)) as (transport, script):
        Uploader(transport).send(blob, io.BytesIO(data), lambda count: None)
    assert script.heard[-1].method == "PUT"
    assert script.heard[-1].body == data
    refused = problem(RequestTooLargeError(), 413, Inspector_Nonce="n")
    with speaking(START, refused, begun(), TAKEN, TAKEN, TAKEN) as (transport, script):
        Uploader(transport).send(blob, io.BytesIO(data), lambda count: None)
    assert b"".join(heard.body for heard in script.heard if heard.method == "PATCH") == data


def test_an_upload_can_be_stopped_between_pieces() -> None:
    def stop(_count: int) -> None:
        raise ExchangeCancelledError

    with speaking(START, begun(), *[TAKEN] * 9) as (transport, script):
        with pytest.raises(ExchangeCancelledError):
            Uploader(transport).send(BLOB, io.BytesIO(DATA), stop)
        assert len(script.heard) == 2


def test_a_file_shorter_than_its_envelope_says_is_named() -> None:
    with speaking(START, begun(), *[TAKEN] * 9) as (transport, _), pytest.raises(BlobHashError):
        Uploader(transport).send(BLOB, io.BytesIO(DATA[:1000]), lambda count: None)


@pytest.mark.parametrize(
    "location", ["", "/api/v1/uploads/", "/api/v1/uploads/../x", "/elsewhere/abc", "//evil/x", "a b"]
)
def test_a_place_that_is_no_upload_of_ours_is_not_used(location: str) -> None:
    answer = Said(201, {"Location": location, "Upload-Offset": "0", "Inspector-Nonce": "n"}, b"")
    with speaking(START, answer) as (transport, _), pytest.raises(OfficeAnswerError):
        Uploader(transport).send(BLOB, io.BytesIO(DATA), lambda count: None)


@pytest.mark.parametrize("offset", ["-1", "x", "1e3", "99999999", "００"])
def test_an_offset_that_is_none_is_not_used(offset: str) -> None:
    answer = Said(201, {"Location": "/api/v1/uploads/a", "Inspector-Nonce": "n"}, b"")
    place = Said(200, {"Upload-Offset": offset.encode().decode("latin-1"), "Inspector-Nonce": "n"}, b"")
    with speaking(START, answer, place) as (transport, _), pytest.raises(OfficeAnswerError):
        Uploader(transport).send(BLOB, io.BytesIO(DATA), lambda count: None)


def test_the_size_of_pieces_stays_within_its_bounds() -> None:
    size = ChunkSize()
    for _ in range(10):
        size = size.doubled()
    assert size.size_bytes == MAX_CHUNK_BYTES
    for _ in range(10):
        size = size.halved()
    assert size.size_bytes == MIN_CHUNK_BYTES
    assert size.is_least
