"""Who may enter, what a password opens, and what guessing costs."""

import json
from pathlib import Path

import pytest

from inspector.console.accounts import (
    FIRST_WAIT_MS,
    FREE_TRIES,
    LONGEST_WAIT_MS,
    Accounts,
    LoggedIn,
    Right,
    Role,
)
from inspector.errors import (
    AccountExistsError,
    AccountUnknownError,
    InspectorError,
    LoginRefusedError,
    LoginWaitError,
    LoginWrongError,
    NotPermittedError,
    RecordMalformedError,
    SecretRefusedError,
)
from inspector.trust.vault import Cost

PASSWORD, OTHER, NOW = "样例登录口令-2026", "另一个样例口令-2027", 1_000_000
IDS = [f"0198c0de-0000-7000-8000-00000000000{n}" for n in range(1, 6)]


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path / "accounts.json", cost=Cost(log_n=14))


@pytest.fixture
def admin(accounts: Accounts) -> LoggedIn:
    return accounts.create_first("管理员", PASSWORD, id=IDS[0])


def rows(tmp_path: Path) -> dict:
    return json.loads((tmp_path / "accounts.json").read_text("utf-8"))["accounts"]


def wrong(accounts: Accounts, login: str, times: int, *, now: int = NOW) -> None:
    for _ in range(times):
        with pytest.raises(LoginWrongError):
            accounts.log_in(login, "不是这个密码-0000", now_ms=now)


def test_every_account_opens_the_same_database_with_a_key_of_its_own(accounts, admin):
    accounts.create("张三", OTHER, id=IDS[1], role=Role.SUPERVISOR, by=admin)
    other = accounts.log_in("张三", OTHER, now_ms=NOW)
    assert other.database_key == admin.database_key
    assert other.key.public != admin.key.public
    assert accounts.public_key("张三") == other.key.public.text


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.ADMINISTRATOR, set(Right)),
        (Role.SUPERVISOR, set(Right) - {Right.MANAGE}),
        (Role.VIEWER, {Right.LOOK}),
    ],
)
def test_a_role_allows_its_acts_and_refuses_all_others(accounts, admin, role, acts):
    account = accounts.create("甲", OTHER, id=IDS[1], role=role, by=admin)
    assert {act for act in Right if account.may(act)} == acts
    for act in set(Right) - acts:
        with pytest.raises(NotPermittedError):
            account.must(act)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.VIEWER])
def test_only_an_administrator_creates_and_closes_accounts(accounts, admin, role):
    accounts.create("甲", OTHER, id=IDS[1], role=role, by=admin)
    other = accounts.log_in("甲", OTHER, now_ms=NOW)
    with pytest.raises(NotPermittedError):
        accounts.create("乙", OTHER, id=IDS[2], role=Role.VIEWER, by=other)
    with pytest.raises(NotPermittedError):
        accounts.close("管理员", by=other)


def test_the_console_is_set_up_once(accounts, admin):
    with pytest.raises(AccountExistsError):
        accounts.create_first("又一个", PASSWORD, id=IDS[1])


def test_a_wrong_password_is_counted_before_it_is_tried(accounts, admin, tmp_path):
    class CutError(Exception):
        pass

    class CutOff(Accounts):
        def _opened(self, *_: object) -> LoggedIn:
            raise CutError

    with pytest.raises(CutError):
        CutOff(tmp_path / "accounts.json").log_in("管理员", PASSWORD, now_ms=NOW)
    assert rows(tmp_path)["管理员"]["tries"] == 1


def test_after_five_wrong_passwords_each_further_one_costs_a_growing_wait(accounts, admin):
    wrong(accounts, "管理员", FREE_TRIES)
    now, waits = NOW, []
    for _ in range(8):
        with pytest.raises(LoginWaitError) as refused:
            accounts.log_in("管理员", PASSWORD, now_ms=now)
        waits.append(refused.value.facts["seconds"] * 1000)
        now += waits[-1]
        wrong(accounts, "管理员", 1, now=now)
    assert waits[0] == FIRST_WAIT_MS
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_MS


def test_waiting_in_another_program_counts_too(accounts, admin, tmp_path):
    wrong(accounts, "管理员", FREE_TRIES)
    with pytest.raises(LoginWaitError):
        Accounts(tmp_path / "accounts.json").log_in("管理员", PASSWORD, now_ms=NOW + 1)


def test_the_right_password_makes_the_count_begin_anew(accounts, admin, tmp_path):
    wrong(accounts, "管理员", FREE_TRIES - 1)
    accounts.log_in("管理员", PASSWORD, now_ms=NOW)
    assert rows(tmp_path)["管理员"]["tries"] == 0
    wrong(accounts, "管理员", FREE_TRIES)


def test_a_closed_account_answers_as_one_that_never_was(accounts, admin):
    accounts.create("甲", OTHER, id=IDS[1], role=Role.VIEWER, by=admin)
    accounts.close("甲", by=admin)
    said = []
    for login in ("甲", "从来没有"):
        with pytest.raises(InspectorError) as refused:
            accounts.log_in(login, OTHER, now_ms=NOW)
        said.append((type(refused.value), refused.value.message, refused.value.next_step))
    assert said[0] == said[1]
    assert said[0][0] is LoginWrongError


def test_a_closed_administrator_who_is_still_logged_in_manages_nothing(accounts, admin):
    accounts.create("二号", OTHER, id=IDS[1], role=Role.ADMINISTRATOR, by=admin)
    second = accounts.log_in("二号", OTHER, now_ms=NOW)
    accounts.close("二号", by=admin)
    assert not accounts.is_open(second.account)
    with pytest.raises(NotPermittedError):
        accounts.create("丙", OTHER, id=IDS[2], role=Role.ADMINISTRATOR, by=second)
    with pytest.raises(NotPermittedError):
        accounts.close("管理员", by=second)


def test_nobody_closes_their_own_account(accounts, admin):
    with pytest.raises(NotPermittedError):
        accounts.close("管理员", by=admin)
    assert accounts.is_open(admin.account)


def test_closing_or_asking_for_an_unknown_account_is_refused(accounts, admin):
    with pytest.raises(AccountUnknownError):
        accounts.close("没有这个", by=admin)
    with pytest.raises(AccountUnknownError):
        accounts.public_key("没有这个")


def test_a_login_that_was_closed_while_its_password_was_tried_stays_closed(accounts, admin, tmp_path):
    accounts.create("甲", OTHER, id=IDS[1], role=Role.VIEWER, by=admin)

    class Slow(Accounts):
        def _opened(self, *args: object) -> LoggedIn:
            accounts.close("甲", by=admin)
            return super()._opened(*args)

    with pytest.raises(LoginWrongError):
        Slow(tmp_path / "accounts.json").log_in("甲", OTHER, now_ms=NOW)
    assert [one.is_active for one in accounts.all() if one.login == "甲"] == [False]


def test_another_password_rewraps_and_changes_no_key(accounts, admin, tmp_path):
    before = rows(tmp_path)["管理员"]
    accounts.change_password(admin, PASSWORD, OTHER, now_ms=NOW)
    after = rows(tmp_path)["管理员"]
    again = accounts.log_in("管理员", OTHER, now_ms=NOW)
    assert (again.key.seed, again.database_key) == (admin.key.seed, admin.database_key)
    assert {name for name in before if before[name] != after[name]} == {"database_key", "seed"}
    with pytest.raises(LoginWrongError):
        accounts.log_in("管理员", PASSWORD, now_ms=NOW)


def test_another_password_needs_the_old_one_and_counts_as_a_login_does(accounts, admin):
    for _ in range(FREE_TRIES):
        with pytest.raises(LoginWrongError):
            accounts.change_password(admin, "不是旧的密码-0000", OTHER, now_ms=NOW)
    with pytest.raises(LoginWaitError):
        accounts.change_password(admin, PASSWORD, OTHER, now_ms=NOW)


@pytest.mark.parametrize("password", ["短", "123456789", "aaaaaaaaaaaaaa"])
def test_a_plain_password_is_refused_and_makes_no_account(accounts, admin, password):
    with pytest.raises(SecretRefusedError):
        accounts.create("甲", password, id=IDS[1], role=Role.VIEWER, by=admin)
    assert [one.login for one in accounts.all()] == ["管理员"]


@pytest.mark.parametrize("login", ["张三", "zhang.san", "样例_01", "A-b", "䶮"])
def test_letters_chinese_and_digits_name_an_account(accounts, admin, login):
    assert accounts.create(login, OTHER, id=IDS[1], role=Role.VIEWER, by=admin).login == login


@pytest.mark.parametrize(
    "login", ["", "-", "-abc", ".a", "a b", "a\u200bb", "a\u202eb", "a\nb", "ａｂｃ", "a/b", "甲" * 33, "²"]
)
def test_a_login_that_could_mislead_the_eye_is_refused(accounts, admin, login):
    with pytest.raises(LoginRefusedError):
        accounts.create(login, OTHER, id=IDS[1], role=Role.VIEWER, by=admin)


def test_two_logins_never_read_the_same(accounts, admin):
    accounts.create("Zhang", OTHER, id=IDS[1], role=Role.VIEWER, by=admin)
    with pytest.raises(AccountExistsError):
        accounts.create("zhang", OTHER, id=IDS[2], role=Role.VIEWER, by=admin)


def test_the_file_holds_logins_and_wrapped_keys_and_nothing_that_could_be_shown(accounts, admin, tmp_path):
    accounts.create("甲", OTHER, id=IDS[1], role=Role.VIEWER, by=admin)
    names = {"id", "role", "active", "key", "tries", "wait_until_ms", "database_key", "seed"}
    assert all(set(row) == names for row in rows(tmp_path).values())
    data = (tmp_path / "accounts.json").read_bytes()
    for secret in (PASSWORD.encode(), OTHER.encode(), admin.database_key, admin.key.seed):
        assert secret not in data


@pytest.mark.parametrize("text", ["{}", '{"v":1,"accounts":[]}', '{"v":1,"accounts":{"a":{"id":"x"}}}'])
def test_a_damaged_file_is_a_clear_error(accounts, tmp_path, text):
    (tmp_path / "accounts.json").write_text(text, "utf-8")
    with pytest.raises(RecordMalformedError):
        accounts.log_in("a", PASSWORD, now_ms=NOW)


def test_what_was_opened_shows_no_key_when_it_is_printed(admin):
    assert repr(admin) == "LoggedIn(管理员)"
