"""The wire between tablets, console and office server: paths, headers, limits, and who asks.

* Both ends import this module; `docs/formats/sync.md` is its prose.
* A request is authorised by a DSSE statement over the server's nonce, the audience, the method, the path with
  its query, and the SHA-256 of the body. No clock and no session is involved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from inspector.domain.message_fields import MessageFields
from inspector.errors import RequestStatementError
from inspector.trust import dsse
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.radix import base64_url_bytes, base64_url_text
from inspector.trust.strict_json import canonical, parse_object

API: Final = "/api/v1"

HELLO: Final = f"{API}/hello"
HAVE: Final = f"{API}/have"
ENTRIES: Final = f"{API}/entries"
BLOBS: Final = f"{API}/blobs"
UPLOADS: Final = f"{API}/uploads"
RECEIPTS: Final = f"{API}/receipts"
FEED: Final = f"{API}/feed"
LOG_CHECKPOINT: Final = f"{API}/log/checkpoint"
LOG_CONSISTENCY: Final = f"{API}/log/consistency"
LOG_ENTRIES: Final = f"{API}/log/entries"
LOG_REFILL: Final = f"{API}/log/refill"
LOG_ASIDE: Final = f"{API}/log/aside"
ENROLMENTS: Final = f"{API}/enrolments"

AUTHORIZATION: Final = "Authorization"
SCHEME: Final = "Inspector"
NONCE_HEADER: Final = "Inspector-Nonce"
RETRY_AFTER: Final = "Retry-After"

JSON_TYPE: Final = "application/json"
CHECKPOINT_TYPE: Final = "text/plain"
BLOB_TYPE: Final = "application/octet-stream"

TUS_RESUMABLE: Final = "Tus-Resumable"
TUS_VERSION: Final = "1.0.0"
TUS_CHUNK_TYPE: Final = "application/offset+octet-stream"
UPLOAD_OFFSET: Final = "Upload-Offset"
UPLOAD_LENGTH: Final = "Upload-Length"
UPLOAD_METADATA: Final = "Upload-Metadata"

REQUEST_TYPE: Final = "application/vnd.inspector.request.v1+json"
"""Payload type of the statement that authorises one request."""

NONCE_LIFETIME_MS: Final = 5 * 60 * 1000

MAX_HAVE: Final = 500
"""Hashes in one question."""
MAX_ENTRIES: Final = 50
MAX_ENTRIES_BYTES: Final = 1024 * 1024
"""Of the envelopes of one batch before base64; a single envelope may be as long as `MAX_ENVELOPE_BYTES`."""
MAX_ENVELOPE_BYTES: Final = 768 * 1024
MAX_BODY_BYTES: Final = 2 * 1024 * 1024
"""Of any JSON request body."""
MAX_PUT_BYTES: Final = 1024 * 1024
"""Of a blob in one `PUT`; longer ones go by resumable upload."""
MIN_CHUNK_BYTES: Final = 256 * 1024
MAX_CHUNK_BYTES: Final = 4 * 1024 * 1024
MAX_RECEIPTS: Final = 200
MAX_FEED: Final = 100
MAX_FEED_MESSAGE_BYTES: Final = 1024 * 1024
MAX_LOG_ENTRIES: Final = 200
MAX_PROOF: Final = 64
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
"""Of any JSON answer; a server ends a page of feed or log before it grows beyond this."""
MAX_ENROLMENT_BYTES: Final = 64 * 1024
"""Of an offer, a request or a response."""
MAX_AUTHORIZATION_BYTES: Final = 4096
UNFINISHED_QUOTA_BYTES: Final = 2 * 1024 * 1024 * 1024
BLOB_EXPIRY_MS: Final = 7 * 24 * 3600 * 1000


def blob_path(blob_sha256: str) -> str:
    """Path of one blob."""
    return f"{BLOBS}/{blob_sha256}"


def upload_path(upload_id: str) -> str:
    """Path of one resumable upload."""
    return f"{UPLOADS}/{upload_id}"


def feed_path(after: int, limit: int) -> str:
    """Path and query for the messages after number `after`."""
    return f"{FEED}?after={after}&limit={limit}"


def feed_of_path(device: str, after: int = 0, limit: int = MAX_FEED) -> str:
    """Path and query with which the console reads what it told a device."""
    return f"{FEED}/{device}?after={after}&limit={limit}"


def consistency_path(first: int, second: int) -> str:
    """Path and query for the proof that the log of size `first` is the beginning of that of size `second`."""
    return f"{LOG_CONSISTENCY}?first={first}&second={second}"


def log_entries_path(start: int, limit: int) -> str:
    """Path and query for the leaves from index `start`."""
    return f"{LOG_ENTRIES}?start={start}&limit={limit}"


def log_aside_path(after: int) -> str:
    """Path and query for what the server kept out of the log, from its number `after` on."""
    return f"{LOG_ASIDE}?after={after}"


def enrolment_path(enrolment_id: str, part: str = "") -> str:
    """Path of an invitation or of its `offer`, `request` or `response`."""
    return f"{ENROLMENTS}/{enrolment_id}/{part}" if part else f"{ENROLMENTS}/{enrolment_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatement:
    """What a client signs to make one request.

    Attributes:
        nonce: handed out by the server, valid once.
        audience: the server's own name, from `hello`.
        method: in capitals.
        path: with the query, as on the request line.
        sha256: of the body's bytes; of nothing for no body.
    """

    nonce: str
    audience: str
    method: str
    path: str
    sha256: str

    def to_payload(self) -> dict[str, object]:
        """The JSON object to be signed."""
        return {
            "v": 1,
            "nonce": self.nonce,
            "audience": self.audience,
            "method": self.method,
            "path": self.path,
            "sha256": self.sha256,
        }

    @classmethod
    def from_payload(cls, value: Mapping[str, object]) -> RequestStatement:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError: another shape.
        """
        fields = MessageFields.of(value, "请求声明", "v nonce audience method path sha256")
        fields.number("v", least=1, most=1)
        return cls(
            nonce=fields.text("nonce", most=128),
            audience=fields.text("audience", most=256),
            method=fields.text("method", most=8),
            path=fields.text("path", most=1024),
            sha256=fields.sha256("sha256"),
        )

    def check(self, *, audience: str, method: str, path: str, body_sha256: str) -> None:
        """Accept the statement for the request at hand; the nonce is the server's own affair.

        Raises:
            RequestStatementError: it was signed for another request.
        """
        if self.audience != audience:
            raise RequestStatementError(reason="不是发给这台服务器的")
        if (self.method, self.path) != (method, path):
            raise RequestStatementError(reason="不是这个请求的")
        if self.sha256 != body_sha256:
            raise RequestStatementError(reason="内容与声明不符")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenRequest:
    """A statement and the id of the key that signed it."""

    statement: RequestStatement
    key_id: str


def authorization(statement: RequestStatement, key: SigningKey) -> str:
    """The value of the `Authorization` header."""
    envelope = dsse.sign(canonical(statement.to_payload()), REQUEST_TYPE, [key])
    return f"{SCHEME} {base64_url_text(envelope)}"


def authorization_envelope(header: str) -> bytes:
    """The envelope that an `Authorization` header carries, unchecked.

    Raises:
        RequestStatementError: no header of this scheme, or too long.
        MessageMalformedError: not URL-safe base64.
    """
    scheme, _, token = header.partition(" ")
    if scheme != SCHEME or not token or len(header) > MAX_AUTHORIZATION_BYTES:
        raise RequestStatementError(reason="缺少签名声明")
    return base64_url_bytes(token)


def claimed_key_id(header: str) -> str:
    """The id of the key that the header says it was signed with: a hint for the look-up, proving nothing.

    Raises:
        RequestStatementError: no header of this scheme, or not exactly one signature.
        MessageMalformedError: not an envelope.
    """
    signatures = dsse.peek(authorization_envelope(header)).signatures
    if len(signatures) != 1:
        raise RequestStatementError(reason="应有且只有一个签名")
    return signatures[0].key_id


def proven_request(header: str, keys: Iterable[VerifyKey]) -> ProvenRequest:
    """The statement of an `Authorization` header that one of `keys` has signed.

    `RequestStatement.check` and the nonce remain to be done.

    Raises:
        RequestStatementError: no header of this scheme.
        MessageMalformedError: neither envelope nor statement.
        PayloadTypeError, SignatureInvalidError, SignerUnknownError: as `dsse.verify`.
    """
    verified = dsse.verify(authorization_envelope(header), REQUEST_TYPE, keys)
    statement = RequestStatement.from_payload(parse_object(verified.payload))
    return ProvenRequest(statement=statement, key_id=verified.key_ids[0])


def body_sha256(body: bytes) -> str:
    """The hash that a statement names for `body`."""
    return sha256(body).hexdigest()
