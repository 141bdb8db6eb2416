"""What an enterprise answers to a notice."""

from __future__ import annotations

from inspector.errors.family import AvailabilityError, FormatError, RefusalError


class ReplyCodeWrongError(RefusalError):
    code = "reply.code-wrong"
    says = "回复码不对。"
    hint = "请对照文书上印的回复码逐组核对后重新输入。"


class ReplyClosedError(RefusalError):
    code = "reply.closed"
    says = "这份文书已撤回、被替代或办结，不再接收回复。"
    hint = "如有疑问，请联系文书上的签发单位。"


class ReplyTooLargeError(RefusalError):
    code = "reply.too-large"
    says = "这份回复超过 {limit_mb} MB。"
    hint = "请减少照片后重新提交；已填写的文字还在页面上。"


class ReplyChangedError(RefusalError):
    code = "reply.changed"
    says = "同一份回复已经收到过，这次的内容却不同。"
    hint = "已收到的那份没有变；要补充内容，请刷新页面后另交一份回复。"


class ReplyNoticeFullError(RefusalError):
    code = "reply.notice-full"
    says = "这份文书已收到 {count} 份回复，不再接收更多。"
    hint = "已收到的回复都在；要补充内容，请直接联系签发单位。"


class RepliesFullError(RefusalError):
    code = "reply.server-full"
    says = "服务器存放回复的空间已满，这份回复没有收下。"
    hint = "请过几天再提交，或直接联系签发单位。"


class RepliesFillingError(RefusalError):
    code = "reply.server-filling"
    says = "服务器存放整改回复的空间已用 {percent}%，满了就收不下新的回复。"
    hint = (
        "已取走的 90 天后自动清除；急需空间请先备份审核台，再到服务器上运行 office replies 清除或调大限额。"
    )


class ReplyDroppedError(RefusalError):
    code = "reply.dropped"
    says = "回复 {number} 的内容不在本机，服务器也已按期清除或给不出来。"
    hint = "请从较新的审核台备份取回 blobs 文件夹中的 {sha256}.age；没有的，请联系被检查单位重新提交。"


class ReplyCodeMistypedError(FormatError):
    code = "reply.code-mistyped"
    says = "回复码输入有误。"
    hint = "回复码共四组、每组四个字符，不含字母 I、L、O、U；请对照文书重新输入。"


class ReplyMalformedError(FormatError):
    code = "reply.malformed"
    says = "这份回复的内容不合格式：{reason}。"
    hint = "它没有改变任何状态；请联系被检查单位重新提交。"


class ReplyTooOftenError(AvailabilityError):
    code = "reply.too-often"
    says = "试的次数太多，请 {retry_after_s} 秒后再试。"
    hint = "已填写的内容还在页面上，不要关闭页面；到时再点一次。"
