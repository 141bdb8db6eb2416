"""Who may work at the console: accounts, their roles, and what their password opens.

* A password unwraps the database's key and the account's own signing key, and nothing else is stored of it.
* Wrong passwords are counted before they are tried; after five in a row each further one costs a wait.
* A login that does not exist costs as much time as one that does.
* The file names logins and roles only; what people are called lies inside the database.
"""

from __future__ import annotations

import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import RLock

from inspector.domain.fields import Fields
from inspector.domain.identifiers import search_form
from inspector.errors import (
    AccountExistsError,
    AccountUnknownError,
    LoginRefusedError,
    LoginWaitError,
    LoginWrongError,
    NotPermittedError,
    RecordMalformedError,
    SecretWrongError,
)
from inspector.store.files import REAL_FILES, write_durably
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_bytes, base64_text
from inspector.trust.strict_json import parse_object
from inspector.trust.vault import OFFICE_COST, Cost, new_passphrase_kek, passphrase_kek_for

FREE_TRIES = 5
FIRST_WAIT_MS = 30_000
LONGEST_WAIT_MS = 15 * 60_000
KEY_BYTES = 32
LOGIN_CAP = 32
"""Characters in a login name."""

_LOGIN_MARKS = frozenset("._-")
_DECOY_PASSWORD = "0123456789-decoy"  # noqa: S105 -- opens nothing


class Role(StrEnum):
    """What an account may do."""

    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    VIEWER = "viewer"

    @property
    def word(self) -> str:
        """The role's name on screens."""
        return {"administrator": "管理员", "supervisor": "审核员", "viewer": "查看员"}[self.value]


class Right(StrEnum):
    """What a role may do."""

    LOOK = "look"
    OPEN = "open"
    DECIDE = "decide"
    MANAGE = "manage"


_WORDS = {
    Right.LOOK: "查看",
    Right.OPEN: "打开记录",
    Right.DECIDE: "审核记录",
    Right.MANAGE: "管理设备、账号与办公室设置",
}
_MAY = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.SUPERVISOR: frozenset({Right.LOOK, Right.OPEN, Right.DECIDE}),
    Role.VIEWER: frozenset({Right.LOOK}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as the file knows it."""

    id: str
    login: str
    role: Role
    is_active: bool = True

    def must(self, right: Right) -> None:
        """Refuse what the role does not allow.

        Raises:
            NotPermittedError: it does not.
        """
        if right not in _MAY[self.role]:
            raise NotPermittedError(act=_WORDS[right])

    def may(self, right: Right) -> bool:
        """Whether the role allows it."""
        return right in _MAY[self.role]


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
        self._turn = RLock()
        self._decoy: bytes | None = None

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
            LoginRefusedError: the login name cannot be used.
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
            NotPermittedError: `by` is no administrator, or closed by now.
            AccountExistsError: that login, or one that reads the same, is taken.
            LoginRefusedError: the login name cannot be used.
            SecretRefusedError: the password is too short or too plain.
        """
        with self._turn:
            rows = self._load()
            self._must_manage(by, rows)
            if search_form(login) in {search_form(known) for known in rows}:
                raise AccountExistsError(login=login)
            made = self._add(rows, login, password, id=id, role=role, database_key=by.database_key)
        return made.account

    def public_key(self, login: str) -> str:
        """The account's public signing key, as text, to be certified.

        Raises:
            AccountUnknownError: there is no such account.
        """
        return str(_row(self._load(), login)["key"])

    def is_open(self, account: Account) -> bool:
        """Whether the account has been neither closed nor given another role since it logged in."""
        row = self._load().get(account.login)
        return row is not None and _account(account.login, row) == account

    def log_in(self, login: str, password: str, *, now_ms: int) -> LoggedIn:
        """Try a password.

        Raises:
            LoginWrongError: no such account, it is closed, or the password is wrong; which is not said.
            LoginWaitError: too many wrong ones; try again later.
        """
        with self._turn:
            row = self._counted(login, now_ms)
        if row is None:
            self._spend_time(password)
            raise LoginWrongError()
        logged_in = self._opened(login, row, password)
        with self._turn:
            # Read again: the account may have been closed, or its password changed, in the meantime.
            self._change(login, {"tries": 0, "wait_until_ms": 0})
            if not self.is_open(logged_in.account):
                raise LoginWrongError()
        return logged_in

    def change_password(self, logged_in: LoggedIn, old: str, new: str, *, now_ms: int) -> None:
        """Another password for one's own account; neither key changes.

        Raises:
            LoginWrongError, LoginWaitError: the old password, as `log_in`.
            SecretRefusedError: the new one is too short or too plain.
        """
        self.log_in(logged_in.account.login, old, now_ms=now_ms)
        wraps = self._wraps(logged_in.account.id, new, logged_in.database_key, logged_in.key)
        with self._turn:
            self._change(logged_in.account.login, wraps)

    def close(self, login: str, *, by: LoggedIn) -> None:
        """Close an account; its decisions stay provable.

        Raises:
            NotPermittedError: `by` is no administrator, closed by now, or closes their own account.
            AccountUnknownError: there is no such account.
        """
        with self._turn:
            self._must_manage(by, self._load())
            if login == by.account.login:
                raise NotPermittedError(act="停用自己的账号")
            self._change(login, {"active": False})

    def _must_manage(self, by: LoggedIn, rows: Mapping[str, Mapping[str, object]]) -> None:
        by.account.must(Right.MANAGE)
        if not _row(rows, by.account.login)["active"]:
            raise NotPermittedError(act=_WORDS[Right.MANAGE])

    def _counted(self, login: str, now_ms: int) -> Mapping[str, object] | None:
        """The row to be tried, with the try counted; None where nobody can log in."""
        row = self._load().get(login)
        if row is None or not row["active"]:
            return None
        until = int(str(row["wait_until_ms"]))
        if now_ms < until:
            raise LoginWaitError(seconds=-(-(until - now_ms) // 1000))
        tries = int(str(row["tries"])) + 1
        over = min(tries - FREE_TRIES, 10)
        wait = min(LONGEST_WAIT_MS, FIRST_WAIT_MS << over) if over >= 0 else 0
        self._change(login, {"tries": tries, "wait_until_ms": now_ms + wait if wait else 0})
        return row

    def _spend_time(self, password: str) -> None:
        if self._decoy is None:
            self._decoy = new_passphrase_kek(_DECOY_PASSWORD, cost=self._cost).wrap(bytes(KEY_BYTES), "decoy")
        passphrase_kek_for(self._decoy, password)

    def _change(self, login: str, changes: Mapping[str, object]) -> None:
        rows = self._load()
        self._save({**rows, login: {**_row(rows, login), **changes}})

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
        check_login(login)
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
        with Fields(parse_object(REAL_FILES.read(self._path)), "accounts") as field:
            field.version(1)
            accounts = field.raw("accounts")
        if not isinstance(accounts, dict):
            raise RecordMalformedError(reason="accounts 应为对象")
        return {login: _checked(row) for login, row in accounts.items()}

    def _save(self, rows: Mapping[str, Mapping[str, object]]) -> None:
        text = json.dumps({"v": 1, "accounts": rows}, ensure_ascii=False, indent=1)
        write_durably(REAL_FILES, self._path, text.encode("utf-8"))


def check_login(login: str) -> str:
    """`login` itself when it may name an account: letters, Chinese characters and digits, then also `._-`.

    Raises:
        LoginRefusedError: empty, too long, or with other characters.
    """
    if not login or len(login) > LOGIN_CAP:
        raise LoginRefusedError(reason=f"应有 1 到 {LOGIN_CAP} 个字符")
    if not login[0].isalnum() or not all(char.isalnum() or char in _LOGIN_MARKS for char in login):
        raise LoginRefusedError(reason="只能用汉字、字母、数字和 . _ -，并以汉字、字母或数字开头")
    if unicodedata.normalize("NFKC", login) != login:
        raise LoginRefusedError(reason="含有全角或变体字符")
    return login


def _row(rows: Mapping[str, Mapping[str, object]], login: str) -> Mapping[str, object]:
    if login not in rows:
        raise AccountUnknownError(login=login)
    return rows[login]


def _checked(json: object) -> dict[str, object]:
    """A row as it stands in the file.

    Raises:
        RecordMalformedError: another shape.
    """
    with Fields(json, "account") as field:
        texts = {name: field.text(name) for name in ("id", "key", "database_key", "seed")}
        numbers = {name: field.integer(name) for name in ("tries", "wait_until_ms")}
        role, active = field.one_of("role", Role).value, field.boolean("active")
        return {"role": role, "active": active, **texts, **numbers}


def _account(login: str, row: Mapping[str, object]) -> Account:
    return Account(id=str(row["id"]), login=login, role=Role(str(row["role"])), is_active=bool(row["active"]))
