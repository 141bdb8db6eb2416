"""An office in memory that keeps the real rules, a device in memory, and a script of faults between them.

    office = SimulatedOffice(cast, script="ok drop dup late 500 html 413 429 cut crash ok")

Each word is the fate of one request: `drop` loses the request, `late` loses the answer, `dup` delivers the
request twice, `cut` breaks in the middle of a file, `crash` kills the program before the request, `die` after
it. When the script ends, all is well.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import BinaryIO, TypeVar

from inspector.domain.delivery import (
    DELIVERY_TYPE,
    NO_PREVIOUS,
    BlobRef,
    Delivery,
    EntryKind,
    EntryStatus,
    LogHead,
)
from inspector.errors import (
    BlobHashError,
    BlobUndeclaredError,
    EntryForkError,
    EntryGapError,
    InspectorError,
    OfficeAnswerError,
    OfficeBusyError,
    OfficeFailedError,
    OfficeTimeoutError,
    OfficeUnreachableError,
    RequestTooLargeError,
    RequestUnknownError,
)
from inspector.trust import dsse
from inspector.trust.age_header import generate_identity, recipient_of
from inspector.trust.certificates import Certificate, Details, HolderKind, issue_certificate
from inspector.trust.keys import SigningKey
from inspector.trust.ledger import LogVerifier, Receipt, Tree, leaf_hash, sign_checkpoint
from inspector.trust.statement import (
    OfficeRecipient,
    OfficeStatement,
    RecipientRole,
    issue_statement,
)
from inspector.trust.strict_json import canonical, parse_object
from inspector.work.feed import FeedBody, compose_message
from inspector.work.ports import (
    Alarm,
    EntryResult,
    EntryState,
    FeedPage,
    FeedPosition,
    Gap,
    GivenReceipt,
    Hello,
    Holdings,
    OnBytes,
    OutboxEntry,
    Problem,
)

T = TypeVar("T")

NOW_MS = 1_795_000_000_000
DAY_MS = 24 * 3600 * 1000
DEVICE = "0192d3a4-0000-7000-8000-000000000001"
TENANT = "sample-office"
LOG_NAME = "log.sample-office"


class CrashError(Exception):
    """The program was killed here; what was durable stays."""


def key(name: str) -> SigningKey:
    """The same key for the same name."""
    return SigningKey(sha256(name.encode()).digest())


@dataclass(frozen=True, kw_only=True)
class Cast:
    """One office with one device."""

    root: SigningKey
    issuing: SigningKey
    feed: SigningKey
    log: SigningKey
    statement: OfficeStatement
    envelope: bytes
    device: SigningKey
    identity: str
    office_identity: str
    certificate: Certificate
    certificate_envelope: bytes

    @classmethod
    def new(cls, tenant: str = TENANT) -> Cast:
        root, issuing, feed, log = (key(f"{tenant} {duty}") for duty in ("root", "issuing", "feed", "log"))
        office_identity, device_identity = generate_identity(), generate_identity()
        statement = OfficeStatement(
            tenant=tenant,
            office="样例应急管理局",
            version=1,
            root=root.public,
            issuing=issuing.public,
            feed=feed.public,
            log=LogVerifier(name=LOG_NAME, key=log.public),
            recipients=(OfficeRecipient(role=RecipientRole.OFFICE, recipient=recipient_of(office_identity)),),
        )
        device = key(f"{tenant} device")
        certificate = Certificate(
            tenant=tenant,
            kind=HolderKind.DEVICE,
            id=DEVICE,
            key=device.public,
            recipient=recipient_of(device_identity),
            details_sha256=Details(salt=bytes(16), name="平板一").sha256,
            issued_ms=NOW_MS - DAY_MS,
        )
        return cls(
            root=root,
            issuing=issuing,
            feed=feed,
            log=log,
            statement=statement,
            envelope=issue_statement(statement, root),
            device=device,
            identity=device_identity,
            office_identity=office_identity,
            certificate=certificate,
            certificate_envelope=issue_certificate(certificate, issuing),
        )

    def rotated(self, **keys: SigningKey) -> Cast:
        """The same office with a next statement; `keys` by their duty."""
        changes: dict[str, object] = {duty: changed.public for duty, changed in keys.items() if duty != "log"}
        if "log" in keys:
            changes["log"] = LogVerifier(name=LOG_NAME, key=keys["log"].public)
        statement = replace(self.statement, version=self.statement.version + 1, **changes)
        envelope = issue_statement(statement, self.root)
        return replace(self, statement=statement, envelope=envelope, **keys)

    def message(self, body: FeedBody, *, n: int, prev: str, at_ms: int = NOW_MS) -> bytes:
        """One feed envelope to the device."""
        return compose_message(
            body,
            tenant=self.statement.tenant,
            device=self.certificate,
            n=n,
            prev=prev,
            feed=self.feed,
            at_ms=at_ms,
        )

    def messages(self, *bodies: FeedBody, at_ms: int = NOW_MS) -> list[bytes]:
        """A chain of feed envelopes from number 1."""
        chain: list[bytes] = []
        for body in bodies:
            prev = sha256(chain[-1]).hexdigest() if chain else NO_PREVIOUS
            chain.append(self.message(body, n=len(chain) + 1, prev=prev, at_ms=at_ms))
        return chain


class MemoryDevice:
    """`Outbox`, `Inbox` and `Pins` in memory; each change is whole or not at all."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self._entries: dict[int, OutboxEntry] = {}
        self._envelopes: dict[str, bytes] = {}
        self.blobs: dict[str, bytes] = {}
        self._last = (0, NO_PREVIOUS)
        self.receipts: dict[str, bytes] = {}
        self.kept: dict[int, bytes] = {}
        self._position = FeedPosition(n=0, head=NO_PREVIOUS, at_ms=0)
        self._statement = cast.envelope
        self._head: LogHead | None = None
        self._note = b""
        self.alarms: dict[tuple[str, str | None], Alarm] = {}

    def seal(self, *files: bytes, kind: EntryKind = EntryKind.RECORD, body: bytes = b"sealed") -> str:
        """Seal one more entry with these (already sealed) files; gives its hash."""
        seq, prev = self._last[0] + 1, self._last[1]
        blobs = tuple(
            BlobRef(sha256=sha256(data).hexdigest(), size=len(data)) for data in dict.fromkeys(files)
        )
        delivery = Delivery(
            tenant=self.cast.statement.tenant,
            device=DEVICE,
            seq=seq,
            prev=prev,
            record=f"record-{seq}",
            kind=kind,
            at_ms=NOW_MS,
            body=body,
            blobs=blobs,
            checkpoint=self._head,
        )
        return self.append(
            dsse.sign(canonical(delivery.to_payload()), DELIVERY_TYPE, [self.cast.device]), files
        )

    def append(self, envelope: bytes, files: Iterable[bytes] = ()) -> str:
        """Take in a sealed envelope."""
        delivery = Delivery.from_payload(parse_object(dsse.peek(envelope).payload))
        name = sha256(envelope).hexdigest()
        self.blobs |= {sha256(data).hexdigest(): data for data in files}
        self._envelopes[name] = envelope
        self._entries[delivery.seq] = OutboxEntry(
            seq=delivery.seq,
            sha256=name,
            size=len(envelope),
            record=delivery.record,
            blobs=delivery.blobs,
            state=EntryState.WAITING,
        )
        self._last = (delivery.seq, name)
        return name

    def state(self, name: str) -> EntryState:
        """How far an entry has come."""
        return next(entry.state for entry in self._entries.values() if entry.sha256 == name)

    def codes(self) -> set[str]:
        """Codes of all alarms."""
        return {code for code, _ in self.alarms}

    def copy(self) -> MemoryDevice:
        """The memory as it is now, for putting an older one back."""
        return copy.deepcopy(self)

    # Outbox

    def last_seq(self) -> int:
        return self._last[0]

    def entries(self) -> Sequence[OutboxEntry]:
        return tuple(self._entries[seq] for seq in sorted(self._entries))

    def envelope(self, name: str) -> bytes:
        return self._envelopes[name]

    def open_blob(self, name: str) -> BinaryIO:
        return io.BytesIO(self.blobs[name])

    def mark_waiting(self, hashes: Sequence[str]) -> None:
        for name in hashes:
            self._change(name, state=EntryState.WAITING, index=None, received_ms=None)

    def mark_sent(self, hashes: Sequence[str]) -> None:
        for name in hashes:
            if self.state(name) is not EntryState.ACKNOWLEDGED:
                self._change(name, state=EntryState.SENT)

    def keep_receipt(self, name: str, receipt: bytes, *, index: int, at_ms: int) -> None:
        self.receipts[name] = receipt
        self._change(name, state=EntryState.RECEIVED, index=index, received_ms=at_ms)

    def set_aside(self, name: str, problem: Problem) -> None:
        self._change(name, state=EntryState.SET_ASIDE, problem=problem)

    def acknowledge(self, name: str, *, at_ms: int) -> None:
        self._change(name, state=EntryState.ACKNOWLEDGED)

    def _change(self, name: str, **changes: object) -> None:
        entry = next(entry for entry in self._entries.values() if entry.sha256 == name)
        self._entries[entry.seq] = replace(entry, **changes)  # type: ignore[arg-type]

    # Inbox

    def position(self) -> FeedPosition:
        return self._position

    def keep(self, n: int, envelope: bytes) -> None:
        assert self.kept.get(n, envelope) == envelope
        self.kept[n] = envelope

    def advance(self, position: FeedPosition) -> None:
        assert position.n in self.kept, "the position must not move before the message is kept"
        self._position = position

    # Pins

    def statement(self) -> bytes:
        return self._statement

    def pin_statement(self, envelope: bytes) -> None:
        self._statement = envelope

    def checkpoint(self) -> LogHead | None:
        return self._head

    def checkpoint_note(self) -> bytes:
        return self._note

    def pin_checkpoint(self, head: LogHead, note: bytes) -> None:
        self._head, self._note = head, note

    def raise_alarm(self, alarm: Alarm) -> None:
        self.alarms[alarm.code, alarm.entry] = alarm


class SimulatedOffice:
    """The server's rules in memory: chain, gaps, blobs, log, receipts, feed."""

    def __init__(self, cast: Cast, script: str = "") -> None:
        self.cast = cast
        self.fates: Iterator[str] = iter(script.split())
        self.entries: dict[int, str] = {}
        self.envelopes: dict[str, bytes] = {}
        self.declared: dict[str, tuple[BlobRef, ...]] = {}
        self.blobs: dict[str, bytes] = {}
        self.partial: dict[str, bytes] = {}
        self.leaves: list[bytes] = []
        self.messages: list[bytes] = []
        self.arrivals: list[str] = []
        self.bytes_taken = 0
        self.shown: list[bytes] = []

    def restored(self) -> SimulatedOffice:
        """The office as a backup holds it now."""
        fates, self.fates = self.fates, iter(())
        backup = copy.deepcopy(self)
        self.fates = fates
        return backup

    def is_complete(self, name: str) -> bool:
        return all(blob.sha256 in self.blobs for blob in self.declared[name])

    def tree(self) -> Tree:
        return Tree(leaf_hash(leaf) for leaf in self.leaves)

    def note(self, size: int | None = None) -> bytes:
        """The signed checkpoint at a size."""
        tree = self.tree()
        size = tree.size if size is None else size
        return sign_checkpoint(LOG_NAME, size, tree.root_at(size), self.cast.log)

    # The port

    def hang_up(self) -> None:
        """No request takes any time here."""

    def hello(self) -> Hello:
        return self._call(
            lambda: Hello(
                tenant=self.cast.statement.tenant,
                audience="office.sample",
                statement=self.cast.envelope,
                time_ms=NOW_MS,
            )
        )

    def checkpoint(self) -> bytes:
        return self._call(self.note)

    def show_checkpoint(self, note: bytes) -> None:
        self._call(lambda: self.shown.append(note))

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        return self._call(lambda: self._consistency(first, second))

    def have(self, last_seq: int, hashes: Sequence[str]) -> Holdings:
        return self._call(lambda: self._have(hashes))

    def send_entries(self, envelopes: Sequence[bytes], gaps: Sequence[Gap]) -> tuple[EntryResult, ...]:
        return self._call(lambda: tuple(self._take(envelope, gaps) for envelope in envelopes))

    def send_blob(self, blob: BlobRef, source: BinaryIO, on_bytes: OnBytes) -> None:
        fate = next(self.fates, "ok")
        if fate == "cut":
            already = len(self.partial.get(blob.sha256, b""))
            source.seek(already)
            piece = source.read(max(1, (blob.size - already) // 2))
            self.partial[blob.sha256] = self.partial.get(blob.sha256, b"") + piece
            self.bytes_taken += len(piece)
            raise OfficeUnreachableError
        self._fated(fate, lambda: self._take_blob(blob, source, on_bytes))

    def receipts(self, hashes: Sequence[str]) -> tuple[GivenReceipt, ...]:
        return self._call(lambda: self._receipts(hashes))

    def feed(self, after: int) -> FeedPage:
        return self._call(
            lambda: FeedPage(
                messages=tuple(self.messages[after : after + 3]), more=after + 3 < len(self.messages)
            )
        )

    # The rules

    def _consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        if not 0 <= first <= second <= len(self.leaves):
            raise RequestUnknownError(what="日志大小")
        return self.tree().consistency_proof(first, second)

    def _have(self, hashes: Sequence[str]) -> Holdings:
        last = max(self.entries, default=0)
        missing = frozenset(name for name in hashes if name not in self.envelopes and name not in self.blobs)
        return Holdings(last_seq=last, head=self.entries.get(last, NO_PREVIOUS), missing=missing)

    def _take(self, envelope: bytes, gaps: Sequence[Gap]) -> EntryResult:
        name = sha256(envelope).hexdigest()
        if name in self.envelopes:
            return EntryResult(sha256=name, status=EntryStatus.DUPLICATE, missing=self._missing(name))
        try:
            self._check(envelope, name, gaps)
        except EntryForkError as error:
            return EntryResult(sha256=name, status=EntryStatus.FORK, problem=Problem.of(error))
        except InspectorError as error:
            return EntryResult(sha256=name, status=EntryStatus.REJECTED, problem=Problem.of(error))
        self.leaves.append(envelope)
        self.arrivals.append(name)
        self.bytes_taken += len(envelope)
        missing = self._missing(name)
        status = EntryStatus.AWAITING_BLOBS if missing else EntryStatus.ACCEPTED
        return EntryResult(sha256=name, status=status, missing=missing)

    def _check(self, envelope: bytes, name: str, gaps: Sequence[Gap]) -> None:
        verified = dsse.verify(envelope, DELIVERY_TYPE, [self.cast.device.public])
        delivery = Delivery.from_payload(parse_object(verified.payload))
        if delivery.seq in self.entries:
            raise EntryForkError(seq=delivery.seq)
        known = {gap.seq: gap.sha256 for gap in gaps} | self.entries
        expected = next(seq for seq in range(1, delivery.seq + 1) if seq not in known or seq == delivery.seq)
        if expected != delivery.seq or known.get(delivery.seq - 1, NO_PREVIOUS) != delivery.prev:
            raise EntryGapError(expected=expected, seq=delivery.seq)
        self.entries[delivery.seq] = name
        self.envelopes[name] = envelope
        self.declared[name] = delivery.blobs

    def _missing(self, name: str) -> tuple[str, ...]:
        return tuple(blob.sha256 for blob in self.declared[name] if blob.sha256 not in self.blobs)

    def _take_blob(self, blob: BlobRef, source: BinaryIO, on_bytes: OnBytes) -> None:
        if not any(blob in blobs for blobs in self.declared.values()):
            raise BlobUndeclaredError(sha256=blob.sha256)
        before = self.partial.pop(blob.sha256, b"")
        source.seek(len(before))
        rest = source.read()
        self.bytes_taken += len(rest)
        if sha256(before + rest).hexdigest() != blob.sha256:
            raise BlobHashError(sha256=blob.sha256)
        self.blobs[blob.sha256] = before + rest
        on_bytes(blob.size)

    def _receipts(self, hashes: Sequence[str]) -> tuple[GivenReceipt, ...]:
        names = [name for name in hashes if name in self.envelopes and self.is_complete(name)]
        tree, note = self.tree(), self.note()
        return tuple(GivenReceipt(entry=name, receipt=self._receipt(name, tree, note)) for name in names)

    def _receipt(self, name: str, tree: Tree, note: bytes) -> bytes:
        index = self.leaves.index(self.envelopes[name])
        proof = tree.inclusion_proof(index, tree.size)
        return Receipt(index=index, proof=proof, checkpoint=note).to_bytes()

    # Fate

    def _call(self, act: Callable[[], T]) -> T:
        return self._fated(next(self.fates, "ok"), act)

    def _fated(self, fate: str, act: Callable[[], T]) -> T:
        before: dict[str, Callable[[], Exception]] = {
            "drop": OfficeUnreachableError,
            "cut": OfficeUnreachableError,
            "500": OfficeFailedError,
            "html": lambda: OfficeAnswerError(reason="text/html"),
            "413": RequestTooLargeError,
            "429": lambda: OfficeBusyError(retry_after_s=7),
            "crash": CrashError,
        }
        after: dict[str, Callable[[], Exception]] = {"late": OfficeTimeoutError, "die": CrashError}
        if fate in before:
            raise before[fate]()
        answer = act()
        if fate in after:
            raise after[fate]()
        return act() if fate == "dup" else answer
