"""Who may open this tablet: one PIN per inspector, each with wraps of the device's key and of their own seed.

* A PIN works only together with a secret in the platform's keystore; changing it rewraps and nothing else.
* Every try is counted, durably, *before* it is made. After five wrong ones in a row each further one costs a
  wait; the tenth drops that inspector's keystore secret, and only the office's copy of the data key helps
  (`recover_with`). Nothing is lost by that: drafts' key and records are wrapped to the office.
* A wait passes by the device's uptime, not by its clock: setting the clock does not shorten it. After a
  restart of the device the rest of the wait starts again, because nothing shows how long it was off.
* One file holds it all and is replaced as a whole: after a power cut it is the old or the new one.

The format is described in `docs/formats/vault.md`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.errors import (
    FrameInvalidError,
    KeyFileMalformedError,
    PinLockedOutError,
    PinWaitError,
    PinWrongError,
    SecretWrongError,
    StoreKeyWrongError,
    VaultInspectorExistsError,
    VaultLastInspectorError,
    VaultUnknownInspectorError,
)
from inspector.store.files import REAL_FILES, Files, write_durably
from inspector.store.keystore import Keystore
from inspector.store.vault_file import Entry, Escrow, Tries, VaultFile, from_bytes, to_bytes
from inspector.trust import age
from inspector.trust.frames import KEY_SIZE, open_file, seal_file
from inspector.trust.vault import Cost, check_pin, kek_for, new_kek

FREE_TRIES = 5
WAITS_MS = (30_000, 60_000, 300_000, 900_000, 900_000)
"""What the fifth wrong try in a row costs, the sixth, and so on."""
MOST_TRIES = FREE_TRIES + len(WAITS_MS)
DEFAULT_COST = Cost(log_n=15)

_SECRET_SIZE = 32
_CHECK = "vault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """What a PIN opens.

    Attributes:
        data_key: 32 bytes; opens the device's journals and photos.
        seed: 32 bytes; the inspector's own Ed25519 key.
    """

    data_key: bytes
    seed: bytes

    def __repr__(self) -> str:
        return "Unlocked(…)"


class Vault:
    """The PINs of one tablet.

    Args:
        path: the vault's file.
        keystore: where the secrets lie that the PINs are mixed with.
        cost: how dear a guess is, for wraps made from now on.
    """

    def __init__(
        self, path: Path, keystore: Keystore, *, files: Files = REAL_FILES, cost: Cost = DEFAULT_COST
    ) -> None:
        self._path, self._keystore, self._files, self._cost = path, keystore, files, cost

    def exists(self) -> bool:
        """Whether the tablet has been set up."""
        return self._files.size(self._path) is not None

    def inspectors(self) -> tuple[str, ...]:
        """The ids of those who have a PIN here.

        Raises:
            KeyFileMalformedError, StoreUnavailableError: the file cannot be read.
        """
        return tuple(self._load().entries) if self.exists() else ()

    def create(self, inspector: str, pin: str) -> Unlocked:
        """Set the tablet up: a new data key, and the first inspector with a new seed.

        Raises:
            VaultInspectorExistsError: it is set up already.
            PinUnfitError: another PIN is needed.
            StoreFullError, StoreUnavailableError: nothing was set up.
        """
        if self.exists():
            raise VaultInspectorExistsError(inspector=inspector)
        unlocked = Unlocked(data_key=secrets.token_bytes(KEY_SIZE), seed=secrets.token_bytes(KEY_SIZE))
        empty = VaultFile(check=seal_file(unlocked.data_key, _CHECK, b""), entries={}, escrow=None)
        self._files.make_folder(self._path.parent)
        self._save(self._with_entry(empty, inspector, pin, unlocked))
        return unlocked

    def add(self, inspector: str, pin: str, data_key: bytes) -> Unlocked:
        """Give another inspector a PIN and a new seed.

        Args:
            data_key: from somebody who is unlocked.

        Raises:
            VaultInspectorExistsError: they have one.
            StoreKeyWrongError: that is not this tablet's data key.
            PinUnfitError: another PIN is needed.
            StoreFullError, StoreUnavailableError: nothing was added.
        """
        file = self._load()
        if inspector in file.entries:
            raise VaultInspectorExistsError(inspector=inspector)
        _check_key(file, data_key)
        unlocked = Unlocked(data_key=data_key, seed=secrets.token_bytes(KEY_SIZE))
        self._save(self._with_entry(file, inspector, pin, unlocked))
        return unlocked

    def unlock(self, inspector: str, pin: str, *, uptime_ms: int) -> Unlocked:
        """Try a PIN. A right one forgets the wrong ones before it.

        Args:
            uptime_ms: since the device was started; never the clock.

        Raises:
            VaultUnknownInspectorError: they have no PIN here.
            PinWrongError: it is wrong; its fact `left` says how many tries are free.
            PinWaitError: it is too early to try again, or this try was wrong and costs a wait.
            PinLockedOutError: too many wrong ones, or the keystore has lost the secret.
            StoreFullError, StoreUnavailableError: it was not tried.
        """
        entry, secret = self._counted(inspector, uptime_ms)
        try:
            kek = kek_for(entry.data_key, pin, secret)
            unlocked = Unlocked(
                data_key=kek.unwrap(entry.data_key, _data_key_of(inspector)),
                seed=kek.unwrap(entry.seed, _seed_of(inspector)),
            )
        except SecretWrongError as error:
            raise self._refusal(entry, uptime_ms) from error
        self._save(self._load().with_entry(inspector, replace(entry, tries=Tries())))
        return unlocked

    def change_pin(self, inspector: str, pin: str, new_pin: str, *, uptime_ms: int) -> None:
        """Wrap both keys under another PIN; neither key changes.

        Raises:
            PinUnfitError: another new PIN is needed; the old one was not tried.
            VaultUnknownInspectorError, PinWrongError, PinWaitError, PinLockedOutError: as `unlock`.
            StoreFullError, StoreUnavailableError: the old PIN stays.
        """
        check_pin(new_pin)
        unlocked = self.unlock(inspector, pin, uptime_ms=uptime_ms)
        file = self._load()
        name = file.entries[inspector].secret
        self._save(file.with_entry(inspector, self._entry(inspector, new_pin, unlocked, name)))

    def recover_with(
        self, inspector: str, data_key: bytes, new_pin: str, *, seed: bytes | None = None
    ) -> Unlocked:
        """Give an inspector who is locked out a new PIN, by the data key that the office unwrapped.

        Args:
            seed: their key, if they have it; else a new one is made, which the office must certify again.

        Raises:
            VaultUnknownInspectorError: they never had a PIN here.
            StoreKeyWrongError: that is not this tablet's data key.
            PinUnfitError: another PIN is needed.
            StoreFullError, StoreUnavailableError: nothing was changed.
        """
        file = self._load()
        before = _entry_of(file, inspector)
        _check_key(file, data_key)
        unlocked = Unlocked(data_key=data_key, seed=seed or secrets.token_bytes(KEY_SIZE))
        self._save(self._with_entry(file, inspector, new_pin, unlocked))
        self._keystore.delete(before.secret)
        return unlocked

    def remove(self, inspector: str) -> None:
        """Take an inspector's PIN away.

        Raises:
            VaultUnknownInspectorError: they have none.
            VaultLastInspectorError: nobody and nothing else could open the tablet's data.
            StoreFullError, StoreUnavailableError: nothing was changed.
        """
        file = self._load()
        entry = _entry_of(file, inspector)
        if len(file.entries) == 1 and file.escrow is None:
            raise VaultLastInspectorError
        self._save(file.without(inspector))
        self._keystore.delete(entry.secret)

    def escrow_to(self, data_key: bytes, recipients: Sequence[str]) -> None:
        """Wrap the data key to the office as well, as an age file; again when its recipients change.

        Raises:
            StoreKeyWrongError: that is not this tablet's data key.
            KeyMalformedError: a recipient is none.
            StoreFullError, StoreUnavailableError: nothing was changed.
        """
        file = self._load()
        _check_key(file, data_key)
        escrow = Escrow(recipients=tuple(recipients), wrap=age.encrypt(data_key, recipients))
        self._save(replace(file, escrow=escrow))

    def escrow(self) -> Escrow | None:
        """The data key as wrapped to the office, or None as long as no office is known."""
        return self._load().escrow

    def wait_left_ms(self, inspector: str, *, uptime_ms: int) -> int:
        """How long this inspector has to wait until the next try; 0 when they may."""
        return _entry_of(self._load(), inspector).tries.wait_left_ms(uptime_ms)

    def _load(self) -> VaultFile:
        if not self.exists():
            raise KeyFileMalformedError(reason="本机还没有设置 PIN")
        return from_bytes(self._files.read(self._path))

    def _save(self, file: VaultFile) -> None:
        write_durably(self._files, self._path, to_bytes(file))

    def _counted(self, inspector: str, uptime_ms: int) -> tuple[Entry, bytes]:
        """The inspector's entry with this try already counted on the disk, and the keystore's secret."""
        file = self._load()
        entry = _entry_of(file, inspector)
        left = entry.tries.wait_left_ms(uptime_ms)
        if left:
            if uptime_ms < entry.tries.since_ms:  # the device was restarted: count the rest from now
                waiting = replace(entry.tries, wait_ms=left, since_ms=uptime_ms)
                self._save(file.with_entry(inspector, replace(entry, tries=waiting)))
            raise PinWaitError(seconds=-(-left // 1000))
        secret = self._keystore.get(entry.secret) if entry.tries.wrong < MOST_TRIES else None
        if secret is None:
            self._keystore.delete(entry.secret)
            raise PinLockedOutError
        wrong = entry.tries.wrong + 1
        wait_ms = WAITS_MS[wrong - FREE_TRIES] if FREE_TRIES <= wrong < MOST_TRIES else 0
        entry = replace(entry, tries=Tries(wrong=wrong, wait_ms=wait_ms, since_ms=uptime_ms))
        self._save(file.with_entry(inspector, entry))
        return entry, secret

    def _refusal(self, entry: Entry, uptime_ms: int) -> PinWrongError | PinWaitError | PinLockedOutError:
        tries = entry.tries
        if tries.wrong >= MOST_TRIES:
            self._keystore.delete(entry.secret)
            return PinLockedOutError()
        if tries.wrong >= FREE_TRIES:
            return PinWaitError(seconds=-(-tries.wait_left_ms(uptime_ms) // 1000))
        return PinWrongError(left=FREE_TRIES - tries.wrong)

    def _with_entry(self, file: VaultFile, inspector: str, pin: str, unlocked: Unlocked) -> VaultFile:
        """The file with a new entry; its keystore secret is durable before the file names it."""
        check_pin(pin)
        name = secrets.token_hex(16)
        self._keystore.set(name, secrets.token_bytes(_SECRET_SIZE))
        return file.with_entry(inspector, self._entry(inspector, pin, unlocked, name))

    def _entry(self, inspector: str, pin: str, unlocked: Unlocked, name: str) -> Entry:
        secret = self._keystore.get(name)
        if secret is None:
            raise PinLockedOutError
        kek = new_kek(pin, secret, cost=self._cost)
        return Entry(
            secret=name,
            data_key=kek.wrap(unlocked.data_key, _data_key_of(inspector)),
            seed=kek.wrap(unlocked.seed, _seed_of(inspector)),
            tries=Tries(),
        )


def _data_key_of(inspector: str) -> str:
    return f"device data key for {inspector}"


def _seed_of(inspector: str) -> str:
    return f"inspector seed of {inspector}"


def _entry_of(file: VaultFile, inspector: str) -> Entry:
    entry = file.entries.get(inspector)
    if entry is None:
        raise VaultUnknownInspectorError(inspector=inspector)
    return entry


def _check_key(file: VaultFile, data_key: bytes) -> None:
    try:
        if len(data_key) != KEY_SIZE:
            raise StoreKeyWrongError
        open_file(data_key, _CHECK, file.check)
    except FrameInvalidError as error:
        raise StoreKeyWrongError from error
