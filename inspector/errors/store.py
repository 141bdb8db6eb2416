"""A tablet's memory: its journal, its PINs and keys, its sealed files."""

from __future__ import annotations

from inspector.errors.family import AvailabilityError, FormatError, RefusalError, TrustError


class BlobMissingError(RefusalError):
    code = "blob.missing"
    says = "本机找不到密封文件 {sha256}。"
    hint = "请导出诊断文件发给管理员；其他记录不受影响。"


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


class BlobUndeclaredError(RefusalError):
    code = "blob.undeclared"
    says = "没有哪份记录提到这个附件（{sha256}），服务器没有接收。"
    hint = "会先上传记录再上传附件；如反复出现请报告管理员。"


class KeyFileMalformedError(FormatError):
    code = "vault.malformed"
    says = "密钥文件读不了：{reason}。"
    hint = "请换用备份的密钥文件；密封的记录不受影响。"


class StoreTooNewError(FormatError):
    code = "store.too-new"
    says = "本机数据由更新的版本（格式 {version}）写成，本版本读不了。"
    hint = "请升级后再打开；数据没有损坏。"


class BlobHashError(FormatError):
    code = "blob.hash"
    says = "上传的附件与声明的不一致（{sha256}）。"
    hint = "已丢弃这次上传，会自动重传；本机的附件原样保留。"


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


class StoreFullError(AvailabilityError):
    code = "store.full"
    says = "本机存储空间已满，这一次没有保存。"
    hint = "请清理本机空间后再点一次；之前保存的内容都在。"


class StoreShortError(AvailabilityError):
    code = "store.short"
    says = "已保存，但本机存储空间不足，已动用预留空间。"
    hint = "请尽快清理本机空间，再继续检查。"


class StoreUnavailableError(AvailabilityError):
    code = "store.unavailable"
    says = "本机存储暂时无法读写：{reason}。"
    hint = "已保存的内容不受影响；请稍后再试，仍不行请重启本机并联系管理员。"
