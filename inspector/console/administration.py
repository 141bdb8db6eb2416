"""What an administrator does besides tablets: accounts, the office's particulars, the evidence bundle.

Every act leaves its line in the audit trail, in the transaction that does it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from inspector.console.accounts import Account, LoggedIn, Right, Role
from inspector.console.desk import Desk
from inspector.domain import record_parts as parts
from inspector.domain.enterprise import Enterprise
from inspector.domain.identifiers import check_entry, uuid7
from inspector.domain.profile import IssuerProfile
from inspector.errors import EnterprisesRefusedError, IllegalMoveError
from inspector.trust.ledger import verify_checkpoint
from inspector.trust.statement import OfficeRecipient
from inspector.trust.strict_json import canonical
from inspector.work.bundle import Bundle, write_bundle
from inspector.work.ports import Alarm

LIST_BYTES = 400 * 1024
"""The office's list of enterprises as JSON: what one message to a tablet can carry once it is sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """What a person can compare by eye with paper, tablets and other consoles.

    Attributes:
        root: hexadecimal SHA-256 of the root key.
        version: of the office statement.
        url: the server's address as tablets reach it.
        held: leaves of the log that are kept here.
        size: of the last checkpoint that was verified; 0 before the first. `root_hash` is its root.
    """

    tenant: str
    office: str
    version: int
    root: str
    recipients: tuple[OfficeRecipient, ...]
    url: str
    log: str
    held: int
    size: int
    root_hash: str


class Administration:
    """An administrator at one desk."""

    def __init__(self, desk: Desk, *, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._desk, self._random = desk, random

    # --- Accounts ---

    def create_account(self, by: LoggedIn, login: str, password: str, role: Role) -> Account:
        """One more account.

        Raises:
            NotPermittedError, AccountExistsError: as `Accounts.create`.
            LoginRefusedError, SecretRefusedError: likewise.
        """
        id = uuid7(at_ms=self._desk.clock(), random=self._random(10))
        with self._desk.database.at_once():
            account = self._desk.accounts.create(login, password, id=id, role=role, by=by)
            self._desk.note(by, "create-account", account.id)
        return account

    def close_account(self, by: LoggedIn, account: Account) -> None:
        """Close an account; what it decided stays valid.

        Raises:
            NotPermittedError, AccountUnknownError: as `Accounts.close`.
        """
        with self._desk.database.at_once():
            self._desk.accounts.close(account.login, by=by)
            self._desk.note(by, "close-account", account.id)

    def change_password(self, who: LoggedIn, old: str, new: str) -> None:
        """Another password for one's own account.

        Raises:
            LoginWrongError, LoginWaitError, SecretRefusedError: as `Accounts.change_password`.
        """
        # Outside of the transaction: a wrong password must stay counted.
        self._desk.accounts.change_password(who, old, new, now_ms=self._desk.clock())
        self._desk.note(who, "change-password", who.account.id)

    # --- The office ---

    def set_issuer(self, by: LoggedIn, profile: IssuerProfile) -> None:
        """Say who issues, once it is complete enough to print every document of its kind.

        Raises:
            NotPermittedError: no administrator.
            IllegalMoveError: the name, or an enforcing office's place name, is missing.
            AppealMissingError: the kind has no default body or court, and one of them is missing.
            TextTooLongError, TextControlError: a text cannot be printed as it is.
            OfficeKeyLockedError: the office's keys are not unlocked.
        """
        by.account.must(Right.MANAGE)
        check_issuer(profile)
        self._desk.set_issuer(by, profile)

    def set_enterprises(self, by: LoggedIn, enterprises: tuple[Enterprise, ...]) -> None:
        """Replace the office's list of enterprises.

        Raises:
            NotPermittedError: no administrator.
            EnterprisesRefusedError: one without a name, or more than one message can carry.
            OfficeKeyLockedError: the office's keys are not unlocked.
        """
        by.account.must(Right.MANAGE)
        if not all(one.name.strip() for one in enterprises):
            raise EnterprisesRefusedError(reason="有一家单位没有名称")
        size = len(canonical([parts.from_enterprise(one) for one in enterprises]))
        if size > LIST_BYTES:
            raise EnterprisesRefusedError(
                reason=f"名录共 {size // 1024} KB，一次最多能发给平板 {LIST_BYTES // 1024} KB"
            )
        self._desk.set_enterprises(by, enterprises)

    def facts(self) -> OfficeFacts:
        """The office's keys and the state of its log."""
        statement, note = self._desk.statement, self._desk.copy.note()
        row = self._desk.database.row("SELECT COUNT(*) AS n FROM leaves")
        head = verify_checkpoint(note, statement.log.name, statement.log.key) if note else None
        return OfficeFacts(
            tenant=statement.tenant,
            office=statement.office,
            version=statement.version,
            root=statement.fingerprint,
            recipients=statement.recipients,
            url=self._desk.url,
            log=statement.log.name,
            held=int(row["n"]) if row else 0,
            size=head.size if head else 0,
            root_hash=head.root.hex() if head else "",
        )

    def evidence(self, by: LoggedIn) -> bytes:
        """The evidence bundle: statement, last checkpoint, every leaf under it; nothing in it is readable
        without the office's key.

        Raises:
            NotPermittedError: no administrator.
            IllegalMoveError: no checkpoint has been seen yet.
        """
        by.account.must(Right.MANAGE)
        size = self.facts().size
        if not size:
            raise IllegalMoveError(reason="还没有从服务器取到日志，请先解锁办公室密钥并等待一次同步")
        bundle = Bundle(
            statement=self._desk.statement_envelope,
            checkpoint=self._desk.copy.note(),
            leaves=tuple(self._desk.copy.leaves(0, size)),
        )
        data = write_bundle(bundle)
        self._desk.note(by, "export-evidence", str(size))
        return data

    def record_of(self, alarm: Alarm) -> str | None:
        """The entry of the record that an alarm is about; None when it is about none that can be opened."""
        row = self._desk.database.row(
            "SELECT entry FROM records WHERE entry = ? OR record = ?", alarm.entry, alarm.entry
        )
        return str(row["entry"]) if row else None


def check_issuer(profile: IssuerProfile) -> None:
    """Accept a profile with which every document of its kind can be printed.

    Raises:
        IllegalMoveError, AppealMissingError, TextTooLongError, TextControlError: see
            `Administration.set_issuer`.
    """
    contact = profile.contact
    texts = {
        "机关全称": profile.name,
        "地区简称": profile.region,
        "复议机关": profile.review_body,
        "管辖法院": profile.court,
        "联系人": contact.name if contact else "",
        "联系电话": contact.phone if contact else "",
    }
    for field, text in texts.items():
        check_entry(text, field=field)
    if not profile.name.strip():
        raise IllegalMoveError(reason="请填写机关全称")
    if profile.kind.enforces:
        if not profile.region.strip():
            raise IllegalMoveError(reason="请填写地区简称，文书号里要用")
        profile.check_may_print()
