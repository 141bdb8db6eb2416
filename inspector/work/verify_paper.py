"""Verifying a notice's PDF: the tablet's, or the office's copy of it.

* What the paper must say stands in the embedded notice; the code binds it to the tablet's key.
* What the pages show is held against the notice printed again. The same build gives the same bytes; another
  build's pages, or those in fonts that are not at hand, are compared by their text, and the verdict says that
  it went no further, unless the office's own signature covers them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Protocol

from inspector.domain.notice import Notice
from inspector.domain.notice_record import canonical, from_record
from inspector.domain.working_days import chinese_date, chinese_time
from inspector.errors import NoticeIncompleteError, NoticeUnruledError, RefusalError
from inspector.notices.copies import CheckedCopy, Comparison, Likeness
from inspector.trust.document_chain import check_root, facts_of, is_bound, verify_document_root
from inspector.trust.statement import OfficeStatement
from inspector.trust.strict_json import parse
from inspector.trust.token import NoticeToken
from inspector.work.verification import (
    CERTIFICATE_FILE,
    NOTICE_FILE,
    STATEMENT_FILE,
    TOKEN_FILE,
    Check,
    Trust,
    Verification,
)


class Papers(Protocol):
    """What reads PDFs and prints notices again."""

    def first_revision(self, pdf: bytes) -> bytes:
        """The PDF as it was first written, without what was appended later."""
        ...

    def files(self, pdf: bytes) -> Mapping[str, bytes]:
        """The files that a PDF of the press embeds; raises `PdfForeignError` for any other."""
        ...

    def compare(self, pdf: bytes, files: Mapping[str, bytes], notice: Notice) -> Comparison:
        """The PDF beside the notice printed again."""
        ...

    def is_copy(self, pdf: bytes) -> bool:
        """Whether it wants to be an office's copy."""
        ...

    def check_copy(self, pdf: bytes, authorities: Sequence[bytes]) -> CheckedCopy:
        """The office's copy, once its signature holds; raises `OfficeCopyInvalidError`."""
        ...


def verify_pdf(pdf: bytes, trust: Trust, papers: Papers) -> Verification:
    """Verify a notice's PDF.

    Raises:
        PdfForeignError: another program wrote it.
        LibraryMissingError: it is an office's copy, and what reads its signature is not installed.
    """
    check = Check()
    what, copy = "文书", None
    if papers.is_copy(pdf):
        what = "文书的办公室副本"
        copy = check.that(
            "副本的签名有效，签署后没有任何改动", lambda: papers.check_copy(pdf, trust.authorities)
        )
    original = papers.first_revision(pdf) if copy is None else copy.original
    if copy is None and len(original) != len(pdf):
        words = f"签发之后被追加了 {len(pdf) - len(original)} 字节；以下只核对追加之前的部分"
        check.line(is_good=False, words=words)
    files = papers.files(original)
    statement = check.statement(files.get(STATEMENT_FILE), trust)
    is_covered = copy is not None and _covered(check, copy, statement)
    notice = check.that("读出文书正文", lambda: _notice(files[NOTICE_FILE]))
    token = _code(check, files, statement, is_covered=is_covered)
    if notice is None:
        return check.done(what)
    _check_notice(check, notice, files[NOTICE_FILE], token)
    _look_at_pages(check, papers.compare(original, files, notice), is_covered=is_covered)
    return check.done(what, paper=_paper(notice))


def _notice(file: bytes) -> Notice:
    """The notice in a paper's file.

    Raises:
        NoticeUnruledError: the notice's own rules refuse what it says.
        FormatError: it is no notice's record.
    """
    try:
        return from_record(parse(file, max_bytes=len(file)))  # what reads the PDF has a cap for it
    except RefusalError as error:
        # The rules speak to whoever makes a notice; here somebody made it already.
        said = error.facts["reason"] if isinstance(error, NoticeIncompleteError) else error.message
        raise NoticeUnruledError(reason=str(said).rstrip("。")) from error


def _code(
    check: Check, files: Mapping[str, bytes], statement: OfficeStatement | None, *, is_covered: bool
) -> NoticeToken | None:
    """The code; a paper of the console has none, since no device signed it: the office's signature must."""
    if TOKEN_FILE in files or CERTIFICATE_FILE in files:
        return check.token(files, statement)
    words = "由办公室的审核台出具，没有平板签署的二维码"
    proof = "，由办公室的签名证明" if is_covered else "，又没有办公室的有效签名：是草稿，或被改动过"
    check.line(is_good=is_covered, words=words + proof)
    return None


def _check_notice(check: Check, notice: Notice, file: bytes, token: NoticeToken | None) -> None:
    fits = canonical(notice) == file
    check.line(is_good=fits, words="文书正文为规范格式" if fits else "文书正文被改写")
    if token is not None:
        for words, is_same in _fits(token, notice, file):
            check.line(is_good=is_same, words=words if is_same else f"{words}——不一致")


def _covered(check: Check, copy: CheckedCopy, statement: OfficeStatement | None) -> bool:
    """Whether the signature of a copy is the office's, or of somebody whom the reader trusts."""
    root = copy.chain[-1]
    own = check.quietly("副本的签名证书", lambda: facts_of(copy.chain[0]))
    whole = check.quietly("副本的根证书", lambda: facts_of(root) if copy.is_anchored else check_root(root))
    if own is None or whole is None:
        return False
    _say_when(check, copy)
    if is_bound(root):
        if statement is None:
            return False
        words = f"副本由“{own.subject}”签署，其证书链由本办公室的根密钥认可"
        said = check.that(words, lambda: verify_document_root(root, statement.root, tenant=statement.tenant))
        return said is not None
    words = f"副本由“{own.subject}”签署，证书由“{own.issuer}”签发"
    if copy.is_anchored:
        check.line(is_good=True, words=f"{words}，签发者在信任之列")
        return True
    more = "不是本办公室自己的证书链，请向签发单位核对，或用 --ca 给出签发者的证书"
    check.line(is_good=True, is_sure=False, words=f"{words}；{more}")
    return False


def _say_when(check: Check, copy: CheckedCopy) -> None:
    if copy.stamped_ms is None:
        words = f"副本签署于{chinese_time(copy.signed_ms)}（办公室自报，没有时间戳）"
    else:
        trusted = "在信任之列" if copy.is_stamp_trusted else "未列入信任，可用 --ca 给出其证书"
        words = f"副本最迟签署于{chinese_time(copy.stamped_ms)}，时间戳机构：{copy.authority}（{trusted}）"
    check.line(is_good=True, words=words)


def _look_at_pages(check: Check, found: Comparison, *, is_covered: bool) -> None:
    """What the pages show, beside the notice printed again."""
    hint = f"。{found.hint}" if found.hint else ""
    match found.likeness:
        case Likeness.BYTES:
            check.line(is_good=True, words=f"按正文重新排印{found.words}，逐字节一致")
        case Likeness.OBJECTS:
            words = f"按正文重新排印{found.words}，内容逐项一致（只有压缩方式不同）"
            check.line(is_good=True, words=words)
        case Likeness.TEXT:
            more = "，版面由办公室副本的签名保护" if is_covered else "，图形和版面请以“纸面上应写明”为准"
            check.line(is_good=True, is_sure=is_covered, words=found.words + more + hint)
        case Likeness.UNKNOWN:
            check.line(is_good=True, is_sure=is_covered, words=f"版面没有比对：{found.words}{hint}")
        case Likeness.DIFFERENT:
            check.line(is_good=False, words=f"版面与正文不符：{found.words}")


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
