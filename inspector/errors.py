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

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import ClassVar

_CODES: dict[str, type[InspectorError]] = {}


def error_class(code: str) -> type[InspectorError] | None:
    """The leaf that carries `code`, or None when this version does not know it."""
    return _CODES.get(code)


_SYSTEM_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是文件夹",
    errno.ENOTDIR: "路径中有不是文件夹的部分",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只读",
    errno.ENOSPC: "磁盘已满",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "快捷方式互相指向",
    errno.EEXIST: "已有同名文件",
}


def system_reason(error: OSError) -> str:
    """Why the operating system would not, in Chinese; it says so in English itself."""
    return _SYSTEM_REASONS.get(error.errno or 0, f"系统错误 {error.errno or type(error).__name__}")


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


class InspectionUnknownError(RefusalError):
    code = "inspection.unknown"
    says = "本机没有编号为 {id} 的检查。"
    hint = "请回到“今日”重新选择。"


class BlobMissingError(RefusalError):
    code = "blob.missing"
    says = "本机找不到密封文件 {sha256}。"
    hint = "请导出诊断文件发给管理员；其他记录不受影响。"


class NotEnrolledError(RefusalError):
    code = "device.not-enrolled"
    says = "本机还没有在办公室登记，只能查看样例。"
    hint = "请在“登记本机”中输入办公室给出的登记码。"


class NotPermittedError(RefusalError):
    code = "account.not-permitted"
    says = "当前账号没有“{act}”的权限。"
    hint = "请由有此权限的人员操作，或请管理员调整角色。"


class AccountExistsError(RefusalError):
    code = "account.exists"
    says = "账号“{login}”已经存在。"
    hint = "请换一个登录名。"


class AccountClosedError(RefusalError):
    code = "account.closed"
    says = "这个账号已被停用或改了角色，已退出登录。"
    hint = "刚才没有做完的操作没有保存；以前的审核决定仍然有效。需要继续工作请联系管理员。"


class AccountUnknownError(RefusalError):
    code = "account.unknown"
    says = "没有名为“{login}”的账号。"
    hint = "请刷新账号列表后重试。"


class EnterprisesRefusedError(RefusalError):
    code = "desk.enterprises-refused"
    says = "单位名录没有更新：{reason}。"
    hint = "原来的名录没有变；请修改后再试。"


class LoginRefusedError(RefusalError):
    code = "account.login-refused"
    says = "不能用这个登录名：{reason}。"
    hint = "请换一个登录名。"


class LoginWrongError(RefusalError):
    code = "account.login-wrong"
    says = "登录名或密码不对。"
    hint = "请检查后重试；忘记密码请找管理员新建账号。"


class LoginWaitError(RefusalError):
    code = "account.login-wait"
    says = "密码连续输错，请 {seconds} 秒后再试。"
    hint = "数据没有受影响。"


class RecordUnknownError(RefusalError):
    code = "desk.record-unknown"
    says = "审核台没有编号为 {id} 的内容。"
    hint = "请刷新列表后重新选择。"


class OfficeFilesMissingError(RefusalError):
    code = "desk.files-missing"
    says = "在填写的文件夹里找不到或读不出 {file}。"
    hint = "请核对路径，把 office.keys、statement.json、root.txt 三个文件都复制进去，再点一次“建立审核台”。"


class OfficeKeyLockedError(RefusalError):
    code = "desk.key-locked"
    says = "办公室密钥还没有解锁。"
    hint = "请在“解锁办公室密钥”中输入口令后再试。"


class PackOlderError(RefusalError):
    code = "pack.older"
    says = "办公室发来的检查表包 {version} 不比本机的 {current} 新，没有采用。"
    hint = "继续用本机的检查表；请报告管理员核查为什么又发来旧的。"


class PackMissingError(RefusalError):
    code = "pack.missing"
    says = "本机没有检查表包 {sha256}。"
    hint = "请联网等办公室重新发来；已填的内容都在本机。"


class PackRefusedError(RefusalError):
    code = "desk.pack-refused"
    says = "检查表没有发布：{reason}。"
    hint = "已发布的检查表没有变；请修改后再试。"


class FormsOlderError(RefusalError):
    code = "forms.older"
    says = "办公室发来的第 {version} 版本单位文书模板比本机的第 {current} 版旧，没有采用。"
    hint = "继续用本机的模板；请报告管理员核查为什么又发来旧的。"


class FormsRefusedError(RefusalError):
    code = "desk.forms-refused"
    says = "文书模板没有变动：{reason}。"
    hint = "已发给平板的模板照旧使用；请修改后再试。"


class NumberMissingError(RefusalError):
    code = "notice.no-number"
    says = "本机没有可用的文书编号。"
    hint = "联网后会自动领取号段；在此之前文书带“草稿”水印。"


class AnswerNotAcceptedError(RefusalError):
    code = "answer.not-accepted"
    says = "这个值不能采用：{reason}。"
    hint = "请重新填写；原来的答案没有改变。"


class PrintForbiddenError(RefusalError):
    code = "notice.forbidden"
    says = "“{issuer}”不得出具含有“{what}”的文书。"
    hint = "请改用本单位可以出具的文书种类。"


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


class NoticeIncompleteError(RefusalError):
    code = "notice.incomplete"
    says = "文书还不能生成：{reason}。"
    hint = "请补齐后再生成；检查记录不受影响。"


class NoticeIssuedError(RefusalError):
    code = "notice.issued"
    says = "{kind}已经出具：{number}。"
    hint = "出具后不能修改，也不会再占用编号；可在“已出具”中查看或再次保存。"


class InputMissingError(RefusalError):
    code = "input.missing"
    says = "还不能继续：{what}。"
    hint = "填好后再点一次；已填的内容都还在。"


class SecretRefusedError(RefusalError):
    code = "vault.secret-refused"
    says = "不能用这个密码：{reason}。"
    hint = "请换一个不容易被猜到的密码。"


class StoreInUseError(RefusalError):
    code = "store.in-use"
    says = "本机数据正被另一个程序使用（进程 {pid}，{since} 起）。"
    hint = "请先关闭另一个窗口；若已关闭仍有此提示，请重启本机后再打开。"


class StoreChangedError(RefusalError):
    code = "store.changed"
    says = "本机数据刚被另一个程序改动，本次没有写入。"
    hint = "请关闭另一个窗口后重新打开；已保存的内容没有受影响。"


class PinWrongError(RefusalError):
    code = "pin.wrong"
    says = "PIN 不正确，还可以试 {left} 次。"
    hint = "请核对后再输；连续输错会暂时锁定。"


class PinWaitError(RefusalError):
    code = "pin.wait"
    says = "PIN 连续输错，请在 {seconds} 秒后再试。"
    hint = "把本机时间调前或调后都不会缩短等待。"


class PinLockedOutError(RefusalError):
    code = "pin.locked-out"
    says = "PIN 输错次数过多，本机已停止接受该检查人员的 PIN。"
    hint = "数据没有丢失；请联系办公室恢复，恢复后设置新的 PIN。"


class PinUnfitError(RefusalError):
    code = "pin.unfit"
    says = "PIN 须为 {least} 至 {most} 位数字，且不能全部相同或连续。"
    hint = "请换一个 PIN。"


class VaultUnknownInspectorError(RefusalError):
    code = "vault.unknown-inspector"
    says = "本机没有该检查人员的 PIN（{inspector}）。"
    hint = "请由本人在“检查人员”中设置 PIN。"


class VaultInspectorExistsError(RefusalError):
    code = "vault.inspector-exists"
    says = "该检查人员已在本机设置过 PIN（{inspector}）。"
    hint = "如需更换，请使用“修改 PIN”。"


class VaultLastInspectorError(RefusalError):
    code = "vault.last-inspector"
    says = "这是本机最后一位检查人员，且密钥还没有备份到办公室，不能移除。"
    hint = "请先联网登记，或先为另一位检查人员设置 PIN。"


class PhotoMissingError(RefusalError):
    code = "photo.missing"
    says = "本机没有这张照片（{sha256}）。"
    hint = "请核对是否在另一台设备上拍摄，或已按办公室的确认清理。"


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


class BlobUndeclaredError(RefusalError):
    code = "blob.undeclared"
    says = "没有哪份记录提到这个附件（{sha256}），服务器没有接收。"
    hint = "会先上传记录再上传附件；如反复出现请报告管理员。"


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


class FeedConflictError(RefusalError):
    code = "feed.conflict"
    says = "发给设备的消息与服务器上的不相接（服务器上到第 {n} 号）。"
    hint = "会按服务器上的最后一号重新续接；如反复出现请报告管理员。"


class LogConflictError(RefusalError):
    code = "log.conflict"
    says = "补传的日志与服务器上的不相接（服务器上有 {size} 条）。"
    hint = "会从该处重新补传；如反复出现请报告管理员。"


class NoticeUnregisteredError(RefusalError):
    code = "notice.unregistered"
    says = "这份文书还没有在服务器上登记。"
    hint = "请核对地址或编号；刚送达的文书要等平板联网后才会登记，请过一两天再试。"


class NoticeVersionError(RefusalError):
    code = "notice.version"
    says = "服务器上的登记已是第 {version} 版，这一版不比它新。"
    hint = "会以更新的版本自动重新登记。"


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


class EnrolmentUnknownError(RefusalError):
    code = "enrolment.unknown"
    says = "没有这个登记码，或它已被撤回。"
    hint = "请核对登记码，或请办公室重新发码。"


class EnrolmentSpentError(RefusalError):
    code = "enrolment.spent"
    says = "这个登记码已经用过或过期。"
    hint = "登记码 15 分钟内有效，只能用一次；请办公室重新发码。"


class DeskClockError(RefusalError):
    code = "desk.clock"
    says = "本机时间比办公室服务器慢，登记码一发出就已过期。"
    hint = "请核对本机和服务器的日期和时间，改正后重新发码；其他内容没有变。"


class EnrolmentPendingError(RefusalError):
    code = "enrolment.pending"
    says = "对方还没有完成这一步。"
    hint = "请核对两边屏幕上的八位数字，等办公室点“确认”。"


class EntryRefusedError(RefusalError):
    code = "entry.refused"
    says = "服务器没有接收：{reason}。"
    hint = "没有任何改变；请排除原因后再试一次。"


class EnrolmentRefusedError(RefusalError):
    code = "enrolment.refused"
    says = "服务器没有接收证书：{reason}。"
    hint = "登记没有完成，平板没有拿到证书；请排除原因后再点一次“确认”。"


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


class SealOnceError(RefusalError):
    code = "notice.sealed-already"
    says = "这份文书的办公室副本已经签署过。"
    hint = "可以直接下载；同一份文书只签署一份副本。"


class NotForSealingError(RefusalError):
    code = "notice.not-for-sealing"
    says = "这份文书不能签署办公室副本：{reason}。"
    hint = "只签署已编号、核验为真实有效、未被退回的文书。"


class AppealMissingError(RefusalError):
    code = "notice.appeal-missing"
    says = "“{issuer}”还没有填写复议机关或管辖法院，暂不能打印任何文书。"
    hint = "请管理员在审核台“办公室”的“签发机关”里填写经法制人员确认的全称；检查结果已保存，不受影响。"


class GlyphMissingError(RefusalError):
    code = "notice.glyph-missing"
    says = "文书没有生成：字库里没有 {characters}（{fields}）。"
    hint = "请核对是否录错；无误可选“留空手写”，打印后由本人填写。内容原样保存在记录中。"


# --- Formats ------------------------------------------------------------------------------------


class MessageMalformedError(FormatError):
    code = "message.malformed"
    says = "收到的数据格式不对：{reason}。"
    hint = "数据没有被采用，本机内容不受影响；请把诊断文件发给管理员。"


class BundleMalformedError(FormatError):
    code = "bundle.malformed"
    says = "证据包读不出来：{reason}。"
    hint = "请向提供者索取完整的文件。"


class VerifyUnknownFileError(FormatError):
    code = "verify.unknown-file"
    says = "不认识这种文件。"
    hint = "可以核验：文书 PDF、证据包（.zip）、二维码文字（.txt 或 --code）、密封或打开的记录。"


class IdentityMissingError(RefusalError):
    code = "verify.identity"
    says = "这是密封的文件，没有给出能打开它的密钥。"
    hint = "请用 --identity 给出 age 身份文件。"


class InputUnreadableError(FormatError):
    code = "file.unreadable"
    says = "“{file}”读不出来：{reason}。"
    hint = "请检查文件名和权限，以及文件是否完整。"


class PdfForeignError(FormatError):
    code = "notice.pdf-foreign"
    says = "这份 PDF 不是本系统原样输出的，或输出之后被改动、追加过。"
    hint = "请向签发单位索取原件，或扫描纸面上的二维码核对。"


class TokenMalformedError(FormatError):
    code = "token.malformed"
    says = "这不是本系统文书上的二维码内容。"
    hint = "请对准文书上的二维码重新扫描，或把整段文字完整粘贴。"


class ReplyCodeMistypedError(FormatError):
    code = "reply.code-mistyped"
    says = "回复码输入有误。"
    hint = "回复码共四组、每组四个字符，不含字母 I、L、O、U；请对照文书重新输入。"


class AccessMalformedError(FormatError):
    code = "notice.access-malformed"
    says = "文书的公开地址或回复码不对：{what}。"
    hint = "请管理员核对办公室设置中的公开地址；检查记录不受影响。"


class ReplyMalformedError(FormatError):
    code = "reply.malformed"
    says = "这份回复的内容不合格式：{reason}。"
    hint = "它没有改变任何状态；请联系被检查单位重新提交。"


class RecordMalformedError(FormatError):
    code = "record.malformed"
    says = "记录的格式不对：{reason}。"
    hint = "记录原样保留，请交管理员核对。"


class RecordTooNewError(FormatError):
    code = "record.too-new"
    says = "这份记录由更新的版本（格式 {version}）生成，本版本读不了。"
    hint = "请升级后再打开；记录没有损坏。"


class PhotoFormatError(FormatError):
    code = "photo.format"
    says = "这个文件不能作为照片使用：{found}。"
    hint = "请使用 JPEG、PNG 或 WebP 照片；苹果手机请在“设置 › 相机 › 格式”中选“兼容性最佳”后重拍。"


class PhotoTooLargeError(FormatError):
    code = "photo.too-large"
    says = "照片太大：{size}，上限是 {limit}。"
    hint = "请调低相机分辨率后重拍，或缩小后再选；其他内容不受影响。"


class PhotosTooLargeError(FormatError):
    code = "photo.too-many"
    says = "一次选择的照片加起来超过 {limit}，浏览器的连接因此断开，这一次选的都没有加入。"
    hint = "请重新输入 PIN，分几次选择；已保存的内容都在本机。"


class PhotoUnreadableError(FormatError):
    code = "photo.unreadable"
    says = "照片读不出来：{reason}。"
    hint = "文件可能不完整，请重新拍摄或重新选择；其他内容不受影响。"


class IdentifierMalformedError(FormatError):
    code = "identifier.malformed"
    says = "{what}的格式不对。"
    hint = "请从原文书或系统中复制完整的编号。"


class NumberTemplateError(FormatError):
    code = "notice.number-template"
    says = "文书编号模板不能用：{reason}。"
    hint = "写法如 （{{region}}）应急责改〔{{year}}〕{{serial}}号；要补零写 {{serial:04}}。"


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


class KeyMalformedError(FormatError):
    code = "key.malformed"
    says = "密钥的格式不对：{reason}。"
    hint = "请重新复制完整的密钥，或请管理员重新导出。"


class SealMalformedError(FormatError):
    code = "seal.malformed"
    says = "密封文件的文件头不合格式：{reason}。"
    hint = "文件原样保留；请核对是否为完整的 age 文件。"


class InvitationCodeError(FormatError):
    code = "enrolment.code"
    says = "登记码不对：{reason}。"
    hint = "请对照办公室屏幕上的登记码重新输入；字母不分大小写，空格可有可无。"


class KeyFileMalformedError(FormatError):
    code = "vault.malformed"
    says = "密钥文件读不了：{reason}。"
    hint = "请换用备份的密钥文件；密封的记录不受影响。"


class NumberMalformedError(FormatError):
    code = "number.malformed"
    says = "“{text}”不是普通数字。"
    hint = "请写成 0.85 这样的数字，不带单位和指数。"


class StoreTooNewError(FormatError):
    code = "store.too-new"
    says = "本机数据由更新的版本（格式 {version}）写成，本版本读不了。"
    hint = "请升级后再打开；数据没有损坏。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file that somebody wrote: where, what, by which rule, what to write instead."""

    file: str
    place: str
    what: str
    rule: str
    suggestion: str = ""

    def __str__(self) -> str:
        hint = f"建议：{self.suggestion}。" if self.suggestion else ""
        return f"{self.file}，{self.place}：{self.what}。{self.rule}。{hint}"


class ChecklistFaultsError(FormatError):
    code = "checklist.faults"
    says = "“{file}”有 {count} 处问题，没有采用。第一处：{first}"
    hint = "请按列出的问题逐处改好再导入；原来的检查表仍可使用。"

    def __init__(self, *, file: str, count: int, first: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(file=file, count=count, first=first)
        self.faults = faults


class PackUnfitError(FormatError):
    code = "pack.unfit"
    says = "检查表包 {version} 在本机读不通，没有采用：{reason}。"
    hint = "继续用原来的检查表；请先升级本机程序，仍不行请报告管理员。"


class FormsUnfitError(FormatError):
    code = "forms.unfit"
    says = "本单位文书模板第 {version} 版在本机用不了，没有采用：{reason}。"
    hint = "继续用原来的模板；请先升级本机程序，仍不行请报告管理员。"


class FileTextError(FormatError):
    code = "file.text"
    says = "“{file}”不是 UTF-8 编码的文本文件。"
    hint = "请在编辑器中另存为 UTF-8 编码后再选一次；原来的内容没有变。"


class EntryUnsealedError(FormatError):
    code = "entry.unsealed"
    says = "这份内容没有密封，服务器没有接收。"
    hint = "内容原样保留在本机；请升级后再试，如反复出现请报告管理员。"


class BlobHashError(FormatError):
    code = "blob.hash"
    says = "上传的附件与声明的不一致（{sha256}）。"
    hint = "已丢弃这次上传，会自动重传；本机的附件原样保留。"


class RequestTooLargeError(FormatError):
    code = "request.too-large"
    says = "一次发送的内容太大，服务器没有接收。"
    hint = "会自动改用更小的分段；如反复出现请报告管理员。"


class FontUnusableError(FormatError):
    code = "notice.font"
    says = "字体文件 {file} 缺失或损坏。"
    hint = "请重新安装本程序；检查记录不受影响。"


class FontRefusedError(FormatError):
    code = "notice.font-refused"
    says = "这个字体不能用于文书：{reason}。"
    hint = "请换一个允许嵌入的 TrueType 字体（.ttf）；在此之前文书用自带的字体。"


class FontListError(FormatError):
    code = "notice.font-list"
    says = "文书所附的字体清单不是本程序写的。"
    hint = "请向签发单位索取原件。"


class NoticeTemplateError(FormatError):
    code = "notice.template"
    says = "文书模板 {file} 不能用：{reason}。"
    hint = "请按 docs/formats/notice.md 中的写法修改；检查记录不受影响。"

    def __init__(self, *, file: str, reason: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(file=file, reason=reason)
        self.faults = faults


class AnnexPhotoError(FormatError):
    code = "notice.photo"
    says = "附件照片 {number} 不能印：{reason}。"
    hint = "请重新生成这张照片的打印副本；照片原件不受影响。"


class PdfMalformedError(FormatError):
    code = "notice.pdf"
    says = "这个 PDF 不是本系统生成的文书，或已损坏：{reason}。"
    hint = "请使用收到的原文件，不要使用另存、打印或合并后的文件。"


# --- Trust --------------------------------------------------------------------------------------


class SignatureInvalidError(TrustError):
    code = "signature.invalid"
    says = "签名无效：{reason}。"
    hint = "不要采信这份内容；原样保留并报告管理员。"


class OfficeCopyInvalidError(TrustError):
    code = "notice.copy-invalid"
    says = "办公室副本的签名不能采信：{reason}。"
    hint = "请勿采信这份文件，向签发单位索取原件。"


class TimestampInvalidError(TrustError):
    code = "notice.timestamp"
    says = "时间戳机构的答复不能采信：{reason}。"
    hint = "请检查审核台“副本”页的时间戳设置；已签署的副本不受影响。"


class SignerUnknownError(TrustError):
    code = "signer.unknown"
    says = "签名人未经本办公室登记（密钥 {key_id}）。"
    hint = "不要采信；请核对是否来自其他单位或未登记的设备。"


class SignerRevokedError(TrustError):
    code = "signer.revoked"
    says = "签名密钥 {key_id} 已被撤销。"
    hint = "撤销之后的内容已隔离保存，请管理员核查。"


class PayloadTypeError(TrustError):
    code = "signature.payload-type"
    says = "签名的内容不是这里需要的种类（应为 {expected}）。"
    hint = "不要采信；请核对文件是否放错了地方。"


class SignatureMissingError(TrustError):
    code = "signature.missing"
    says = "缺少应有的签名（密钥 {key_id}）。"
    hint = "不要采信这份内容；原样保留并报告管理员。"


class KeyWrongError(TrustError):
    code = "key.wrong"
    says = "手头的密钥都打不开这份密封文件。"
    hint = "请核对是否选对了办公室密钥；旧记录可能需要更换前的密钥。"


class SealForgedError(TrustError):
    code = "seal.forged"
    says = "密封文件的文件头被改动过。"
    hint = "不要采信；原样保留并报告管理员。"


class SealBrokenError(TrustError):
    code = "seal.broken"
    says = "密封的内容被改动或不完整：{reason}。"
    hint = "不要采信已经读出的部分；原样保留，请取一份完整的再试。"


class ChainBrokenError(TrustError):
    code = "chain.broken"
    says = "设备记录链在第 {seq} 号断开：{reason}。"
    hint = "可能有记录被删、换或调序；从这一号起不要采信，并报告管理员。"


class ProofInvalidError(TrustError):
    code = "log.proof-invalid"
    says = "日志证明不成立：{reason}。"
    hint = "服务器可能改动过日志；保留本机内容并报告管理员。"


class CheckpointInvalidError(TrustError):
    code = "log.checkpoint-invalid"
    says = "日志检查点无效：{reason}。"
    hint = "不要采信这份回执；保留本机内容并报告管理员。"


class RootMismatchError(TrustError):
    code = "office.root-mismatch"
    says = "签发机关未知：办公室根密钥与所认的不同。"
    hint = "请向办公室核对根密钥指纹；核对之前不要采信。"


class CertificateInvalidError(TrustError):
    code = "certificate.invalid"
    says = "证书不能采信：{reason}。"
    hint = "不要采信由它签名的内容；请管理员核查。"


class DetailsMismatchError(TrustError):
    code = "certificate.details-mismatch"
    says = "姓名、证号与证书不符。"
    hint = "资料可能被换过；请管理员重新核对并签发证书。"


class EnrolmentForgedError(TrustError):
    code = "enrolment.forged"
    says = "登记已中止：有人在途中改动了密钥或资料。"
    hint = "不要继续；请管理员作废这个登记码，检查服务器后重新发码。"


class EnrolmentMisdirectedError(TrustError):
    code = "enrolment.misdirected"
    says = "登记已中止：收到的不是这一步应有的消息（{reason}）。"
    hint = "可能是旧消息被重放或退回；请管理员作废这个登记码后重新发码。"


class SecretWrongError(TrustError):
    code = "vault.secret-wrong"
    says = "密码不对，或密钥文件已损坏。"
    hint = "请重新输入；忘记密码可由办公室恢复，已封存的记录不会丢失。"


class FrameInvalidError(TrustError):
    code = "store.frame-invalid"
    says = "加密数据核验不通过（第 {sequence} 帧）。"
    hint = "请原样保留该文件，用“恢复”打开其余内容。"


class StoreKeyWrongError(TrustError):
    code = "store.key-wrong"
    says = "密钥与本机数据不符，没有打开。"
    hint = "数据没有损坏；请确认是本机、本人的 PIN。"


class JournalDamagedError(TrustError):
    code = "store.damaged"
    says = "本机数据有损坏：{damage}。"
    hint = "原文件会原样保留；请选择“恢复”，其余内容可继续使用，受影响的条目请逐项核对。"


class PhotoDamagedError(TrustError):
    code = "photo.damaged"
    says = "照片文件已损坏或被替换（{sha256}）。"
    hint = "文件原样保留；请重新拍摄，并报告管理员。"


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


class LogResetError(TrustError):
    code = "log.reset"
    says = "办公室说明：服务器恢复过备份，日志从第 {size} 条重新接续。"
    hint = "受影响的记录会自动重新上传；请向办公室核实确有此事。"


class FeedUnreadableError(TrustError):
    code = "feed.unreadable"
    says = "第 {n} 号办公室消息（{kind}）已保存，但没有采用：{reason}。"
    hint = "请升级后再试；如仍不行请报告管理员。"


class PackForgedError(TrustError):
    code = "pack.forged"
    says = "办公室发来的检查表包不能采信：{reason}。"
    hint = "没有采用，继续用原来的检查表；请报告管理员核查。"


class PackConflictError(TrustError):
    code = "pack.conflict"
    says = "收到另一份编号同为 {version} 的检查表包，内容与本机的不同，没有采用。"
    hint = "继续用本机的检查表；请报告管理员核查。"


class FormsForgedError(TrustError):
    code = "forms.forged"
    says = "办公室发来的本单位文书模板不能采信：{reason}。"
    hint = "没有采用，继续用原来的模板；请报告管理员核查。"


class FormsConflictError(TrustError):
    code = "forms.conflict"
    says = "收到另一份同为第 {version} 版的本单位文书模板，内容与本机的不同，没有采用。"
    hint = "继续用本机的模板；请报告管理员核查。"


class NumbersOverlapError(TrustError):
    code = "numbers.overlap"
    says = "办公室发来的文书号 {first} 至 {last} 与本机已有的号段重叠，没有采用。"
    hint = "本机原有的号可以照常使用；请报告管理员核查号段。"


class NumberTwiceError(TrustError):
    code = "numbers.twice"
    says = "同一个文书号“{number}”用在了两份文书上。"
    hint = "请打开“文书号”核对两份文书，收回其中一份并重新编号；查明相关平板是否被还原过旧资料。"


class NumberForeignError(TrustError):
    code = "numbers.foreign"
    says = "文书号“{number}”不在出具它的平板当时持有的号段里。"
    hint = "请打开“文书号”核对这个号归谁，并查明该平板的资料是否被还原或复制过。"


class NumberQuarantinedError(TrustError):
    code = "numbers.quarantined"
    says = "文书号“{number}”印在停用平板后来传来的一份文书上；这份文书已隔离，不予采信。"
    hint = "请核实它是否已交给单位：已交出的应收回，另行出具；这个号不会再发给别的平板。"


class BlockTwiceError(TrustError):
    code = "numbers.block-twice"
    says = "文书号 {first} 至 {last} 同时在两台平板手里。"
    hint = "请立即收回其中一台平板的号段，并核对已出具的文书；审核台可能由旧备份恢复过。"


class DeskRestoredError(TrustError):
    code = "desk.restored"
    says = "审核台由旧备份恢复：服务器上有 {count} 条本机不知道的、发给平板的消息。"
    hint = "已从服务器取回并接着编号；文书号不会重发。请核对恢复的是不是最新的备份。"


class DeskHistoryError(TrustError):
    code = "desk.history"
    says = "服务器上发给平板的第 {n} 号消息本机打不开，不知道其中发了哪些文书号。"
    hint = "为免重号，各类文书已各跳过一段编号，去向见“文书号”；请核对审核台的备份。"


class RegistrationsNewerError(TrustError):
    code = "desk.registrations-newer"
    says = "审核台由旧备份恢复：服务器上有 {count} 份文书的登记比本机新，已按其中的状态补记：{numbers}。"
    hint = "请在台账中核对；其间批准的延期没有补回，请对照延期整改审批表重新登记。"


class RegistrationForeignError(TrustError):
    code = "desk.registration-foreign"
    says = "服务器上有 {count} 份文书的登记版本比本机高，却不是本办公室现在的密钥签署的：{numbers}。"
    hint = "没有采用；请核查服务器，需要时在台账中重新办理一次，新的登记会盖过它。"


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


class AuditBrokenError(TrustError):
    code = "desk.audit-broken"
    says = "审计记录从第 {n} 行起对不上。"
    hint = "请停止使用这个审核台，保留数据库，并用备份核对。"


class EntryDisagreesError(TrustError):
    code = "entry.disagrees"
    says = "记录的各部分对不上：{reason}。"
    hint = "不要采信；原样保留，请管理员核查来源。"


# --- Availability -------------------------------------------------------------------------------


class DeskDatabaseError(AvailabilityError):
    code = "desk.database"
    says = "审核台的数据库打不开：{reason}。"
    hint = "请确认磁盘有空间、没有另一个审核台在运行；仍不行请用备份恢复。"


class OfficeUnreachableError(AvailabilityError):
    code = "office.unreachable"
    says = "现在连不上办公室服务器。"
    hint = "内容都在本机，联网后会自动上传。"


class RequestNonceError(AvailabilityError):
    code = "request.nonce"
    says = "请求的一次性编号已失效。"
    hint = "会自动换新编号再试。"


class TimestampUnreachableError(AvailabilityError):
    code = "notice.timestamp-unreachable"
    says = "时间戳机构没有答复：{reason}。"
    hint = "文书没有签署，什么也没有丢失；请稍后再试，或在“副本”页停用时间戳。"


class OfficeBusyError(AvailabilityError):
    code = "office.busy"
    says = "办公室服务器正忙，请 {retry_after_s} 秒后再试。"
    hint = "内容都在本机，到时会自动再传。"


class RequestTooOftenError(AvailabilityError):
    code = "request.too-often"
    says = "请求过于频繁，请 {retry_after_s} 秒后再试。"
    hint = "内容都在本机，到时会自动再传。"


class ReplyTooOftenError(AvailabilityError):
    code = "reply.too-often"
    says = "试的次数太多，请 {retry_after_s} 秒后再试。"
    hint = "已填写的内容还在页面上，不要关闭页面；到时再点一次。"


class LogBehindError(AvailabilityError):
    code = "log.behind"
    says = "办公室服务器刚从备份恢复，正在补齐日志，请 {retry_after_s} 秒后再试。"
    hint = "请打开办公室的审核台，它会自动补齐；内容都在本机，到时会自动再传。"


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


class PhotoWorkerError(AvailabilityError):
    code = "photo.worker"
    says = "现在无法显示照片：{reason}。"
    hint = "照片原件完好，请稍后再打开；若一直如此，请报告管理员。"


class CameraUnavailableError(AvailabilityError):
    code = "camera.unavailable"
    says = "现在用不了相机：{reason}。"
    hint = "可以再试一次，或改为选择图片；已填的内容都在本机。"


class FileSaveError(AvailabilityError):
    code = "file.save"
    says = "文书没有保存出去。"
    hint = "文书仍在本机，请换一个位置再试。"


class FileNotWrittenError(AvailabilityError):
    code = "file.not-written"
    says = "“{file}”没有写出来：{reason}。"
    hint = "请换一个位置，或关掉正在打开它的程序再试；原来的文件没有改动。"


class LibraryMissingError(AvailabilityError):
    code = "program.library"
    says = "这里没有安装所需的组件 {name}。"
    hint = "请在办公室的电脑上安装：pip install 'inspector[office]'。"


class MishapError(AvailabilityError):
    code = "program.mishap"
    says = "程序遇到意外情况，刚才的操作可能没有完成。"
    hint = "已显示“已保存”的内容都在本机。请再试一次；若反复出现，请在“设置”中导出诊断文件交给管理员。"


class StoreFullError(AvailabilityError):
    code = "store.full"
    says = "本机存储空间已满，这一次没有保存。"
    hint = "请清理本机空间后再点一次；之前保存的内容都在。"


class StoreShortError(AvailabilityError):
    code = "store.short"
    says = "已保存，但本机存储空间不足，已动用预留空间。"
    hint = "请尽快清理本机空间，再继续检查。"


class ClockMovedError(AvailabilityError):
    code = "clock.moved"
    says = "本机时间刚被调{way}了 {span}。"
    hint = "请在系统设置中核对日期和时间。已填的内容都在；这次检查会注明时间被调整过。"


class StoreUnavailableError(AvailabilityError):
    code = "store.unavailable"
    says = "本机存储暂时无法读写：{reason}。"
    hint = "已保存的内容不受影响；请稍后再试，仍不行请重启本机并联系管理员。"
