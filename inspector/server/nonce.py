"""Nonces that cost nothing to hand out and are good for one request.

* A nonce carries the server's own time and a MAC, so that none needs to be stored before it is used; a used
  one is stored until it would have expired, and a second use finds it there.
* All processes of one server share the MAC's key and the table, so it does not matter which of them answers.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from sqlalchemy import delete, insert, select

from inspector.errors import RequestNonceError
from inspector.server.archive import Archive
from inspector.server.schema import nonces
from inspector.sync.protocol import NONCE_LIFETIME_MS

KEY_BYTES = 32

_RANDOM_DIGITS = 24
_TIME_DIGITS = 12
_MAC_DIGITS = 24
_LENGTH = _RANDOM_DIGITS + _TIME_DIGITS + _MAC_DIGITS


class Nonces:
    """Hands out nonces and takes each back once.

    Args:
        key: `KEY_BYTES` secret bytes, the same for every process of this server.
    """

    def __init__(self, archive: Archive, key: bytes) -> None:
        self._archive = archive
        self._key = key

    def issue(self, now_ms: int) -> str:
        """A fresh nonce, 60 characters of hexadecimal."""
        body = f"{secrets.token_hex(_RANDOM_DIGITS // 2)}{now_ms:0{_TIME_DIGITS}x}"
        return body + self._mac(body)

    def spend(self, nonce: str, now_ms: int) -> None:
        """Accept `nonce` this once.

        Raises:
            RequestNonceError: not ours, too old, or used before.
            OfficeBusyError: the archive cannot be reached.
        """
        expires_ms = self._issued_ms(nonce) + NONCE_LIFETIME_MS
        if not expires_ms - NONCE_LIFETIME_MS <= now_ms < expires_ms:
            raise RequestNonceError()
        tenant = self._archive.tenant
        with self._archive.write() as connection:
            used = select(nonces.c.nonce).where(nonces.c.tenant == tenant, nonces.c.nonce == nonce)
            if connection.scalar(used) is not None:
                raise RequestNonceError()
            connection.execute(insert(nonces).values(tenant=tenant, nonce=nonce, expires_ms=expires_ms))

    def sweep(self, now_ms: int) -> None:
        """Forget the used nonces that have expired."""
        with self._archive.write() as connection:
            connection.execute(
                delete(nonces).where(nonces.c.tenant == self._archive.tenant, nonces.c.expires_ms <= now_ms)
            )

    def _issued_ms(self, nonce: str) -> int:
        body, mac = nonce[:-_MAC_DIGITS], nonce[-_MAC_DIGITS:]
        if len(nonce) != _LENGTH or not nonce.isascii() or not hmac.compare_digest(mac, self._mac(body)):
            raise RequestNonceError()
        return int(body[_RANDOM_DIGITS:], 16)

    def _mac(self, body: str) -> str:
        return hmac.digest(self._key, body.encode("ascii"), sha256).hex()[:_MAC_DIGITS]
