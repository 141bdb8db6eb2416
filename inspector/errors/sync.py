"""Talking to the office's server: requests, entries, uploads, receipts."""

from __future__ import annotations

from inspector.errors.family import AvailabilityError, FormatError, RefusalError, TrustError


class RequestForbiddenError(RefusalError):
    code = "request.forbidden"
    says = "办公室服务器不允许本机这样做（{act}）。"
    hint = "上传已暂停，内容都在本机；请联系管理员核对本机的登记。"


class RequestUnknownError(RefusalError):
    code = "request.unknown"
    says = "办公室服务器上没有这一项（{what}）。"
    hint = "请核对服务器地址和版本；本机内容不受影响。"


class EntryGapError(RefusalError):
    code = "entry.gap"
    says = "办公室服务器还缺第 {expected} 号，暂不接收第 {seq} 号。"
    hint = "会从缺的那一号起自动补传。"


class EntryForkError(RefusalError):
    code = "entry.fork"
    says = "办公室服务器上已有另一份第 {seq} 号。"
    hint = "两份都已保留；请报告管理员核查，本机内容不要删除。"


class EntryForeignError(RefusalError):
    code = "entry.foreign"
    says = "这一份属于别的单位或别的设备，服务器没有接收。"
    hint = "请核对本机的登记；内容原样保留在本机。"


class EntryQuarantinedError(RefusalError):
    code = "entry.quarantined"
    says = "第 {seq} 号在密钥撤销之后，已被隔离保存。"
    hint = "请管理员核查；本机内容原样保留。"


class OfficeFolderError(RefusalError):
    code = "office.folder"
    says = "不能使用这个服务器数据文件夹：{reason}。"
    hint = "请先执行 office init，或核对 --data 指向的位置和权限。"


class PlainHttpRefusedError(RefusalError):
    code = "office.plain-http"
    says = "不能在 {host} 上提供未加密的服务。"
    hint = "请只监听 127.0.0.1 并在前面设置 HTTPS 代理，或给出 --tls-cert 和 --tls-key。"


class UploadOffsetError(RefusalError):
    code = "upload.offset"
    says = "续传的位置不对，服务器已收到 {offset} 字节。"
    hint = "会从该处自动续传。"


class UploadUnknownError(RefusalError):
    code = "upload.unknown"
    says = "这次上传已过期或不存在。"
    hint = "会自动从头上传这个附件。"


class UploadQuotaError(RefusalError):
    code = "upload.quota"
    says = "本机未完成的上传超过了 {limit_bytes} 字节。"
    hint = "请先让已开始的上传完成，或等待过期后自动清理。"


class EntryRefusedError(RefusalError):
    code = "entry.refused"
    says = "服务器没有接收：{reason}。"
    hint = "没有任何改变；请排除原因后再试一次。"


class AddressRefusedError(RefusalError):
    code = "office.address"
    says = "不能使用这个服务器地址：{reason}。"
    hint = "地址应以 https:// 开头；请对照办公室给出的登记码重新填写。"


class OfficeRefusedError(RefusalError):
    code = "office.refused"
    says = "办公室服务器没有接受：{said}（{problem}）。"
    hint = "内容原样保留在本机；本版本不认识这个原因，请升级或报告管理员。"


class DocumentKeyMissingError(RefusalError):
    code = "office.document-key"
    says = "办公室密钥里还没有文书密钥，不能签署办公室副本。"
    hint = "请用离线的根密钥执行 inspector keys document，然后重新解锁。"


class MessageMalformedError(FormatError):
    code = "message.malformed"
    says = "收到的数据格式不对：{reason}。"
    hint = "数据没有被采用，本机内容不受影响；请把诊断文件发给管理员。"


class EntryUnsealedError(FormatError):
    code = "entry.unsealed"
    says = "这份内容没有密封，服务器没有接收。"
    hint = "内容原样保留在本机；请升级后再试，如反复出现请报告管理员。"


class RequestTooLargeError(FormatError):
    code = "request.too-large"
    says = "一次发送的内容太大，服务器没有接收。"
    hint = "会自动改用更小的分段；如反复出现请报告管理员。"


class RootMismatchError(TrustError):
    code = "office.root-mismatch"
    says = "签发机关未知：办公室根密钥与所认的不同。"
    hint = "请向办公室核对根密钥指纹；核对之前不要采信。"


class RequestStatementError(TrustError):
    code = "request.statement"
    says = "请求的签名声明不成立：{reason}。"
    hint = "请求没有被执行；请核对服务器地址，如反复出现请报告管理员。"


class OfficeMismatchError(TrustError):
    code = "office.mismatch"
    says = "答复的不是本机登记的办公室：{reason}。"
    hint = "没有发送任何内容；请核对服务器地址并报告管理员。"


class OfficeStatementOlderError(TrustError):
    code = "office.statement-older"
    says = "服务器给出的办公室声明（第 {shown} 版）比本机已有的（第 {known} 版）旧。"
    hint = "没有采用，也没有发送任何内容；请报告管理员。"


class ReceiptInvalidError(TrustError):
    code = "receipt.invalid"
    says = "第 {seq} 号的回执不能采信：{reason}。"
    hint = "该份仍算未送达，会继续重试；如反复出现请报告管理员。"


class ReceiptMissingError(TrustError):
    code = "receipt.missing"
    says = "服务器说已收到第 {seq} 号，却没有给出回执。"
    hint = "该份仍算未送达，会继续重试；如反复出现请报告管理员。"


class AcknowledgementOverdueError(TrustError):
    code = "acknowledgement.overdue"
    says = "第 {seq} 号送达已 {days} 天，办公室仍未确认打开。"
    hint = "本机的一份会一直保留；请与办公室联系，核对是否收到。"


class ReceiptBrokenError(TrustError):
    code = "receipt.broken"
    says = "服务器给过第 {seq} 号的回执，现在却说没有它。"
    hint = "会从本机重新上传；服务器可能丢失或隐瞒了记录，请报告管理员。"


class EntryUnansweredError(TrustError):
    code = "entry.unanswered"
    says = "服务器对第 {seq} 号没有给出结果。"
    hint = "该份仍算未送达，会继续重试；如反复出现请报告管理员。"


class EntryDisagreesError(TrustError):
    code = "entry.disagrees"
    says = "记录的各部分对不上：{reason}。"
    hint = "不要采信；原样保留，请管理员核查来源。"


class OfficeUnreachableError(AvailabilityError):
    code = "office.unreachable"
    says = "现在连不上办公室服务器。"
    hint = "内容都在本机，联网后会自动上传。"


class RequestNonceError(AvailabilityError):
    code = "request.nonce"
    says = "请求的一次性编号已失效。"
    hint = "会自动换新编号再试。"


class OfficeBusyError(AvailabilityError):
    code = "office.busy"
    says = "办公室服务器正忙，请 {retry_after_s} 秒后再试。"
    hint = "内容都在本机，到时会自动再传。"


class RequestTooOftenError(AvailabilityError):
    code = "request.too-often"
    says = "请求过于频繁，请 {retry_after_s} 秒后再试。"
    hint = "内容都在本机，到时会自动再传。"


class OfficeNotAdoptedError(AvailabilityError):
    code = "office.not-adopted"
    says = "这台服务器还没有装入办公室声明。"
    hint = "请管理员在服务器上执行 office adopt；内容都在本机。"


class OfficeFailedError(AvailabilityError):
    code = "office.failed"
    says = "办公室服务器内部出错。"
    hint = "内容都在本机，稍后会自动再试；如反复出现请报告管理员。"


class OfficeAnswerError(AvailabilityError):
    code = "office.answer"
    says = "办公室服务器的答复看不懂（可能是网络登录页）：{reason}。"
    hint = "请先用浏览器确认网络已登录；内容都在本机，稍后会自动再试。"


class OfficeTimeoutError(AvailabilityError):
    code = "office.timeout"
    says = "办公室服务器没有及时答复。"
    hint = "内容都在本机，网络好转后会自动续传。"


class OfficeCertificateError(AvailabilityError):
    code = "office.tls"
    says = "与办公室服务器的加密连接没有通过核验。"
    hint = "没有发送任何内容；请核对网络、本机时间和服务器证书。"


class ExchangeCancelledError(AvailabilityError):
    code = "exchange.cancelled"
    says = "这次上传已停下。"
    hint = "内容都在本机，下次会从停下的地方继续。"
