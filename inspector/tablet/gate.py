"""The tablet's door: who works here, their PINs, and the workbench behind it.

* The names of a tablet's inspectors are shown before any PIN, so they lie readable beside the vault; nothing
  else does.
* Locking forgets every key and closes every journal. Nothing is lost by it: what shows as saved is on disk.
* One process at a time opens a store (`StoreLock`).
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.domain.identifiers import check_entry, uuid7
from inspector.errors import (
    IllegalMoveError,
    MessageMalformedError,
    NotEnrolledError,
    StoreFullError,
    StoreUnavailableError,
)
from inspector.store import memory
from inspector.store.files import REAL_FILES, Files, write_durably
from inspector.store.journal import Recovery, recover
from inspector.store.keystore import Keystore
from inspector.store.lock import StoreLock
from inspector.store.vault import DEFAULT_COST, Unlocked, Vault
from inspector.tablet.crew import Member
from inspector.tablet.inspections import Clock
from inspector.tablet.workbench import Workbench
from inspector.trust.frames import KEY_SIZE
from inspector.trust.keys import SigningKey
from inspector.trust.strict_json import parse_object
from inspector.trust.vault import Cost

VAULT, PEOPLE = "vault.json", "people.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An inspector as the lock screen names them."""

    id: str
    name: str


class Gate:
    """The door of one store.

    Args:
        folder: the store.
        keystore: where the PINs' secrets lie, outside the store.
        build: makes the workbench from an unlocked data key.
        uptime: milliseconds since the device started, whatever the clock says.
        since: when this process began, for whoever finds the store in use.

    Raises:
        StoreInUseError: another process has the store open.
    """

    def __init__(
        self,
        folder: Path,
        *,
        keystore: Keystore,
        build: Callable[[bytes], Workbench],
        clock: Clock,
        uptime: Clock,
        since: str,
        files: Files = REAL_FILES,
        cost: Cost = DEFAULT_COST,
    ) -> None:
        files.make_folder(folder)
        self._lock = StoreLock(folder, since=since)
        self._vault = Vault(folder / VAULT, keystore, files=files, cost=cost)
        self._people, self._files = folder / PEOPLE, files
        self._build, self._clock, self._uptime = build, clock, uptime
        self._data_key: bytes | None = None
        self.workbench: Workbench | None = None

    @property
    def is_set_up(self) -> bool:
        """Whether anybody has a PIN here."""
        return self._vault.exists()

    def people(self) -> tuple[Person, ...]:
        """The inspectors who have a PIN here, in the order in which they joined."""
        names = self._names()
        return tuple(Person(id=id, name=names.get(id, "检查人员")) for id in self._vault.inspectors())

    def set_up(self, *, name: str, number: str, role: str, pin: str) -> Workbench:
        """Set the tablet up with its first inspector.

        Raises:
            PinUnfitError: another PIN is needed.
            TextTooLongError, TextControlError: the name or number cannot be printed as it is.
        """
        member = self._new_member(name, number, role)
        self._name(member)
        unlocked = self._vault.create(member.id, pin)
        return self._enter(member.id, unlocked, new=member)

    def unlock(self, id: str, pin: str) -> Workbench:
        """Open the workbench as this inspector.

        Raises:
            PinWrongError, PinWaitError, PinLockedOutError: as `Vault.unlock`.
            JournalDamagedError: the device's own journal is damaged.
        """
        return self._enter(id, self._vault.unlock(id, pin, uptime_ms=self._uptime()))

    def restore(self, id: str, pin: str) -> Recovery:
        """Make the device's own damaged journal usable with all that verifies, then open the workbench.

        The damaged bytes are kept beside it. It takes the PIN again: nothing of a key outlives the refusal.

        Raises:
            PinWrongError, PinWaitError, PinLockedOutError: as `Vault.unlock`.
            StoreFullError, StoreUnavailableError: the disk; the damaged journal is as it was.
        """
        unlocked = self._vault.unlock(id, pin, uptime_ms=self._uptime())
        path = self._people.parent / memory.JOURNAL
        found = recover(path, unlocked.data_key, name=memory.NAME, files=self._files)
        self._enter(id, unlocked)
        return found

    def join(self, *, name: str, number: str, role: str, pin: str) -> Member:
        """Give one more inspector a PIN, while somebody is unlocked; their key is unlocked as well.

        Raises:
            IllegalMoveError: nobody is unlocked.
            PinUnfitError: another PIN is needed.
        """
        if self.workbench is None or self._data_key is None:
            raise IllegalMoveError(reason="请先由已登记的检查人员解锁")
        member = self._new_member(name, number, role)
        self._name(member)
        unlocked = self._vault.add(member.id, pin, self._data_key)
        self.workbench.crew.enter(member)
        self.workbench.crew.unlock(member.id, SigningKey(unlocked.seed), makes_current=False)
        return member

    def unlock_beside(self, id: str, pin: str) -> None:
        """The second inspector unlocks their key, to sign beside the one who is working.

        Raises:
            IllegalMoveError: nobody is working.
            PinWrongError, PinWaitError, PinLockedOutError: as `Vault.unlock`.
        """
        if self.workbench is None:
            raise IllegalMoveError(reason="请先解锁本机")
        unlocked = self._vault.unlock(id, pin, uptime_ms=self._uptime())
        self.workbench.crew.unlock(id, SigningKey(unlocked.seed), makes_current=False)

    def change_pin(self, id: str, pin: str, new_pin: str) -> None:
        """Another PIN for an inspector.

        Raises:
            PinUnfitError, PinWrongError, PinWaitError, PinLockedOutError: as `Vault.change_pin`.
        """
        self._vault.change_pin(id, pin, new_pin, uptime_ms=self._uptime())

    def reset_pin(self, id: str, new_pin: str) -> None:
        """Give a colleague who is locked out a new PIN, by somebody who is unlocked.

        They get a new key with it, so that nobody can sign as somebody else: until the office has certified
        it they sign by hand.

        Raises:
            IllegalMoveError: nobody is unlocked, or one's own PIN is meant.
            PinUnfitError: another PIN is needed.
            VaultUnknownInspectorError: they never had a PIN here.
        """
        if self.workbench is None or self._data_key is None or id == self.workbench.crew.current:
            raise IllegalMoveError(reason="只能由已解锁的另一位检查人员重设 PIN")
        unlocked = self._vault.recover_with(id, self._data_key, new_pin)
        member = self.workbench.crew.member(id)
        if member is not None:
            self.workbench.crew.enter(replace(member, key_id=None, details=None))
        self.workbench.crew.unlock(id, SigningKey(unlocked.seed), makes_current=False)

    def escrow_file(self) -> bytes:
        """The data key as wrapped to the office, an age file: what the office needs to help.

        Raises:
            NotEnrolledError: no office was known when the tablet was locked last.
        """
        escrow = self._vault.escrow()
        if escrow is None:
            raise NotEnrolledError()
        return escrow.wrap

    def recover(self, id: str, code: str, new_pin: str) -> Workbench:
        """Open the workbench with the data key that the office unwrapped, and give a new PIN.

        Args:
            code: the data key as 64 hexadecimal digits; spaces and strokes between them do not count.

        Raises:
            IllegalMoveError: that is no such code.
            StoreKeyWrongError: it is another tablet's.
            PinUnfitError: another PIN is needed.
        """
        digits = "".join(char for char in code if char not in " -\n")
        try:
            data_key = bytes.fromhex(digits)
        except ValueError as error:
            raise IllegalMoveError(reason="恢复码应为 64 个字符，只含数字和 a 到 f") from error
        if len(data_key) != KEY_SIZE:
            raise IllegalMoveError(reason=f"恢复码应为 64 个字符，现有 {len(digits)} 个")
        unlocked = self._vault.recover_with(id, data_key, new_pin)
        workbench = self._enter(id, unlocked)
        member = workbench.crew.member(id)
        if member is not None:
            workbench.crew.enter(replace(member, key_id=None, details=None))
        return workbench

    def escrow_to(self, recipients: tuple[str, ...]) -> None:
        """Wrap the data key to the office, so that a forgotten PIN loses nothing."""
        if self._data_key is not None:
            self._vault.escrow_to(self._data_key, recipients)

    def keep_escrow(self) -> None:
        """Wrap the data key again when the office's recipients are others than those it was wrapped to."""
        statement = self.workbench.crew.statement() if self.workbench else None
        if statement is None:
            return
        escrow, recipients = self._vault.escrow(), tuple(statement.sealing_recipients)
        if escrow is None or escrow.recipients != recipients:
            self.escrow_to(recipients)

    def wait_left_ms(self, id: str) -> int:
        """How long this inspector has to wait before the next try."""
        return self._vault.wait_left_ms(id, uptime_ms=self._uptime())

    def lock(self) -> None:
        """Forget every key and close every journal."""
        if self.workbench is not None:
            self.workbench.close()
        self.workbench, self._data_key = None, None

    def close(self) -> None:
        """Lock, and let another process have the store."""
        self.lock()
        self._lock.close()

    def _enter(self, id: str, unlocked: Unlocked, *, new: Member | None = None) -> Workbench:
        if self.workbench is None:
            self.workbench = self._build(unlocked.data_key)
            self._data_key = unlocked.data_key
        if new is not None:
            self.workbench.crew.enter(new)
        self.workbench.crew.unlock(id, SigningKey(unlocked.seed))
        # Names that were lost come back from the journal; a full disk must not keep anybody out for them.
        with contextlib.suppress(StoreFullError, StoreUnavailableError):
            self._name(*self.workbench.crew.members())
        return self.workbench

    def _new_member(self, name: str, number: str, role: str) -> Member:
        for text, field in ((name, "姓名"), (number, "证件号"), (role, "职务")):
            check_entry(text, field=field)
        if not name.strip():
            raise IllegalMoveError(reason="请填写姓名")
        id = uuid7(at_ms=self._clock(), random=secrets.token_bytes(10))
        return Member(id=id, name=name, number=number, role=role)

    def _names(self) -> dict[str, str]:
        """The names as they lie beside the vault; none of a damaged file: they only serve the lock screen."""
        if self._files.size(self._people) is None:
            return {}
        try:
            names = parse_object(self._files.read(self._people))
        except MessageMalformedError:
            return {}
        return {id: name for id, name in names.items() if isinstance(name, str)}

    def _name(self, *members: Member) -> None:
        names = self._names() | {member.id: member.name for member in members}
        if names != self._names():
            write_durably(self._files, self._people, json.dumps(names, ensure_ascii=False).encode("utf-8"))
