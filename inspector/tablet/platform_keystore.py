"""The keystore of Android and iOS, for the secrets that PINs are mixed with.

Each option is named: by default the service wipes everything when one value cannot be read, and lets the
system copy values to another device.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as TookTooLongError
from typing import Any, TypeVar

import flet as ft
from flet_secure_storage import AndroidOptions, IOSOptions, KeychainAccessibility, SecureStorage
from flet_secure_storage.types import KeyCipherAlgorithm, StorageCipherAlgorithm

from inspector.errors import StoreUnavailableError

PATIENCE_S = 20.0
T = TypeVar("T")

_ACCOUNT = "inspector"
ANDROID = AndroidOptions(
    reset_on_error=False,
    migrate_on_algorithm_change=True,
    enforce_biometrics=False,
    key_cipher_algorithm=KeyCipherAlgorithm.RSA_ECB_OAEP_WITH_SHA256_AND_MGF1_PADDING,
    storage_cipher_algorithm=StorageCipherAlgorithm.AES_GCM_NO_PADDING,
    shared_preferences_name=_ACCOUNT,
    preferences_key_prefix=_ACCOUNT,
)
IOS = IOSOptions(
    account_name=_ACCOUNT,
    accessibility=KeychainAccessibility.UNLOCKED_THIS_DEVICE,
    synchronizable=False,
)


def has_keystore(page: ft.Page) -> bool:
    """Whether the platform has one that this program uses."""
    return not page.web and page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)


class PlatformKeystore:
    """A `store.keystore.Keystore`; call it from a thread, never from the event loop.

    Args:
        page: the app's page, for whose sake the service exists.
    """

    def __init__(self, page: ft.Page) -> None:
        self._loop = page.session.connection.loop
        self._storage = SecureStorage(android_options=ANDROID, ios_options=IOS)

    def get(self, name: str) -> bytes | None:
        """The secret, or None when there is none of that name."""
        text = self._ask(self._storage.get(name, android=ANDROID, ios=IOS))
        return None if text is None else b64decode(text)

    def set(self, name: str, secret: bytes) -> None:
        """Keep a secret; read back, because the service answers before it is certain."""
        text = b64encode(secret).decode("ascii")
        self._ask(self._storage.set(name, text, android=ANDROID, ios=IOS))
        if self.get(name) != secret:
            raise StoreUnavailableError(reason="系统密钥库没有保存成功")

    def delete(self, name: str) -> None:
        """Forget a secret."""
        self._ask(self._storage.remove(name, android=ANDROID, ios=IOS))

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(question, self._loop)
        try:
            return future.result(PATIENCE_S)
        except (TookTooLongError, RuntimeError) as error:
            raise StoreUnavailableError(reason="系统密钥库没有响应") from error
