"""Who may work at the console: accounts, their roles, and what their password opens.

* A password unwraps the database's key and the account's own signing key, and nothing else is stored of it.
* Wrong passwords are counted before they are tried; after five in a row each further one costs a wait.
* The file names logins and roles only; what people are called lies inside the database.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from inspector.domain.fields import Fields
from inspector.errors import (
    AccountExistsError,
    LoginWaitError,
    LoginWrongError,
    NotPermittedError,
    SecretWrongError,
)
from inspector.store.files import REAL_FILES, write_durably
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_bytes, base64_text
from inspector.trust.vault import OFFICE_COST, Cost, new_passphrase_kek, passphrase_kek_for

FREE_TRIES = 5
FIRST_WAIT_MS = 30_000
LONGEST_WAIT_MS = 15 * 60_000
KEY_BYTES = 32


class Role(StrEnum):
    """What an account may do."""

    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    VIEWER = "viewer"

    @property
    def word(self) -> str:
        """The role's name on screens."""
        return {"administrator": "管理员", "supervisor": "审核员", "viewer": "查看员"}[self.value]


class Act(StrEnum):
    """What is asked leave for."""

    LOOK = "look"
    DECIDE = "decide"
    MANAGE = "manage"


_WORDS = {Act.LOOK: "查看", Act.DECIDE: "审核记录", Act.MANAGE: "管理设备、账号与办公室设置"}
_MAY = {
    Role.ADMINISTRATOR: frozenset(Act),
    Role.SUPERVISOR: frozenset({Act.LOOK, Act.DECIDE}),
    Role.VIEWER: frozenset({Act.LOOK}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as the file knows it."""

    id: str
    login: str
    role: Role
    is_active: bool = True

    def must(self, act: Act) -> None:
        """Refuse what the role does not allow.

        Raises:
            NotPermittedError: it does not.
        """
        if act not in _MAY[self.role]:
            raise NotPermittedError(act=_WORDS[act])

    def may(self, act: Act) -> bool:
        """Whether the role allows it."""
        return act in _MAY[self.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """An account that has given its password, and what that opened."""

    account: Account
    key: SigningKey
    database_key: bytes

    def __repr__(self) -> str:
        return f"LoggedIn({self.account.login})"


class Accounts:
    """The accounts' file.

    Args:
        path: where it lies.
        cost: how dear a guess is, for passwords set from now on.
    """

    def __init__(self, path: Path, *, cost: Cost = OFFICE_COST) -> None:
        self._path, self._cost = path, cost

    def exists(self) -> bool:
        """Whether the console has been set up."""
        return self._path.exists()

    def all(self) -> tuple[Account, ...]:
        """Every account, by login."""
        return tuple(_account(login, row) for login, row in sorted(self._load().items()))

    def create_first(self, login: str, password: str, *, id: str) -> LoggedIn:
        """Set the console up: a new database key and its first administrator.

        Raises:
            AccountExistsError: it is set up already.
            SecretRefusedError: the password is too short or too plain.
        """
        if self.exists():
            raise AccountExistsError(login=login)
        return self._add(
            {}, login, password, id=id, role=Role.ADMINISTRATOR, database_key=secrets.token_bytes(KEY_BYTES)
        )

    def create(self, login: str, password: str, *, id: str, role: Role, by: LoggedIn) -> Account:
        """One more account.

        Raises:
            NotPermittedError: `by` is no administrator.
            AccountExistsError: that login is taken.
            SecretRefusedError: the password is too short or too plain.
        """
        by.account.must(Act.MANAGE)
        rows = self._load()
        if login in rows:
            raise AccountExistsError(login=login)
        made = self._add(rows, login, password, id=id, role=role, database_key=by.database_key)
        return made.account

    def public_key(self, login: str) -> str:
        """The account's public signing key, as text, to be certified."""
        return str(self._load()[login]["key"])

    def log_in(self, login: str, password: str, *, now_ms: int) -> LoggedIn:
        """Try a password.

        Raises:
            LoginWrongError: no such account, it is closed, or the password is wrong; which is not said.
            LoginWaitError: too many wrong ones; try again later.
        """
        rows = self._load()
        row = rows.get(login)
        if row is None or not row["active"]:
            raise LoginWrongError()
        until = int(str(row["wait_until_ms"]))
        if now_ms < until:
            raise LoginWaitError(seconds=-(-(until - now_ms) // 1000))
        tries = int(str(row["tries"])) + 1
        wait = 0 if tries < FREE_TRIES else min(LONGEST_WAIT_MS, FIRST_WAIT_MS << (tries - FREE_TRIES))
        self._save({**rows, login: {**row, "tries": tries, "wait_until_ms": now_ms + wait if wait else 0}})
        logged_in = self._opened(login, row, password)
        self._save({**self._load(), login: {**row, "tries": 0, "wait_until_ms": 0}})
        return logged_in

    def change_password(self, logged_in: LoggedIn, password: str) -> None:
        """Another password for one's own account; neither key changes.

        Raises:
            SecretRefusedError: the password is too short or too plain.
        """
        rows, account = self._load(), logged_in.account
        wraps = self._wraps(account.id, password, logged_in.database_key, logged_in.key)
        self._save({**rows, account.login: {**rows[account.login], **wraps}})

    def close(self, login: str, *, by: LoggedIn) -> None:
        """Close an account; its decisions stay provable.

        Raises:
            NotPermittedError: `by` is no administrator, or closes their own account.
        """
        by.account.must(Act.MANAGE)
        if login == by.account.login:
            raise NotPermittedError(act="停用自己的账号")
        rows = self._load()
        self._save({**rows, login: {**rows[login], "active": False}})

    def _add(
        self,
        rows: Mapping[str, Mapping[str, object]],
        login: str,
        password: str,
        *,
        id: str,
        role: Role,
        database_key: bytes,
    ) -> LoggedIn:
        key = SigningKey.generate()
        row = {
            "id": id,
            "role": role.value,
            "active": True,
            "key": key.public.text,
            "tries": 0,
            "wait_until_ms": 0,
            **self._wraps(id, password, database_key, key),
        }
        self._save({**rows, login: row})
        return LoggedIn(account=_account(login, row), key=key, database_key=database_key)

    def _wraps(self, id: str, password: str, database_key: bytes, key: SigningKey) -> dict[str, object]:
        kek = new_passphrase_kek(password, cost=self._cost)
        return {
            "database_key": base64_text(kek.wrap(database_key, f"desk database {id}")),
            "seed": base64_text(kek.wrap(key.seed, f"desk account {id}")),
        }

    def _opened(self, login: str, row: Mapping[str, object], password: str) -> LoggedIn:
        account = _account(login, row)
        wrapped, seed = base64_bytes(str(row["database_key"])), base64_bytes(str(row["seed"]))
        kek = passphrase_kek_for(wrapped, password)
        try:
            database_key = kek.unwrap(wrapped, f"desk database {account.id}")
            key = SigningKey(kek.unwrap(seed, f"desk account {account.id}"))
        except SecretWrongError as error:
            raise LoginWrongError() from error
        return LoggedIn(account=account, key=key, database_key=database_key)

    def _load(self) -> dict[str, Mapping[str, object]]:
        if not self.exists():
            return {}
        with Fields(json.loads(REAL_FILES.read(self._path)), "accounts") as field:
            field.version(1)
            accounts = field.raw("accounts")
        return dict(accounts) if isinstance(accounts, dict) else {}

    def _save(self, rows: Mapping[str, Mapping[str, object]]) -> None:
        text = json.dumps({"v": 1, "accounts": rows}, ensure_ascii=False, indent=1)
        write_durably(REAL_FILES, self._path, text.encode("utf-8"))


def _account(login: str, row: Mapping[str, object]) -> Account:
    return Account(id=str(row["id"]), login=login, role=Role(str(row["role"])), is_active=bool(row["active"]))
