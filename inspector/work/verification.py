"""What a verification says: lines in plain Chinese, each good or bad, and one verdict for the whole.

Everything hangs on the office's root key. A file brings its own statement along; whether that root is the
right one only its fingerprint says, which the reader must have from elsewhere. Without it the verdict stays
签发机关未知, whatever else fits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from inspector.errors import FormatError, TokenMalformedError, TrustError
from inspector.trust.certificates import HolderKind, OfficeStatement, verify_certificate, verify_statement
from inspector.trust.token import NoticeToken, token_text, verify_token

T = TypeVar("T")

NOTICE_FILE, TOKEN_FILE, ACCESS_FILE = "notice.json", "token.txt", "access.json"
STATEMENT_FILE, CERTIFICATE_FILE = "office-statement.json", "device-certificate.json"


class Verdict(StrEnum):
    """How a verification ends."""

    GENUINE = "genuine"
    CONTENT_ONLY = "content-only"
    UNKNOWN_ISSUER = "unknown-issuer"
    NOT_GENUINE = "not-genuine"

    @property
    def word(self) -> str:
        """The answer in words."""
        return {
            "genuine": "真实有效",
            "content-only": "内容真实，但有未能核对的项目",
            "unknown-issuer": "签发机关未知",
            "not-genuine": "不可采信",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at, whether it was good, and what was found.

    Attributes:
        is_sure: False where the looking could not go all the way; the words say how far it went.
    """

    is_good: bool
    words: str
    is_sure: bool = True


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
        authorities: certificates of further authorities, for signatures and time stamps; DER.
    """

    roots: Collection[str] = ()
    identities: tuple[str, ...] = field(default=(), repr=False)
    authorities: tuple[bytes, ...] = ()


class Check:
    """The lines of one verification as they come."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._root = ""
        self._is_known = False

    def line(self, *, is_good: bool, words: str, is_sure: bool = True) -> None:
        """One more thing that was looked at."""
        self._lines.append(Line(is_good=is_good, words=words, is_sure=is_sure))

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was found so far."""
        return tuple(self._lines)

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
            self.office(found, trust)
        return found

    def office(self, statement: OfficeStatement, trust: Trust) -> None:
        """Which office a verified statement is of, and whether its root is one that the reader trusts."""
        self._root, self._is_known = statement.fingerprint, statement.fingerprint in trust.roots
        self.line(is_good=True, words=f"办公室：{statement.office}，根指纹 {statement.fingerprint}")

    def token(self, files: Mapping[str, bytes], statement: OfficeStatement | None) -> NoticeToken | None:
        """The code of a notice, under the device that the office certified."""
        if statement is None:
            return None
        certificate = self.that(
            "出具文书的平板由本办公室登记", lambda: verify_certificate(files[CERTIFICATE_FILE], statement)
        )
        if certificate is None:
            return None
        if certificate.kind is not HolderKind.DEVICE:
            self.line(is_good=False, words="所附证书不是平板的证书，没有平板为这份文书作证")
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
        elif not self._is_known:
            verdict = Verdict.UNKNOWN_ISSUER
        else:
            verdict = Verdict.GENUINE if all(line.is_sure for line in self._lines) else Verdict.CONTENT_ONLY
        return Verification(
            what=what, verdict=verdict, lines=tuple(self._lines), paper=paper, root=self._root
        )


def _decoded(text: bytes) -> str:
    if not text.isascii():
        raise TokenMalformedError()
    return token_text(text.decode("ascii"))
