"""Verifying the saved receipt of a reply: the office's statement, and what its server signed."""

from __future__ import annotations

from inspector.domain.message_fields import MessageFields
from inspector.domain.working_days import chinese_time
from inspector.trust.strict_json import parse_object
from inspector.work.reply_receipt import verify_reply_receipt
from inspector.work.verification import Check, Trust, Verification

WHAT = "整改回复的回执"
_START = b'{"v":1,"statement":'
_MOST = 64 * 1024


def is_reply_receipt(data: bytes) -> bool:
    """Whether a file is a receipt as the public page saves it."""
    return data.startswith(_START)


def verify_saved_receipt(data: bytes, trust: Trust) -> Verification:
    """Verify a receipt that an enterprise saved.

    Raises:
        FormatError: it cannot be read.
    """
    fields = MessageFields.of(parse_object(data), "回执文件", "v statement receipt")
    envelope = fields.text("receipt", most=_MOST).encode("utf-8")
    check = Check()
    statement = check.statement(fields.text("statement", most=_MOST).encode("utf-8"), trust)
    if statement is None:
        return check.done(WHAT)
    receipt = check.that("回执由本办公室的服务器签署", lambda: verify_reply_receipt(envelope, statement.log))
    if receipt is None:
        return check.done(WHAT)
    check.line(is_good=True, words="只证明服务器收到过这份加密回复，不证明内容、提交人和是否已经查看")
    said = (
        ("回复编号", receipt.number),
        ("收到时间", chinese_time(receipt.received_ms)),
        ("回复摘要", receipt.sha256),
    )
    return check.done(WHAT, paper=said)
