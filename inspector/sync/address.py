"""The office server's address, as people type it or a code carries it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from inspector.errors import AddressRefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAddress:
    """Scheme, host and port; paths are the protocol's."""

    origin: str

    @classmethod
    def parse(cls, text: str) -> OfficeAddress:
        """The address in `text`.

        Plain HTTP is accepted on loopback only: elsewhere anybody on the way could read who talks to whom.

        Raises:
            AddressRefusedError: another scheme, plain HTTP off this machine, a path, a name or a password.
        """
        try:
            parts = urlsplit(text.strip())
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise AddressRefusedError(reason="写法不对") from error
        if not host or not _is_host(host) or port == 0:
            raise AddressRefusedError(reason="缺少主机名或写法不对")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise AddressRefusedError(reason="地址后面不应有路径")
        if parts.username is not None or parts.password is not None:
            raise AddressRefusedError(reason="地址里不应有用户名或密码")
        if parts.scheme == "http" and not is_loopback(host):
            raise AddressRefusedError(reason="没有加密（http://）")
        if parts.scheme not in ("http", "https"):
            raise AddressRefusedError(reason="不是 https:// 开头")
        name = f"[{host}]" if ":" in host else host
        return cls(origin=f"{parts.scheme}://{name}" + (f":{port}" if port is not None else ""))


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return True
    labels = host.split(".")
    return len(host) <= 253 and all(
        0 < len(label) <= 63 and label.replace("-", "").isalnum() and label.isascii() for label in labels
    )
