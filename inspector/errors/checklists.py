"""Checklists, and the packs in which an office sends them."""

from __future__ import annotations

from inspector.errors.family import Fault, FormatError, RefusalError, TrustError


class PackOlderError(RefusalError):
    code = "pack.older"
    says = "办公室发来的检查表包 {version} 不比本机的 {current} 新，没有采用。"
    hint = "继续用本机的检查表；请报告管理员核查为什么又发来旧的。"


class PackMissingError(RefusalError):
    code = "pack.missing"
    says = "本机没有检查表包 {sha256}。"
    hint = "请联网等办公室重新发来；已填的内容都在本机。"


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


class PackForgedError(TrustError):
    code = "pack.forged"
    says = "办公室发来的检查表包不能采信：{reason}。"
    hint = "没有采用，继续用原来的检查表；请报告管理员核查。"


class PackConflictError(TrustError):
    code = "pack.conflict"
    says = "收到另一份编号同为 {version} 的检查表包，内容与本机的不同，没有采用。"
    hint = "继续用本机的检查表；请报告管理员核查。"
