"""Verifying from files alone, for ever, without any server: notices, their codes, bundles, records.

* The answer is a list of lines in plain Chinese, each good or bad, and one verdict for the whole.
* Everything hangs on the office's root key. A file brings its own statement along; whether that root is the
  right one only its fingerprint says, which the reader must have from elsewhere. Without it the verdict stays
  签发机关未知, whatever else fits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import TypeVar

from inspector.domain.delivery import DELIVERY_TYPE
from inspector.domain.notice import Notice
from inspector.domain.notice_record import canonical, from_record
from inspector.domain.records import Record
from inspector.domain.working_days import chinese_date
from inspector.errors import FormatError, TokenMalformedError, TrustError, VerifyUnknownFileError
from inspector.trust import dsse
from inspector.trust.certificates import (
    CERTIFICATE_TYPE,
    REVOCATION_TYPE,
    HolderKind,
    OfficeStatement,
    verify_certificate,
    verify_statement,
)
from inspector.trust.keyring import Keyring
from inspector.trust.ledger import (
    GENESIS,
    ChainHead,
    Receipt,
    Tree,
    leaf_hash,
    verify_checkpoint,
    verify_receipt,
)
from inspector.trust.strict_json import parse, parse_object
from inspector.trust.token import PREFIX, NoticeToken, verify_token
from inspector.work.bundle import Bundle, read_bundle
from inspector.work.intake import Examiner, Mark

T = TypeVar("T")

NOTICE_FILE, TOKEN_FILE = "notice.json", "token.txt"
_LATEST_MS = 1 << 52
STATEMENT_FILE, CERTIFICATE_FILE = "office-statement.json", "device-certificate.json"


class Verdict(StrEnum):
    """How a verification ends."""

    GENUINE = "genuine"
    UNKNOWN_ISSUER = "unknown-issuer"
    NOT_GENUINE = "not-genuine"

    @property
    def word(self) -> str:
        """The answer in words."""
        return {
            "genuine": "真实有效",
            "unknown-issuer": "签发机关未知",
            "not-genuine": "不可采信",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at, whether it was good, and what was found."""

    is_good: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying one file came to.

    Attributes:
        what: which kind of file it is, in Chinese.
        paper: what the paper must say, to be held beside it: label and text.
        root: fingerprint of the root key that everything hangs on; empty when none was found.
    """

    what: str
    verdict: Verdict
    lines: tuple[Line, ...]
    paper: tuple[tuple[str, str], ...] = ()
    root: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the reader brings along.

    Attributes:
        roots: fingerprints of the office roots that the reader trusts.
        identities: age identities that may open records.
    """

    roots: Collection[str] = ()
    identities: tuple[str, ...] = field(default=(), repr=False)


def verify_file(
    data: bytes, trust: Trust, *, attachments: Callable[[bytes], Mapping[str, bytes]]
) -> Verification:
    """Verify a notice's PDF or a bundle.

    Args:
        attachments: reads the files that a PDF embeds.

    Raises:
        VerifyUnknownFileError: it is neither.
        FormatError: it cannot be read.
    """
    if data.startswith(b"%PDF-"):
        return verify_pdf(attachments(data), trust)
    if data.startswith(b"PK"):
        return verify_bundle(read_bundle(data), trust)
    raise VerifyUnknownFileError()


def verify_pdf(files: Mapping[str, bytes], trust: Trust) -> Verification:
    """Verify what a notice's PDF embeds: the notice, its code, and who signed it."""
    check = _Check()
    statement = check.statement(files.get(STATEMENT_FILE), trust)
    notice = check.that("读出文书正文", lambda: from_record(parse(files[NOTICE_FILE])))
    if notice is not None:
        canonical_fits = canonical(notice) == files[NOTICE_FILE]
        check.line(is_good=canonical_fits, words="文书正文为规范格式" if canonical_fits else "文书正文被改写")
    token = check.token(files, statement)
    if token is not None and notice is not None:
        for words, fits in _fits(token, notice, files[NOTICE_FILE]):
            check.line(is_good=fits, words=words if fits else f"{words}——不一致")
    return check.done("文书", paper=_paper(notice) if notice else ())


def verify_code(text: str, files: Mapping[str, bytes], trust: Trust) -> Verification:
    """Verify the text of a QR code, with the certificates of a notice's PDF or an office's files."""
    check = _Check()
    statement = check.statement(files.get(STATEMENT_FILE), trust)
    token = check.token({**files, TOKEN_FILE: text.encode("utf-8")}, statement)
    paper = (
        ()
        if token is None
        else (
            ("文号", token.number),
            ("签发单位", token.issuer),
            ("被检查单位", token.enterprise),
            ("问题项数", str(token.findings)),
            ("最后期限", token.deadline or "无"),
        )
    )
    return check.done("文书二维码", paper=paper)


def verify_bundle(bundle: Bundle, trust: Trust) -> Verification:
    """Verify a whole log: every leaf's signature, every device's chain, the tree, the receipts.

    With an identity every record is opened as well.
    """
    check = _Check()
    statement = check.statement(bundle.statement, trust)
    if statement is None:
        return check.done("证据包")
    tree = Tree(leaf_hash(leaf) for leaf in bundle.leaves)
    _check_tree(check, bundle, statement, tree)
    keyring = check.that("证书均由本办公室签发", lambda: _keyring(bundle, statement))
    if keyring is not None:
        _check_entries(check, bundle, keyring, tree, trust)
    for name, receipt in bundle.receipts.items():
        entry = next((leaf for leaf in bundle.leaves if sha256(leaf).hexdigest() == name), None)
        if entry is None:
            check.line(is_good=False, words=f"回执 {name[:12]} 所指的记录不在包内")
        else:
            check.quietly(f"回执 {name[:12]}", partial(_check_receipt, receipt, entry, statement))
    check.line(is_good=True, words=f"核对回执 {len(bundle.receipts)} 份")
    return check.done("证据包")


def _check_receipt(receipt: bytes, entry: bytes, statement: OfficeStatement) -> None:
    verify_receipt(Receipt.from_bytes(receipt), entry, statement.log)


def _check_tree(check: _Check, bundle: Bundle, statement: OfficeStatement, tree: Tree) -> None:
    log = statement.log
    head = check.that(
        "日志检查点由本办公室的日志密钥签署",
        lambda: verify_checkpoint(bundle.checkpoint, log.name, log.key, origin=log.name),
    )
    if head is not None:
        fits = head.size == tree.size and head.root == tree.root_at(tree.size)
        words = f"日志共 {head.size} 条，与检查点一致"
        check.line(is_good=fits, words=words if fits else "日志内容与检查点不一致：有条目被增删或改动")


def _keyring(bundle: Bundle, statement: OfficeStatement) -> Keyring:
    return Keyring.from_envelopes(
        statement, list(_leaves(bundle, CERTIFICATE_TYPE)), list(_leaves(bundle, REVOCATION_TYPE))
    )


def _leaves(bundle: Bundle, payload_type: str) -> Iterator[bytes]:
    for leaf in bundle.leaves:
        if dsse.peek(leaf).payload_type == payload_type:
            yield leaf


def _check_entries(check: _Check, bundle: Bundle, keyring: Keyring, tree: Tree, trust: Trust) -> None:
    examiner = Examiner(
        keyring=keyring,
        identities=trust.identities,
        root_at=lambda size: tree.root_at(size).hex() if size <= tree.size else None,
        blob=dict[str, bytes]().get,
    )
    heads: dict[str, ChainHead] = {}
    count = opened = 0
    for index, leaf in enumerate(bundle.leaves):
        if dsse.peek(leaf).payload_type != DELIVERY_TYPE:
            continue
        count += 1
        device = str(parse_object(dsse.peek(leaf).payload).get("device"))
        head = heads.get(device, GENESIS)
        act = partial(examiner.open_entry, leaf, head=head, index=index, arrived_ms=_LATEST_MS)
        entry = check.quietly(f"第 {index} 条", act)
        if entry is None:
            continue
        heads[device] = ChainHead(seq=entry.delivery.seq, sha256=entry.sha256)
        opened += isinstance(entry.content, Record)
        for line in entry.proof:
            if line.mark is Mark.BAD and (trust.identities or line.aspect.value in ("order", "log")):
                check.line(is_good=False, words=f"第 {index} 条：{line.words}")
    check.line(is_good=True, words=f"核对平板记录 {count} 条，{len(heads)} 台设备的顺序完整")
    if trust.identities:
        check.line(is_good=True, words=f"用所给密钥打开检查记录 {opened} 份，内容签名有效")


def _fits(token: NoticeToken, notice: Notice, file: bytes) -> Iterator[tuple[str, bool]]:
    last = notice.last_deadline
    yield "二维码与正文的摘要一致", token.digest == sha256(file).digest()[:16]
    yield "二维码与正文的文号一致", token.number == (notice.number or "")
    yield "二维码与正文的编号一致", token.public_id == notice.public_id
    yield "二维码与正文的项数一致", token.findings == len(notice.findings)
    yield "二维码与正文的期限一致", token.deadline == (last.date.isoformat() if last else "")


def _paper(notice: Notice) -> tuple[tuple[str, str], ...]:
    last = notice.last_deadline
    return (
        ("文书", notice.kind.word),
        ("文号", notice.number or "草稿，未编号"),
        ("签发单位", notice.issuer_name),
        ("被检查单位", notice.enterprise.name),
        ("签发日期", chinese_date(notice.issued_on)),
        ("问题项数", str(len(notice.findings))),
        *((f"第 {item.ordinal} 项", item.facts) for item in notice.findings),
        ("最后期限", last.full if last else "无"),
    )


class _Check:
    """The lines of one verification as they come."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._root = ""
        self._is_known = False

    def line(self, *, is_good: bool, words: str) -> None:
        self._lines.append(Line(is_good=is_good, words=words))

    def that(self, words: str, act: Callable[[], T]) -> T | None:
        """What `act` gives, with a line that says whether it was good."""
        found = self.quietly(words, act)
        if found is not None:
            self.line(is_good=True, words=words)
        return found

    def quietly(self, words: str, act: Callable[[], T]) -> T | None:
        """What `act` gives; only a failure leaves a line."""
        try:
            return act()
        except KeyError as error:
            self.line(is_good=False, words=f"{words}：缺少附件 {error.args[0]}")
        except (TrustError, FormatError) as error:
            self.line(is_good=False, words=f"{words}：{error.message}")
        return None

    def statement(self, envelope: bytes | None, trust: Trust) -> OfficeStatement | None:
        """The office statement, and whether its root is one that the reader trusts."""
        if envelope is None:
            self.line(is_good=False, words="没有附带办公室声明，无法知道由谁签发")
            return None
        found = self.that("办公室声明由其根密钥签署", lambda: verify_statement(envelope, None))
        if found is not None:
            self._root, self._is_known = found.fingerprint, found.fingerprint in trust.roots
            said = f"办公室：{found.office}，根指纹 {found.fingerprint}"
            self.line(is_good=True, words=said)
        return found

    def token(self, files: Mapping[str, bytes], statement: OfficeStatement | None) -> NoticeToken | None:
        """The code of a notice, under the device that the office certified."""
        if statement is None:
            return None
        certificate = self.that(
            "出具文书的平板由本办公室登记", lambda: verify_certificate(files[CERTIFICATE_FILE], statement)
        )
        if certificate is None or certificate.kind is not HolderKind.DEVICE:
            return None
        text = files.get(TOKEN_FILE)
        if text is None:
            self.line(is_good=False, words="文书没有二维码：是未编号的草稿")
            return None
        return self.that("二维码的签名有效", lambda: verify_token(_decoded(text), certificate.key))

    def done(self, what: str, *, paper: tuple[tuple[str, str], ...] = ()) -> Verification:
        """The verdict over all lines."""
        if not all(line.is_good for line in self._lines):
            verdict = Verdict.NOT_GENUINE
        else:
            verdict = Verdict.GENUINE if self._is_known else Verdict.UNKNOWN_ISSUER
        return Verification(
            what=what, verdict=verdict, lines=tuple(self._lines), paper=paper, root=self._root
        )


def _decoded(text: bytes) -> str:
    if not text.startswith(PREFIX.encode("ascii")) or not text.isascii():
        raise TokenMalformedError()
    return text.decode("ascii")
