"""Verifying from files alone, for ever, without any server: notices, their codes, bundles, records.

The answer is a list of lines in plain Chinese and one verdict; see `verification`.
"""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from functools import partial
from hashlib import sha256

from inspector.domain.delivery import DELIVERY_TYPE
from inspector.domain.records import Record
from inspector.errors import VerifyUnknownFileError
from inspector.trust import dsse
from inspector.trust.certificates import (
    CERTIFICATE_TYPE,
    REVOCATION_TYPE,
    HolderKind,
    OfficeStatement,
)
from inspector.trust.keyring import Keyring
from inspector.trust.ledger import (
    GENESIS,
    ChainHead,
    Checkpoint,
    Receipt,
    Tree,
    leaf_hash,
    verify_checkpoint,
    verify_receipt,
)
from inspector.trust.strict_json import parse_object
from inspector.trust.token import claimed_key_id, read_token, verify_token
from inspector.work.bundle import Bundle, read_bundle
from inspector.work.intake import Examiner, Mark
from inspector.work.verification import Check, Trust, Verdict, Verification
from inspector.work.verify_paper import Papers, verify_pdf
from inspector.work.verify_receipt import is_reply_receipt, verify_saved_receipt
from inspector.work.verify_record import AGE_MAGIC, NOBODY, Vouched, verify_record, verify_sealed

__all__ = [
    "NOBODY",
    "Papers",
    "Trust",
    "Verdict",
    "Verification",
    "Vouched",
    "read_file",
    "verify_bundle",
    "verify_code",
    "verify_file",
]

_LATEST_MS = 1 << 52
_CODE_CAP = 1_000
_CODE_STARTS = (b"INSPECTOR", b"http://", b"https://")


def read_file(data: bytes) -> bytes | Bundle:
    """A file as it is held while files are verified together: a bundle is unpacked, once for all of them.

    Raises:
        BundleMalformedError: see `read_bundle`.
    """
    return read_bundle(data) if data.startswith(b"PK") else data


def verify_file(
    given: bytes | Bundle, trust: Trust, *, papers: Papers, vouched: Vouched = NOBODY
) -> Verification:
    """Verify a notice's PDF, a code's text, a bundle, a reply's receipt, or a record, sealed or opened.

    Args:
        given: the file, as it is or as `read_file` gives it.
        papers: reads PDFs and prints notices again.
        vouched: the certificates that the other files of the same call bring along.

    Raises:
        VerifyUnknownFileError: it is none of these.
        FormatError: it cannot be read.
        TrustError: it is sealed, and does not open.
        IdentityMissingError: it is sealed, and no identity was given.
        LibraryMissingError: as `verify_pdf`.
    """
    data = read_file(given) if isinstance(given, bytes) else given
    if isinstance(data, Bundle):
        return verify_bundle(data, trust)
    if data.startswith(b"%PDF-"):
        return verify_pdf(data, trust, papers)
    if data.startswith(AGE_MAGIC):
        return verify_sealed(
            data,
            trust,
            vouched,
            inside=lambda plain: verify_file(plain, trust, papers=papers, vouched=vouched),
        )
    if is_code(text := _without_mark(data)):
        return verify_code(text.decode("ascii").strip(), trust, vouched)
    if is_reply_receipt(text):
        return verify_saved_receipt(text, trust)
    if data.startswith(b"{"):
        return verify_record(data, trust, vouched)
    raise VerifyUnknownFileError()


def _without_mark(data: bytes) -> bytes:
    """A code's text as editors on Windows save it: behind a byte order mark, or in UTF-16."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) and len(data) <= 2 * _CODE_CAP:
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(BOM_UTF8)


def is_code(data: bytes) -> bool:
    """Whether a file holds the text of a QR code."""
    return len(data) <= _CODE_CAP and data.isascii() and data.lstrip().startswith(_CODE_STARTS)


def verify_code(text: str, trust: Trust, vouched: Vouched) -> Verification:
    """Verify the text of a QR code, under the certificates that other files bring along."""
    check = Check()
    token = check.that("读出二维码文字", lambda: read_token(text))
    if token is None:
        return check.done("文书二维码")
    if vouched.statement is None:
        words = "没有可核对签名的证书：请把同一办公室的文书 PDF 或证据包一起给出"
        check.line(is_good=True, is_sure=False, words=words)
    else:
        check.office(vouched.statement, trust)
        certificate = check.that(
            "签署二维码的平板由本办公室登记",
            lambda: vouched.keyring().find(claimed_key_id(text), HolderKind.DEVICE),
        )
        if certificate is not None:
            check.that("二维码的签名有效", lambda: verify_token(text, certificate.key))
    if vouched.access is not None and vouched.access.public_id == token.public_id and "#" in text:
        # The end of an address, the registration's key, is under no signature: the PDF says what it must be.
        fits = vouched.access.address == text.strip()
        check.line(is_good=fits, words="二维码与文书所附的公开地址" + ("一致" if fits else "不一致"))
    paper = (
        ("文号", token.number),
        ("签发单位", token.issuer),
        ("被检查单位", token.enterprise),
        ("问题项数", str(token.findings)),
        ("最后期限", token.deadline or "无"),
    )
    return check.done("文书二维码", paper=paper)


def verify_bundle(bundle: Bundle, trust: Trust) -> Verification:
    """Verify a whole log: every leaf's signature, every device's chain, the tree, the receipts.

    With an identity every record is opened as well.
    """
    check = Check()
    statement = check.statement(bundle.statement, trust)
    if statement is None:
        return check.done("证据包")
    tree = Tree(leaf_hash(leaf) for leaf in bundle.leaves)
    _check_tree(check, bundle, statement, tree)
    keyring = check.that("证书均由本办公室签发", lambda: _keyring(bundle, statement))
    if keyring is not None:
        _check_entries(check, bundle, keyring, tree, trust)
    _check_receipts(check, bundle, statement)
    return check.done("证据包")


def _check_receipts(check: Check, bundle: Bundle, statement: OfficeStatement) -> None:
    entries = {sha256(leaf).hexdigest(): leaf for leaf in bundle.leaves} if bundle.receipts else {}
    held = 0
    for name, receipt in bundle.receipts.items():
        entry = entries.get(name)
        if entry is None:
            check.line(is_good=False, words=f"回执 {name[:12]} 所指的记录不在包内")
        else:
            act = partial(_check_receipt, receipt, entry, statement)
            held += check.quietly(f"回执 {name[:12]}", act) is not None
    failed = len(bundle.receipts) - held
    words = f"核对回执 {len(bundle.receipts)} 份"
    words += f"：{held} 份相符，{failed} 份不符" if failed else "，均相符" if held else ""
    check.line(is_good=not failed, words=words)


def _check_receipt(receipt: bytes, entry: bytes, statement: OfficeStatement) -> Checkpoint:
    return verify_receipt(Receipt.from_bytes(receipt), entry, statement.log)


def _check_tree(check: Check, bundle: Bundle, statement: OfficeStatement, tree: Tree) -> None:
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


def _check_entries(check: Check, bundle: Bundle, keyring: Keyring, tree: Tree, trust: Trust) -> None:
    examiner = Examiner(
        keyring=keyring,
        identities=trust.identities,
        root_at=lambda size: tree.root_at(size).hex() if size <= tree.size else None,
        blob=dict[str, bytes]().get,
    )
    heads: dict[str, ChainHead] = {}
    count = opened = broken = 0
    for index, leaf in enumerate(bundle.leaves):
        if dsse.peek(leaf).payload_type != DELIVERY_TYPE:
            continue
        count += 1
        device = str(parse_object(dsse.peek(leaf).payload).get("device"))
        head = heads.get(device, GENESIS)
        act = partial(examiner.open_entry, leaf, head=head, index=index, arrived_ms=_LATEST_MS)
        entry = check.quietly(f"第 {index} 条", act)
        if entry is None:
            broken += 1
            continue
        heads[device] = ChainHead(seq=entry.delivery.seq, sha256=entry.sha256)
        opened += isinstance(entry.content, Record)
        bad = [
            line.words
            for line in entry.proof
            if line.mark is Mark.BAD and (trust.identities or line.aspect.value in ("order", "log"))
        ]
        broken += bool(bad)
        for words in bad:
            check.line(is_good=False, words=f"第 {index} 条：{words}")
    found = f"其中 {broken} 条有问题" if broken else f"{len(heads)} 台设备的顺序完整"
    check.line(is_good=not broken, words=f"核对平板记录 {count} 条，{found}")
    if trust.identities:
        check.line(is_good=True, words=f"用所给密钥打开检查记录 {opened} 份，内容签名有效")
