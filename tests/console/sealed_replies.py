"""Replies as a browser would seal them, and as an attacker would."""

from __future__ import annotations

import json
from hashlib import sha256

from inspector.trust import age
from inspector.trust.registration import code_keys
from inspector.work.reply import MAGIC
from tests.console.desk_rig import DeskRig
from tests.console.issued_notices import Handed


def content(handed: Handed, *photos: bytes, **changes: object) -> bytes:
    """The bytes under the seal: the first finding done, with `photos`."""
    listed = [{"size": len(one), "sha256": sha256(one).hexdigest()} for one in photos]
    value = {
        "v": 1,
        "id": "ab" * 16,
        "public_id": handed.notice.public_id,
        "name": "样例回复人",
        "phone": "000-0000002",
        "at_ms": 1_795_500_000_000,
        "findings": [{"ordinal": 1, "done": True, "text": "样例：堵塞物已清除。", "photos": listed}],
        **changes,
    }
    body = json.dumps(value, ensure_ascii=False).encode()
    return MAGIC + len(body).to_bytes(4, "big") + body + b"".join(photos)


def sealed(rig: DeskRig, data: bytes) -> bytes:
    return age.encrypt(data, rig.desk.statement.sealing_recipients)


def proof(handed: Handed) -> bytes:
    assert handed.access is not None
    return code_keys(handed.access.reply_code, handed.notice.public_id).proof
