"""What is held up to be verified: a code from paper, a bundle, a file."""

from __future__ import annotations

from inspector.errors.family import FormatError, RefusalError


class BundleMalformedError(FormatError):
    code = "bundle.malformed"
    says = "证据包读不出来：{reason}。"
    hint = "请向提供者索取完整的文件。"


class VerifyUnknownFileError(FormatError):
    code = "verify.unknown-file"
    says = "不认识这种文件。"
    hint = (
        "可以核验：文书 PDF、证据包（.zip）、二维码文字（.txt 或 --code）、整改回复的回执、密封或打开的记录。"
    )


class IdentityMissingError(RefusalError):
    code = "verify.identity"
    says = "这是密封的文件，没有给出能打开它的密钥。"
    hint = "请用 --identity 给出 age 身份文件。"


class NoticeUnruledError(FormatError):
    code = "verify.notice-unruled"
    says = "不合文书自身的规则：{reason}。"
    hint = "本系统不会出具这样的文书；请向签发单位索取原件。"


class TokenMalformedError(FormatError):
    code = "token.malformed"
    says = "这不是本系统文书上的二维码内容。"
    hint = "请对准文书上的二维码重新扫描，或把整段文字完整粘贴。"
