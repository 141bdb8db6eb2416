"""The JSON bodies of requests and answers, read and written alike by both ends.

Envelopes travel as base64 inside JSON, those of a batch as `opened` has them. Requests may have no surplus
fields; in answers they are passed over, so that a newer server can serve older tablets. All hold to the
limits of `protocol`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.domain.delivery import MAX_BLOBS, EntryStatus
from inspector.domain.message_fields import MessageFields
from inspector.sync import protocol
from inspector.sync.opened import opened, reclosed
from inspector.work.ports import EntryResult, FeedPage, Gap, GivenReceipt, Hello, Holdings, Problem

Payload = Mapping[str, object]

MAX_GAPS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class HaveQuestion:
    """What a device holds and asks about."""

    last_seq: int
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesQuestion:
    """Envelopes handed in, and which of the device's earlier ones do not come."""

    entries: tuple[bytes, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Leaves of the log from one index on, and the log's size."""

    entries: tuple[tuple[int, bytes], ...]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """An envelope that the server keeps but did not put into the log."""

    number: int
    reason: str
    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AsidePage:
    """Some of what the server kept out of the log, and whether there is more."""

    entries: tuple[Aside, ...]
    more: bool


def hello_payload(hello: Hello) -> Payload:
    """The answer to `GET /hello`."""
    return {
        "v": 1,
        "tenant": hello.tenant,
        "audience": hello.audience,
        "statement": text(hello.statement),
        "time_ms": hello.time_ms,
    }


def read_hello(value: object) -> Hello:
    """The reverse of `hello_payload`.

    Raises:
        MessageMalformedError: another shape; so do all readers here.
    """
    fields = MessageFields.loosely(value, "问候", "v tenant audience statement time_ms")
    fields.number("v", least=1, most=1)
    return Hello(
        tenant=fields.name("tenant"),
        audience=fields.text("audience", most=256),
        statement=fields.octets("statement"),
        time_ms=fields.number("time_ms"),
    )


def have_payload(question: HaveQuestion) -> Payload:
    """The body of `POST /have`."""
    return {"last_seq": question.last_seq, "hashes": list(question.hashes)}


def read_have(value: object) -> HaveQuestion:
    """The reverse of `have_payload`."""
    fields = MessageFields.of(value, "查询", "last_seq hashes")
    return HaveQuestion(
        last_seq=fields.number("last_seq"), hashes=fields.sha256_list("hashes", most=protocol.MAX_HAVE)
    )


def holdings_payload(holdings: Holdings) -> Payload:
    """The answer to `POST /have`."""
    return {"last_seq": holdings.last_seq, "head": holdings.head, "missing": sorted(holdings.missing)}


def read_holdings(value: object) -> Holdings:
    """The reverse of `holdings_payload`."""
    fields = MessageFields.loosely(value, "查询结果", "last_seq head missing")
    return Holdings(
        last_seq=fields.number("last_seq"),
        head=fields.sha256("head"),
        missing=frozenset(fields.sha256_list("missing", most=protocol.MAX_HAVE)),
    )


def entries_payload(question: EntriesQuestion) -> Payload:
    """The body of `POST /entries`."""
    gaps = [{"seq": gap.seq, "sha256": gap.sha256} for gap in question.gaps]
    return {"entries": [opened(entry) for entry in question.entries], "gaps": gaps}


def read_entries(value: object) -> EntriesQuestion:
    """The reverse of `entries_payload`; `gaps` may be left out."""
    fields = MessageFields.of(value, "记录批次", "entries", "gaps")
    gaps = fields.listing("gaps", most=MAX_GAPS) if fields.has("gaps") else ()
    entries = tuple(map(reclosed, fields.listing("entries", most=protocol.MAX_ENTRIES)))
    if any(len(entry) > protocol.MAX_ENVELOPE_BYTES for entry in entries):
        raise fields.wrong("entries")
    return EntriesQuestion(entries=entries, gaps=tuple(_gap(gap) for gap in gaps))


def results_payload(results: Sequence[EntryResult]) -> Payload:
    """The answer to `POST /entries`."""
    return {"results": [_result_payload(result) for result in results]}


def read_results(value: object) -> tuple[EntryResult, ...]:
    """The reverse of `results_payload`."""
    fields = MessageFields.loosely(value, "批次结果", "results")
    return tuple(_result(result) for result in fields.listing("results", most=protocol.MAX_ENTRIES))


def receipts_question_payload(hashes: Sequence[str]) -> Payload:
    """The body of `POST /receipts`."""
    return {"entries": list(hashes)}


def read_receipts_question(value: object) -> tuple[str, ...]:
    """The reverse of `receipts_question_payload`."""
    fields = MessageFields.of(value, "回执查询", "entries")
    return fields.sha256_list("entries", most=protocol.MAX_RECEIPTS)


def receipts_payload(receipts: Sequence[GivenReceipt]) -> Payload:
    """The answer to `POST /receipts`."""
    return {"receipts": [{"entry": given.entry, "receipt": text(given.receipt)} for given in receipts]}


def read_receipts(value: object) -> tuple[GivenReceipt, ...]:
    """The reverse of `receipts_payload`."""
    fields = MessageFields.loosely(value, "回执答复", "receipts")
    return tuple(_given(given) for given in fields.listing("receipts", most=protocol.MAX_RECEIPTS))


def feed_payload(page: FeedPage) -> Payload:
    """The answer to `GET /feed`."""
    return {"messages": [text(message) for message in page.messages], "more": page.more}


def read_feed(value: object) -> FeedPage:
    """The reverse of `feed_payload`."""
    fields = MessageFields.loosely(value, "办公室消息页", "messages more")
    return FeedPage(messages=fields.octets_list("messages", most=protocol.MAX_FEED), more=fields.flag("more"))


def proof_payload(proof: Sequence[bytes]) -> Payload:
    """The answer to `GET /log/consistency`."""
    return {"proof": [node.hex() for node in proof]}


def read_proof(value: object) -> tuple[bytes, ...]:
    """The reverse of `proof_payload`."""
    nodes = MessageFields.loosely(value, "日志证明", "proof").sha256_list("proof", most=protocol.MAX_PROOF)
    return tuple(bytes.fromhex(node) for node in nodes)


def read_feed_head(value: object) -> tuple[int, str]:
    """The answer to `POST /feed`: `{"head","sha256"}` of a device's last message."""
    fields = MessageFields.loosely(value, "办公室消息", "head sha256")
    return fields.number("head"), fields.sha256("sha256")


def log_page_payload(page: LogPage) -> Payload:
    """The answer to `GET /log/entries`."""
    entries = [{"index": index, "bytes": text(leaf)} for index, leaf in page.entries]
    return {"entries": entries, "size": page.size}


def read_log_page(value: object) -> LogPage:
    """The reverse of `log_page_payload`."""
    fields = MessageFields.loosely(value, "日志页", "entries size")
    entries = fields.listing("entries", most=protocol.MAX_LOG_ENTRIES)
    return LogPage(entries=tuple(_leaf(entry) for entry in entries), size=fields.number("size"))


def read_aside(value: object) -> AsidePage:
    """The answer to `GET /log/aside`: `{"entries":[{"number","reason","bytes"}],"more"}`."""
    fields = MessageFields.loosely(value, "另存页", "entries more")
    entries = fields.listing("entries", most=protocol.MAX_LOG_ENTRIES)
    return AsidePage(entries=tuple(_aside(entry) for entry in entries), more=fields.flag("more"))


def problem_payload(code: str, message: str, hint: str, facts: Mapping[str, object]) -> Payload:
    """The body of a refusal and the `problem` of a rejected entry; only texts and numbers go along."""
    details = {name: fact for name, fact in facts.items() if isinstance(fact, str | int)}
    return {"code": code, "message": message, "hint": hint, "details": details}


def read_problem(value: object) -> tuple[Problem, Mapping[str, str | int]]:
    """The reverse of `problem_payload`."""
    fields = MessageFields.of(value, "问题说明", "code message", "hint details")
    details = fields.values.get("details") or {}
    if not isinstance(details, Mapping):
        raise fields.wrong("details")
    problem = Problem(
        code=fields.text("code", most=64),
        message=fields.text("message", most=500),
        hint=fields.text("hint", most=500) if fields.has("hint") else "",
    )
    return problem, {str(name): fact for name, fact in details.items() if isinstance(fact, str | int)}


def text(data: bytes) -> str:
    """Standard base64."""
    return b64encode(data).decode("ascii")


def _gap(value: object) -> Gap:
    fields = MessageFields.of(value, "缺号", "seq sha256")
    return Gap(seq=fields.number("seq", least=1), sha256=fields.sha256("sha256"))


def _result_payload(result: EntryResult) -> Payload:
    payload: dict[str, object] = {
        "sha256": result.sha256,
        "status": result.status.value,
        "missing": list(result.missing),
    }
    if result.problem is not None:
        problem = result.problem
        payload["problem"] = problem_payload(problem.code, problem.message, problem.hint, {})
    return payload


def _result(value: object) -> EntryResult:
    fields = MessageFields.loosely(value, "批次结果", "sha256 status missing")
    problem = value.get("problem") if isinstance(value, Mapping) else None
    try:
        status = EntryStatus(fields.text("status", most=32))
    except ValueError as error:
        raise fields.wrong("status") from error
    return EntryResult(
        sha256=fields.sha256("sha256"),
        status=status,
        missing=fields.sha256_list("missing", most=MAX_BLOBS),
        problem=None if problem is None else read_problem(problem)[0],
    )


def _given(value: object) -> GivenReceipt:
    fields = MessageFields.loosely(value, "回执", "entry receipt")
    return GivenReceipt(entry=fields.sha256("entry"), receipt=fields.octets("receipt"))


def _leaf(value: object) -> tuple[int, bytes]:
    fields = MessageFields.loosely(value, "日志条目", "index bytes")
    return fields.number("index"), fields.octets("bytes")


def _aside(value: object) -> Aside:
    fields = MessageFields.loosely(value, "另存条目", "number reason bytes")
    return Aside(
        number=fields.number("number"),
        reason=fields.text("reason", most=64),
        envelope=fields.octets("bytes"),
    )
