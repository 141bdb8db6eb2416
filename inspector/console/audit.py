"""Who did what at the console; each line names the hash of the last, so that no change goes unnoticed.

The last line's number and hash are kept once more beside the lines, so that a shortened trail shows as well.
Whoever holds the database's key can write a whole new trail; see `docs/console.md` for what helps there.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from inspector.console.database import DeskDatabase, Row
from inspector.errors import AuditBrokenError
from inspector.trust.strict_json import canonical

_GENESIS = "0" * 64
_HEAD = "audit head"

ACTS = {
    "set-up": "建立审核台",
    "log-in": "登录",
    "log-out": "退出登录",
    "unlock-keys": "解锁办公室密钥",
    "lock-keys": "收起办公室密钥",
    "certify-account": "为账号签发证书",
    "create-account": "新建账号",
    "close-account": "停用账号",
    "change-password": "修改自己的密码",
    "invite-device": "发出登记码",
    "withdraw-invitation": "撤回登记码",
    "enrol-device": "登记平板",
    "revoke-device": "停用平板",
    "set-issuer": "修改签发机关",
    "hand-out-numbers": "手工发文书号",
    "call-back-numbers": "收回文书号",
    "export-numbers": "导出文书号去向",
    "set-calendar": "更新节假日表",
    "ask-extension": "登记延期申请",
    "grant-extension": "同意延期",
    "refuse-extension": "不同意延期",
    "preview-extension": "预览延期整改审批表",
    "issue-extension": "出具延期整改审批表",
    "download-extension": "下载延期整改审批表",
    "publish-pack": "发布检查表",
    "publish-form": "发布文书模板",
    "remove-form": "移除文书模板",
    "set-font": "换上文书字体",
    "drop-font": "换回自带的文书字体",
    "set-enterprises": "更新单位名录",
    "reset-log": "服务器恢复后补回日志",
    "put-away-alarm": "处理告警",
    "export-evidence": "导出证据包",
    "open-record": "打开记录",
    "accepted": "确认记录",
    "returned": "退回记录",
    "download-notice": "下载文书",
    "open-notice": "打开文书",
    "withdraw-notice": "撤回文书",
    "close-notice": "办结文书",
    "replace-notice": "替代文书",
    "begin-sealing": "开始签署办公室副本",
    "stop-sealing": "停止签署办公室副本",
    "seal-copy": "签署办公室副本",
    "download-copy": "下载办公室副本",
    "set-timestamp": "修改时间戳设置",
}
"""The closed list of acts, with their words on the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One act.

    Attributes:
        account: login of who acted; `-` for the program itself.
        act: one of `ACTS`.
        object: ids only, never names or answers.
    """

    n: int
    at_ms: int
    account: str
    act: str
    object: str


class Audit:
    """The audit trail."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def note(self, *, account: str, act: str, object: str, at_ms: int) -> None:
        """Add a line, in the transaction of the act itself.

        Raises:
            ValueError: an act that is not in `ACTS`; the caller is wrong.
        """
        if act not in ACTS:
            raise ValueError(f"no such act: {act}")
        with self._database.at_once():
            last = self._database.row("SELECT n, sha256 FROM audit ORDER BY n DESC LIMIT 1")
            n, prev = (last["n"] + 1, last["sha256"]) if last else (1, _GENESIS)
            line = {"n": n, "at_ms": at_ms, "account": account, "act": act, "object": object, "prev": prev}
            digest = _digest(line)
            self._database.put("audit", {**line, "sha256": digest})
            self._database.put_fact(_HEAD, [n, digest])

    def lines(self, *, before: int | None = None, limit: int = 100) -> tuple[AuditLine, ...]:
        """The newest lines, from number `before` down."""
        rows = self._database.rows(
            "SELECT * FROM audit WHERE n < ? ORDER BY n DESC LIMIT ?", before or 1 << 62, limit
        )
        return tuple(
            AuditLine(n=r["n"], at_ms=r["at_ms"], account=r["account"], act=r["act"], object=r["object"])
            for r in rows
        )

    def verify(self) -> int:
        """How many lines there are, once their chain is shown to be whole.

        Raises:
            AuditBrokenError: a line was changed, removed or added.
        """
        prev, expected = _GENESIS, 1
        for row in self._database.rows("SELECT * FROM audit ORDER BY n"):
            line = {name: row[name] for name in ("n", "at_ms", "account", "act", "object", "prev")}
            if row["n"] != expected or row["prev"] != prev or row["sha256"] != _digest(line):
                raise AuditBrokenError(n=expected)
            prev, expected = row["sha256"], expected + 1
        if self._database.fact(_HEAD) != ([expected - 1, prev] if expected > 1 else None):
            raise AuditBrokenError(n=expected)
        return expected - 1


def _digest(line: Row) -> str:
    return sha256(canonical(dict(line))).hexdigest()
