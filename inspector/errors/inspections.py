"""Refused or unreadable while an inspection is filled in: answers, texts, days, records."""

from __future__ import annotations

from inspector.errors.family import FormatError, RefusalError, TrustError


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


class InspectionUnknownError(RefusalError):
    code = "inspection.unknown"
    says = "本机没有编号为 {id} 的检查。"
    hint = "请回到“今日”重新选择。"


class AnswerNotAcceptedError(RefusalError):
    code = "answer.not-accepted"
    says = "这个值不能采用：{reason}。"
    hint = "请重新填写；原来的答案没有改变。"


class TextTooLongError(RefusalError):
    code = "text.too-long"
    says = "“{field}”写了 {length} 个字，最多 {cap} 个字。"
    hint = "请缩短后再保存；长的内容可以写进备注或附件。"


class TextControlError(RefusalError):
    code = "text.control"
    says = "“{field}”第 {position} 个字是看不见的控制符（{code_point}）。"
    hint = "请删去这个字，或不要粘贴而改为键入。"


class DaysOutOfRangeError(RefusalError):
    code = "deadline.days"
    says = "整改期限应为 1 至 {cap} 天，现为 {days} 天。"
    hint = "请改填天数；应当场改正的请选“立即改正”。"


class InputMissingError(RefusalError):
    code = "input.missing"
    says = "还不能继续：{what}。"
    hint = "填好后再点一次；已填的内容都还在。"


class RecordMalformedError(FormatError):
    code = "record.malformed"
    says = "记录的格式不对：{reason}。"
    hint = "记录原样保留，请交管理员核对。"


class RecordTooNewError(FormatError):
    code = "record.too-new"
    says = "这份记录由更新的版本（格式 {version}）生成，本版本读不了。"
    hint = "请升级后再打开；记录没有损坏。"


class IdentifierMalformedError(FormatError):
    code = "identifier.malformed"
    says = "{what}的格式不对。"
    hint = "请从原文书或系统中复制完整的编号。"


class CalendarMalformedError(FormatError):
    code = "calendar.malformed"
    says = "节假日表读不了：{reason}。"
    hint = "请按 assets/calendar 中的写法修改；原有的表继续使用。"


class CalendarOlderError(RefusalError):
    code = "calendar.older"
    says = "已有 {current} 公布的节假日表，这份是 {published} 公布的，没有采用。"
    hint = "请导入国务院最新公布的安排；原有的表继续使用。"


class CalendarConflictError(TrustError):
    code = "calendar.conflict"
    says = "两份节假日表同为 {published} 公布，内容却不同，没有采用后一份。"
    hint = "请对照国务院原文核查；原有的表继续使用。"


class NumberMalformedError(FormatError):
    code = "number.malformed"
    says = "“{text}”不是普通数字。"
    hint = "请写成 0.85 这样的数字，不带单位和指数。"
