"""Sending what the office lacks: compare, hand in envelopes in their order, then the sealed files.

* What is sent is what was stored; nothing is made anew.
* One refused entry is set aside with its reason and named as a gap; those behind it go on.
* What the server says it has is only noted as sent; a receipt has to prove it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter

from inspector.domain.delivery import BlobRef, EntryStatus
from inspector.errors import (
    AvailabilityError,
    BlobUndeclaredError,
    DeviceRolledBackError,
    EntryForkError,
    EntryUnansweredError,
    InspectorError,
    ReceiptBrokenError,
    RequestTooLargeError,
    RequestUnknownError,
    UploadQuotaError,
    UploadUnknownError,
    error_class,
)
from inspector.work.ports import EntryResult, EntryState, Gap, Holdings, OutboxEntry, Problem
from inspector.work.round import Pausing, Round, Step

MAX_HASHES = 500
"""In one question to the server."""
MAX_BATCH = 50
MAX_BATCH_BYTES = 1024 * 1024
MAX_GAPS = 1000
MAX_REFUSED = 8
"""Whole requests refused, and none accepted, before the round ends instead of setting more entries aside."""
SPOT_CHECK = 400
"""How many receipted entries and files are asked for in each round, in case the server lost them since."""

_MINUTE_MS = 60_000
_PASSING = (RequestTooLargeError, UploadQuotaError, UploadUnknownError)
"""Refusals of a file that say nothing against its entry."""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What one round has to send.

    Attributes:
        entries: envelopes that the server lacks, in the order of `seq`.
        gaps: entries set aside, which the server must not wait for.
        missing: sealed files that the server lacks.
    """

    entries: tuple[OutboxEntry, ...]
    gaps: tuple[Gap, ...]
    missing: set[str] = field(default_factory=set)


def compare(round_: Round) -> Plan:
    """Ask what the server has and lacks.

    Raises:
        DeviceRolledBackError: it has newer entries of this device than the device itself.
        AvailabilityError, Pausing: as `Round.ask`.
    """
    round_.at(Step.COMPARING)
    held = tuple(round_.outbox.entries())
    last_seq = round_.outbox.last_seq()
    holdings = _holdings(round_, last_seq, list(_doubtful(held, round_.now_ms)))
    if holdings.last_seq > last_seq:
        raise DeviceRolledBackError(known=holdings.last_seq, held=last_seq)
    _check_head(round_, held, holdings)
    lost = [entry for entry in held if _is_lost(entry, holdings)]
    _take_back(round_, lost)
    unsent = [entry for entry in held if entry.state in (EntryState.WAITING, EntryState.SENT)]
    there = {entry.sha256 for entry in unsent if entry.sha256 not in holdings.missing}
    if there:
        round_.outbox.mark_sent(sorted(there))
    to_send = {entry.seq: entry for entry in [*unsent, *lost] if entry.sha256 not in there}
    return Plan(
        entries=tuple(to_send[seq] for seq in sorted(to_send)),
        gaps=tuple(
            Gap(seq=entry.seq, sha256=entry.sha256)
            for entry in held
            if entry.state is EntryState.SET_ASIDE and entry.seq > holdings.last_seq
        ),
        missing=set(holdings.missing).union(*(_blob_names(entry) for entry in lost)),
    )


def hand_in(round_: Round, plan: Plan) -> None:
    """Send the envelopes of `plan`; its `missing` files follow from the answers.

    Raises:
        AvailabilityError, Pausing: as `Round.ask`; what was answered before is noted.
    """
    round_.at(Step.ENTRIES)
    sizes = {blob.sha256: blob.size for entry in round_.outbox.entries() for blob in entry.blobs}
    files = sum(size for name, size in sizes.items() if name in plan.missing)
    round_.expect_bytes(sum(entry.size for entry in plan.entries) + files)
    queue = list(_batches(plan.entries))[::-1]
    while queue:
        batch = queue.pop()
        try:
            queue += _hand_in_batch(round_, plan, batch)
        except (AvailabilityError, Pausing, RequestUnknownError):
            raise
        except InspectorError as error:
            if len(batch) > 1:
                # Something in it is refused before it is looked at one by one: find out what.
                half = len(batch) // 2
                queue += [batch[half:], batch[:half]]
            elif not round_.sent and round_.set_aside_count >= MAX_REFUSED:
                raise  # it refuses everything: that is not the entries' fault
            else:
                _leave_out(round_, plan, batch[0], Problem.of(error))


def send_blobs(round_: Round, plan: Plan) -> None:
    """Send the files that the server lacks, in the order of their entries.

    Raises:
        AvailabilityError, Pausing: as `Round.ask`; what was sent stays sent.
    """
    for entry in round_.outbox.entries():
        if entry.state in (EntryState.WAITING, EntryState.SET_ASIDE):
            continue
        wanted = [blob for blob in entry.blobs if blob.sha256 in plan.missing]
        if wanted:
            round_.at(Step.BLOBS, entry.record)
            _send_files(round_, plan, entry, wanted)


def _send_files(round_: Round, plan: Plan, entry: OutboxEntry, blobs: Sequence[BlobRef]) -> None:
    for blob in blobs:
        try:
            _send_file(round_, blob)
        except AvailabilityError:
            raise
        except BlobUndeclaredError as error:
            # The server forgot the envelope between two requests; the next round hands it in again.
            round_.outbox.mark_waiting([entry.sha256])
            round_.alarm(error, entry.sha256)
            return
        except _PASSING as error:
            round_.alarm(error, entry.sha256)
        except InspectorError as error:
            round_.set_aside(entry.sha256, Problem.of(error))
            return
        else:
            plan.missing.discard(blob.sha256)


def _send_file(round_: Round, blob: BlobRef) -> None:
    with round_.outbox.open_blob(blob.sha256) as source:
        round_.ask(lambda: round_.office.send_blob(blob, source, round_.count_bytes))


def _hand_in_batch(round_: Round, plan: Plan, batch: Sequence[OutboxEntry]) -> list[list[OutboxEntry]]:
    """Send one batch; gives what of it is to be sent again, now that a gap in it is known."""
    gaps = len(plan.gaps)
    envelopes = [round_.outbox.envelope(entry.sha256) for entry in batch]
    results = round_.ask(lambda: round_.office.send_entries(envelopes, plan.gaps[-MAX_GAPS:]))
    answers = {result.sha256: result for result in results}
    behind: list[OutboxEntry] = []
    for entry in batch:
        result = answers.get(entry.sha256)
        if result is None:
            round_.alarm(EntryUnansweredError(seq=entry.seq), entry.sha256)
        elif result.problem is not None and result.problem.code == "entry.gap":
            behind.append(entry)
        else:
            _note(round_, plan, entry, result)
    waiting = {entry.sha256 for entry in behind}
    round_.count_bytes(sum(entry.size for entry in batch if entry.sha256 not in waiting))
    # A batch comes back only if it named a new gap, so this ends.
    return [behind] if behind and len(plan.gaps) > gaps else []


def _note(round_: Round, plan: Plan, entry: OutboxEntry, result: EntryResult) -> None:
    own = _blob_names(entry)
    match result.status:
        case EntryStatus.ACCEPTED | EntryStatus.DUPLICATE | EntryStatus.AWAITING_BLOBS:
            round_.outbox.mark_sent([entry.sha256])
            round_.sent += 1
            needed = own & set(result.missing)
            there = [blob.size for blob in entry.blobs if blob.sha256 in plan.missing - needed]
            plan.missing -= own - needed
            plan.missing |= needed
            round_.count_bytes(sum(there))
        case EntryStatus.FORK:
            error = EntryForkError(seq=entry.seq)
            _leave_out(round_, plan, entry, result.problem or Problem.of(error))
        case EntryStatus.REJECTED:
            _refused(round_, plan, entry, result.problem)


def _refused(round_: Round, plan: Plan, entry: OutboxEntry, problem: Problem | None) -> None:
    problem = problem or Problem(code="office.refused", message="办公室服务器没有接收，也没有说明原因。")
    kind = error_class(problem.code)
    if kind is not None and issubclass(kind, AvailabilityError):
        return  # nothing is wrong with this one: it is its turn later
    _leave_out(round_, plan, entry, problem)


def _leave_out(round_: Round, plan: Plan, entry: OutboxEntry, problem: Problem) -> None:
    round_.set_aside(entry.sha256, problem)
    plan.gaps = (*plan.gaps, Gap(seq=entry.seq, sha256=entry.sha256))


def _holdings(round_: Round, last_seq: int, entries: Sequence[OutboxEntry]) -> Holdings:
    """One answer out of as few questions as it takes; the first is asked even about nothing.

    What is numbered beyond the server's last entry is missing without being asked for: with a long backlog on
    a weak line, the questions would otherwise cost more than what gets through.
    """
    names = [(entry.seq, name) for entry in entries for name in _names(entry)]
    names.sort(key=itemgetter(0))
    found = round_.ask(partial(round_.office.have, last_seq, [name for _, name in names[:MAX_HASHES]]))
    missing = set(found.missing)
    for start in range(MAX_HASHES, len(names), MAX_HASHES):
        part = names[start : start + MAX_HASHES]
        if part[0][0] > found.last_seq:
            missing |= {name for _, name in names[start:]}
            break
        some = [name for _, name in part]
        missing |= round_.ask(partial(round_.office.have, last_seq, some)).missing
    known = {name for _, name in names}
    return Holdings(last_seq=found.last_seq, head=found.head, missing=frozenset(missing & known))


def _doubtful(held: Sequence[OutboxEntry], now_ms: int) -> Iterator[OutboxEntry]:
    """Everything without a receipt, and each time some of what has one."""
    yield from (entry for entry in held if entry.state in (EntryState.WAITING, EntryState.SENT))
    received = [entry for entry in held if entry.state is EntryState.RECEIVED]
    start = now_ms // _MINUTE_MS % max(1, len(received))
    asked = 0
    for entry in [*received[start:], *received[:start]]:
        asked += 1 + len(entry.blobs)
        if asked > SPOT_CHECK:
            return
        yield entry


def _check_head(round_: Round, held: Sequence[OutboxEntry], holdings: Holdings) -> None:
    for entry in held:
        if entry.seq == holdings.last_seq and entry.sha256 != holdings.head:
            round_.alarm(EntryForkError(seq=entry.seq), entry.sha256)


def _is_lost(entry: OutboxEntry, holdings: Holdings) -> bool:
    """Whether the server once had it and has it no more."""
    if entry.state is EntryState.RECEIVED:
        return entry.seq > holdings.last_seq or not holdings.missing.isdisjoint(_names(entry))
    return entry.state is EntryState.ACKNOWLEDGED and entry.seq > holdings.last_seq


def _take_back(round_: Round, lost: Sequence[OutboxEntry]) -> None:
    receipted = [entry for entry in lost if entry.state is EntryState.RECEIVED]
    if receipted:
        round_.outbox.mark_waiting([entry.sha256 for entry in receipted])
        round_.alarm(ReceiptBrokenError(seq=receipted[0].seq), receipted[0].sha256)


def _batches(entries: Sequence[OutboxEntry]) -> Iterator[list[OutboxEntry]]:
    batch: list[OutboxEntry] = []
    size = 0
    for entry in entries:
        if batch and (len(batch) == MAX_BATCH or size + entry.size > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry.size
    if batch:
        yield batch


def _names(entry: OutboxEntry) -> list[str]:
    return [entry.sha256, *(blob.sha256 for blob in entry.blobs)]


def _blob_names(entry: OutboxEntry) -> set[str]:
    return {blob.sha256 for blob in entry.blobs}
