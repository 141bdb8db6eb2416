"""The console's face, against a server that says what it likes."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest

from inspector.domain.delivery import BlobRef
from inspector.errors import BlobHashError, OfficeAnswerError
from inspector.sync.desk import DeskOffice
from tests.sync.scripted_server import Said
from tests.sync.test_transport import HELLO, said, speaking

START = said(HELLO, Inspector_Nonce="n")
DATA = b"age file " * 9
BLOB = BlobRef(sha256=sha256(DATA).hexdigest(), size=len(DATA))


def sent(body: bytes, status: int = 200) -> Said:
    return Said(status, {"Content-Type": "application/octet-stream", "Inspector-Nonce": "next"}, body)


def test_a_file_comes_as_it_is_and_from_where_it_stopped() -> None:
    with speaking(START, sent(DATA)) as (transport, _):
        sink = io.BytesIO()
        DeskOffice(transport).fetch_blob(BLOB, sink)
    assert sink.getvalue() == DATA
    with speaking(START, sent(DATA[7:], 206)) as (transport, script):
        sink = io.BytesIO()
        DeskOffice(transport).fetch_blob(BLOB, sink, offset=7)
    assert sink.getvalue() == DATA[7:]
    assert script.heard[-1].headers["Range"] == "bytes=7-"


@pytest.mark.parametrize("body", [b"", DATA[:-1]])
def test_a_file_shorter_than_its_envelope_says_is_named(body: bytes) -> None:
    with speaking(START, sent(body)) as (transport, _), pytest.raises(BlobHashError):
        DeskOffice(transport).fetch_blob(BLOB, io.BytesIO())


@pytest.mark.parametrize("extra", [1, 2, 10_000])
def test_a_file_longer_than_its_envelope_says_is_not_taken(extra: int) -> None:
    with speaking(START, sent(DATA + bytes(extra))) as (transport, _):
        sink = io.BytesIO()
        with pytest.raises((BlobHashError, OfficeAnswerError)):
            DeskOffice(transport).fetch_blob(BLOB, sink)
    assert len(sink.getvalue()) <= len(DATA) + 1


def test_the_whole_file_in_place_of_its_rest_is_not_taken() -> None:
    with speaking(START, sent(DATA)) as (transport, _), pytest.raises(OfficeAnswerError):
        DeskOffice(transport).fetch_blob(BLOB, io.BytesIO(), offset=7)


@pytest.mark.parametrize("indices", [[1, 2], [0, 2], [0, 0], [1, 0]])
def test_a_page_of_the_log_with_other_numbers_than_asked_for_is_not_taken(indices: list[int]) -> None:
    page = said({"entries": [{"index": index, "bytes": "YQ=="} for index in indices], "size": 9})
    with speaking(START, page) as (transport, _), pytest.raises(OfficeAnswerError):
        DeskOffice(transport).log_entries(0)
