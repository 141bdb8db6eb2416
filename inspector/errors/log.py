"""The office's log and its messages to tablets: forked, withheld, older, filled up again."""

from __future__ import annotations

from inspector.errors.family import AvailabilityError, RefusalError, TrustError


class FeedConflictError(RefusalError):
    code = "feed.conflict"
    says = "发给设备的消息与服务器上的不相接（服务器上到第 {n} 号）。"
    hint = "会按服务器上的最后一号重新续接；如反复出现请报告管理员。"


class LogConflictError(RefusalError):
    code = "log.conflict"
    says = "补传的日志与服务器上的不相接（服务器上有 {size} 条）。"
    hint = "会从该处重新补传；如反复出现请报告管理员。"


class ProofInvalidError(TrustError):
    code = "log.proof-invalid"
    says = "日志证明不成立：{reason}。"
    hint = "服务器可能改动过日志；保留本机内容并报告管理员。"


class CheckpointInvalidError(TrustError):
    code = "log.checkpoint-invalid"
    says = "日志检查点无效：{reason}。"
    hint = "不要采信这份回执；保留本机内容并报告管理员。"


class LogForkedError(TrustError):
    code = "log.forked"
    says = "服务器的日志与本机上次看到的不是同一份（第 {size} 条之前）。"
    hint = "服务器可能改动过日志；已停止发送，内容都在本机，请立即报告管理员。"


class LogLostPartError(TrustError):
    code = "log.lost-part"
    says = "平板的记录提到了服务器恢复之前的日志（第 {size} 条），那一段已经丢失。"
    hint = "服务器恢复过备份时属于正常，记录已重新收到；没有恢复过备份的，请立即核查服务器。"


class LogOlderError(TrustError):
    code = "log.older"
    says = "服务器的日志只有 {shown} 条，比本机上次看到的 {known} 条少。"
    hint = "服务器可能从旧备份恢复；等办公室补齐后会自动继续，内容都在本机。"


class LogRefilledError(TrustError):
    code = "log.refilled"
    says = "服务器的日志退回到第 {shown} 条，审核台已有 {known} 条；缺的 {count} 条连同附件由审核台原样补回。"
    hint = "服务器恢复过旧备份时属于正常，不用另外处理；没有恢复过备份的，请立即核查服务器。"


class LogAbandonedError(TrustError):
    code = "log.abandoned"
    says = "服务器恢复过旧备份，第 {size} 条以后的日志审核台也没有；日志从这里接续，平板会自动重新上传。"
    hint = "请向管理员核实确有此事；没有恢复过备份的，请立即核查服务器。"


class FeedRefilledError(TrustError):
    code = "feed.refilled"
    says = "服务器缺少发给 {tablets} 台平板的消息共 {count} 条，由审核台原样补回。"
    hint = "服务器恢复过旧备份时属于正常，不用另外处理；没有恢复过备份的，请立即核查服务器。"


class LogWithheldError(TrustError):
    code = "log.withheld"
    says = "服务器没有给出日志的第 {index} 条。"
    hint = "服务器可能隐瞒了记录；请管理员核查服务器。"


class LogResetError(TrustError):
    code = "log.reset"
    says = "办公室说明：服务器恢复过备份，日志从第 {size} 条重新接续。"
    hint = "受影响的记录会自动重新上传；请向办公室核实确有此事。"


class FeedUnreadableError(TrustError):
    code = "feed.unreadable"
    says = "第 {n} 号办公室消息（{kind}）已保存，但没有采用：{reason}。"
    hint = "请升级后再试；如仍不行请报告管理员。"


class FeedForgedError(TrustError):
    code = "feed.forged"
    says = "第 {n} 号办公室消息不能采信：{reason}。"
    hint = "没有采用；请报告管理员。"


class FeedGapError(TrustError):
    code = "feed.gap"
    says = "办公室消息缺第 {expected} 号（收到的是第 {got} 号）。"
    hint = "可能有消息被扣下或打乱；缺的补到之前，后面的不采用。"


class FeedReplayedError(TrustError):
    code = "feed.replayed"
    says = "服务器重发了旧的第 {n} 号办公室消息。"
    hint = "没有再次采用；如反复出现请报告管理员。"


class FeedSilentError(TrustError):
    code = "feed.silent"
    says = "已有 {days} 天没有办公室的新消息。"
    hint = "消息可能被扣下；请打电话与办公室核对。"


class LogBehindError(AvailabilityError):
    code = "log.behind"
    says = "办公室服务器刚从备份恢复，正在补齐日志，请 {retry_after_s} 秒后再试。"
    hint = "请打开办公室的审核台，它会自动补齐；内容都在本机，到时会自动再传。"
