"""Every failure that Inspector can report, grouped by what the person in front of it can do.

    InspectorError                      code, message, hint, retry
    ├── RefusalError                    the rules say no: do something else first
    ├── FormatError                     it cannot be read: its author or sender must fix it
    ├── TrustError                      it can be read but not believed: stop, keep it, report it
    └── AvailabilityError               not now: nothing is lost, try again

* A leaf names its facts in `says`, a Chinese sentence with `{placeholders}`; `hint` is the next step.
* `code` is stable across releases and never used for anything else; it travels over the wire.
* Facts are ids, counts, limits and places: never answers, personal names, secrets.
* Mistakes of the programmer are not here: they stay `TypeError`, `ValueError`, `AssertionError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import ClassVar

_CODES: dict[str, type[InspectorError]] = {}


def error_class(code: str) -> type[InspectorError] | None:
    """The leaf that carries `code`, or None when this version does not know it."""
    return _CODES.get(code)


def error_classes() -> Mapping[str, type[InspectorError]]:
    """All leaves by code."""
    return dict(_CODES)


class InspectorError(Exception):
    """A failure with a code, a sentence and a next step.

    Args:
        facts: exactly the placeholders of `says` and `hint`, by keyword.

    Raises:
        TypeError: a fact is missing or not known; the caller is wrong.
    """

    code: ClassVar[str] = ""
    says: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    retry: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        if cls.code and _CODES.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"error code {cls.code} is used twice")

    def __init__(self, **facts: object) -> None:
        expected = self.fact_names()
        if set(facts) != expected:
            raise TypeError(f"{type(self).__name__} takes {sorted(expected)}, got {sorted(facts)}")
        self.facts = facts
        super().__init__(self.message)

    @classmethod
    def fact_names(cls) -> set[str]:
        """The placeholders that this error's sentences use."""
        return {name for _, name, _, _ in Formatter().parse(cls.says + cls.hint) if name}

    @property
    def message(self) -> str:
        """What happened, in Chinese."""
        return self.says.format_map(self.facts)

    @property
    def next_step(self) -> str:
        """What to do now, in Chinese."""
        return self.hint.format_map(self.facts)


class RefusalError(InspectorError):
    """The rules say no."""


class FormatError(InspectorError):
    """It cannot be read."""


class TrustError(InspectorError):
    """It can be read but must not be believed."""


class AvailabilityError(InspectorError):
    """It did not work this time; nothing is lost."""

    retry = True


# --- Refusals -----------------------------------------------------------------------------------


class InspectionIncompleteError(RefusalError):
    code = "inspection.incomplete"
    says = "还有 {count} 处没有完成，现在不能封存。"
    hint = "按“还差什么”逐项补齐后再封存；已填的内容都在本机。"


class InspectionSealedError(RefusalError):
    code = "inspection.sealed"
    says = "这次检查已经封存，不能再改。"
    hint = "如需更正，请新建一份更正记录，它会注明所更正的原记录。"


class IllegalMoveError(RefusalError):
    code = "inspection.illegal-move"
    says = "现在不能这样做：{reason}。"
    hint = "请按界面提示先完成前一步。"


class NotEnrolledError(RefusalError):
    code = "device.not-enrolled"
    says = "本机还没有在办公室登记，只能查看样例。"
    hint = "请在“登记本机”中输入办公室给出的登记码。"


class NotPermittedError(RefusalError):
    code = "account.not-permitted"
    says = "当前账号没有“{act}”的权限。"
    hint = "请由有此权限的人员操作，或请管理员调整角色。"


class NumberMissingError(RefusalError):
    code = "notice.no-number"
    says = "本机没有可用的文书编号。"
    hint = "联网后会自动领取号段；在此之前文书带“草稿”水印。"


class PrintForbiddenError(RefusalError):
    code = "notice.forbidden"
    says = "“{issuer}”不得出具含有“{what}”的文书。"
    hint = "请改用本单位可以出具的文书种类。"


# --- Formats ------------------------------------------------------------------------------------


class MessageMalformedError(FormatError):
    code = "message.malformed"
    says = "收到的数据格式不对：{reason}。"
    hint = "数据没有被采用，本机内容不受影响；请把诊断文件发给管理员。"


class RecordMalformedError(FormatError):
    code = "record.malformed"
    says = "记录的格式不对：{reason}。"
    hint = "记录原样保留，请交管理员核对。"


class RecordTooNewError(FormatError):
    code = "record.too-new"
    says = "这份记录由更新的版本（格式 {version}）生成，本版本读不了。"
    hint = "请升级后再打开；记录没有损坏。"


# --- Trust --------------------------------------------------------------------------------------


class SignatureInvalidError(TrustError):
    code = "signature.invalid"
    says = "签名无效：{reason}。"
    hint = "不要采信这份内容；原样保留并报告管理员。"


class SignerUnknownError(TrustError):
    code = "signer.unknown"
    says = "签名人未经本办公室登记（密钥 {key_id}）。"
    hint = "不要采信；请核对是否来自其他单位或未登记的设备。"


class SignerRevokedError(TrustError):
    code = "signer.revoked"
    says = "签名密钥 {key_id} 已被撤销。"
    hint = "撤销之后的内容已隔离保存，请管理员核查。"


# --- Availability -------------------------------------------------------------------------------


class OfficeUnreachableError(AvailabilityError):
    code = "office.unreachable"
    says = "现在连不上办公室服务器。"
    hint = "内容都在本机，联网后会自动上传。"
