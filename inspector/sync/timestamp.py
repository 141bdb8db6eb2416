"""The line to a time-stamping authority (RFC 3161 over HTTP, §3.4).

Plain HTTP is accepted: the answer is signed, and the request shows nothing but a digest. Nobody is asked
unless an administrator wrote an address down.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from inspector.errors import AddressRefusedError, TimestampInvalidError, TimestampUnreachableError

MAX_ANSWER_BYTES = 64 * 1024
TIMEOUTS_S = (10, 20)

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampAddress:
    """Where an authority answers."""

    url: str

    @classmethod
    def parse(cls, text: str) -> TimestampAddress:
        """The address in `text`.

        Raises:
            AddressRefusedError: it is none, or carries a name or a password.
        """
        url = text.strip()
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError as error:
            raise AddressRefusedError(reason="写法不对") from error
        if parts.scheme not in ("http", "https") or not host or not url.isascii():
            raise AddressRefusedError(reason="不是 http:// 或 https:// 开头的地址")
        if parts.username is not None or parts.password is not None:
            raise AddressRefusedError(reason="地址里不应有用户名或密码")
        return cls(url=url)


class TimestampAuthority:
    """One authority; its `ask` is what a sealer stamps with."""

    def __init__(self, address: TimestampAddress) -> None:
        self._url = address.url
        self._session = requests.Session()
        self._session.trust_env = False

    def ask(self, request: bytes) -> bytes:
        """The authority's answer to a request, both DER; nothing in it is believed yet.

        Raises:
            TimestampUnreachableError: nobody answers, or with a failure.
            TimestampInvalidError: something else answers there.
        """
        headers = {"Content-Type": _QUERY, "Accept": _REPLY}
        try:
            with self._session.post(
                self._url,
                data=request,
                headers=headers,
                timeout=TIMEOUTS_S,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != requests.codes.ok:
                    raise TimestampUnreachableError(reason=f"状态 {answer.status_code}")
                if answer.headers.get("Content-Type", "").partition(";")[0].strip() != _REPLY:
                    raise TimestampInvalidError(reason="这个地址不是时间戳服务")
                body = answer.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise TimestampUnreachableError(reason="连接不上或中断") from error
        if len(body) > MAX_ANSWER_BYTES:
            raise TimestampInvalidError(reason="答复过长")
        return bytes(body)
