"""The console: its accounts, its database, what came back from a backup."""

from __future__ import annotations

from inspector.errors.family import AvailabilityError, RefusalError, TrustError


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


class PackRefusedError(RefusalError):
    code = "desk.pack-refused"
    says = "检查表没有发布：{reason}。"
    hint = "已发布的检查表没有变；请修改后再试。"


class FormsRefusedError(RefusalError):
    code = "desk.forms-refused"
    says = "文书模板没有变动：{reason}。"
    hint = "已发给平板的模板照旧使用；请修改后再试。"


class DeskClockError(RefusalError):
    code = "desk.clock"
    says = "本机时间比办公室服务器慢，登记码一发出就已过期。"
    hint = "请核对本机和服务器的日期和时间，改正后重新发码；其他内容没有变。"


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


class NoticeUnpublishedError(RefusalError):
    code = "desk.notice-unpublished"
    says = "文书“{number}”的状态没有登记到服务器：{reason}。"
    hint = "扫码看到的仍是以前的状态；每次同步都会再试，其他文书不受影响。请打开这份文书核对。"


class AuditBrokenError(TrustError):
    code = "desk.audit-broken"
    says = "审计记录从第 {n} 行起对不上。"
    hint = "请停止使用这个审核台，保留数据库，并用备份核对。"


class DeskDatabaseError(AvailabilityError):
    code = "desk.database"
    says = "审核台的数据库打不开：{reason}。"
    hint = "请确认磁盘有空间、没有另一个审核台在运行；仍不行请用备份恢复。"
