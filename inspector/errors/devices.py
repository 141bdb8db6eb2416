"""Tablets: how they are enrolled, and what one has lost or repeated."""

from __future__ import annotations

from inspector.errors.family import FormatError, RefusalError, TrustError


class NotEnrolledError(RefusalError):
    code = "device.not-enrolled"
    says = "本机还没有在办公室登记，只能查看样例。"
    hint = "请在“登记本机”中输入办公室给出的登记码。"


class EnrolmentUnknownError(RefusalError):
    code = "enrolment.unknown"
    says = "没有这个登记码，或它已被撤回。"
    hint = "请核对登记码，或请办公室重新发码。"


class EnrolmentSpentError(RefusalError):
    code = "enrolment.spent"
    says = "这个登记码已经用过或过期。"
    hint = "登记码 15 分钟内有效，只能用一次；请办公室重新发码。"


class EnrolmentPendingError(RefusalError):
    code = "enrolment.pending"
    says = "对方还没有完成这一步。"
    hint = "请核对两边屏幕上的八位数字，等办公室点“确认”。"


class EnrolmentRefusedError(RefusalError):
    code = "enrolment.refused"
    says = "服务器没有接收证书：{reason}。"
    hint = "登记没有完成，平板没有拿到证书；请排除原因后再点一次“确认”。"


class InvitationCodeError(FormatError):
    code = "enrolment.code"
    says = "登记码不对：{reason}。"
    hint = "请对照办公室屏幕上的登记码重新输入；字母不分大小写，空格可有可无。"


class EnrolmentForgedError(TrustError):
    code = "enrolment.forged"
    says = "登记已中止：有人在途中改动了密钥或资料。"
    hint = "不要继续；请管理员作废这个登记码，检查服务器后重新发码。"


class EnrolmentMisdirectedError(TrustError):
    code = "enrolment.misdirected"
    says = "登记已中止：收到的不是这一步应有的消息（{reason}）。"
    hint = "可能是旧消息被重放或退回；请管理员作废这个登记码后重新发码。"


class DeviceRolledBackError(TrustError):
    code = "device.rolled-back"
    says = "办公室已有本机第 {known} 号，本机却只到第 {held} 号。"
    hint = "本机数据可能被还原成旧的，或密钥被复制到别处；已停止发送，请报告管理员。"


class StorePutBackError(TrustError):
    code = "device.store-put-back"
    says = "本机数据被移动过、由旧副本恢复，或刚由旧版程序升级，无法确定哪些文书号已经用过。"
    hint = "为防止重号，文书暂以“草稿”出具，其他功能照常；请联网传输，办公室补发新号段后自动恢复编号。"


class NumbersVoidError(TrustError):
    code = "device.numbers-void"
    says = (
        "“{device}”的数据被移动过、由旧副本恢复，或刚由旧版程序升级：它持有的未用文书号已作废，会补发新号。"
    )
    hint = "请向使用人问明原因，并收齐这台平板已交出的文书；作废的号若出现在文书上，请在“文书号”中核对。"
