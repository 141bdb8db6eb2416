"""PINs: several inspectors, counted tries, waits, the office's copy, and power cuts in between."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import (
    KeyFileMalformedError,
    PinLockedOutError,
    PinUnfitError,
    PinWaitError,
    PinWrongError,
    RecordTooNewError,
    StoreFullError,
    StoreKeyWrongError,
    StoreUnavailableError,
    VaultInspectorExistsError,
    VaultLastInspectorError,
    VaultUnknownInspectorError,
)
from inspector.store.keystore import FileKeystore
from inspector.store.vault import MOST_TRIES, WAITS_MS, Unlocked, Vault
from inspector.store.vault_file import from_bytes
from inspector.trust import age
from inspector.trust.vault import Cost
from tests.store.simulated import Died, Disk, Image

FLOOR = Cost(log_n=14)
PATH, SECRETS = Path("/store/vault"), Path("/secrets")
PIN, OTHER = "271828", "314159"
OFFICE = age.generate_identity()


def vault_on(disk: Disk) -> Vault:
    return Vault(PATH, FileKeystore(SECRETS, files=disk), files=disk, cost=FLOOR)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def vault(disk: Disk) -> Vault:
    vault = vault_on(disk)
    vault.create("li", PIN)
    return vault


def wrong(vault: Vault, times: int, uptime_ms: int = 0) -> int:
    """Try a wrong PIN so often, waiting each time as long as it takes; the uptime afterwards."""
    for _ in range(times):
        uptime_ms += vault.wait_left_ms("li", uptime_ms=uptime_ms)
        with pytest.raises((PinWrongError, PinWaitError, PinLockedOutError)):
            vault.unlock("li", OTHER, uptime_ms=uptime_ms)
    return uptime_ms


def test_a_pin_opens_the_same_keys_after_every_start(disk: Disk, vault: Vault) -> None:
    first = vault.unlock("li", PIN, uptime_ms=0)
    assert vault_on(Disk(disk.image())).unlock("li", PIN, uptime_ms=0) == first
    assert len(first.data_key) == len(first.seed) == 32


def test_inspectors_share_the_data_key_and_nothing_else(vault: Vault) -> None:
    li = vault.unlock("li", PIN, uptime_ms=0)
    zhao = vault.add("zhao", OTHER, li.data_key)
    assert vault.inspectors() == ("li", "zhao")
    assert vault.unlock("zhao", OTHER, uptime_ms=0) == zhao
    assert zhao.data_key == li.data_key
    assert zhao.seed != li.seed
    with pytest.raises(PinWrongError):
        vault.unlock("zhao", PIN, uptime_ms=0)


def test_the_wraps_of_one_inspector_do_not_open_as_anothers(disk: Disk, vault: Vault) -> None:
    li = vault.unlock("li", PIN, uptime_ms=0)
    vault.add("zhao", OTHER, li.data_key)
    image = disk.image()
    swapped = image[PATH].replace(b'"li"', b'"x"').replace(b'"zhao"', b'"li"')
    with pytest.raises(PinWrongError):
        vault_on(Disk(image | {PATH: swapped})).unlock("li", OTHER, uptime_ms=0)


def test_a_pin_without_the_keystores_secret_opens_nothing(disk: Disk) -> None:
    vault_on(disk).create("li", PIN)
    only_store = {path: data for path, data in disk.image().items() if path.parent != SECRETS}
    with pytest.raises(PinLockedOutError):
        vault_on(Disk(only_store)).unlock("li", PIN, uptime_ms=0)


def test_neither_key_stands_in_the_files(disk: Disk, vault: Vault) -> None:
    unlocked = vault.unlock("li", PIN, uptime_ms=0)
    for data in disk.image().values():
        assert unlocked.data_key not in data
        assert unlocked.seed not in data
    assert unlocked.data_key.hex() not in repr(unlocked)


def test_changing_the_pin_changes_neither_key(vault: Vault) -> None:
    before = vault.unlock("li", PIN, uptime_ms=0)
    vault.change_pin("li", PIN, OTHER, uptime_ms=0)
    assert vault.unlock("li", OTHER, uptime_ms=0) == before
    with pytest.raises(PinWrongError):
        vault.unlock("li", PIN, uptime_ms=0)


def test_a_pin_is_not_changed_without_the_old_one(vault: Vault) -> None:
    with pytest.raises(PinWrongError):
        vault.change_pin("li", "161803", OTHER, uptime_ms=0)
    vault.unlock("li", PIN, uptime_ms=0)


def test_an_unfit_new_pin_costs_no_try(vault: Vault) -> None:
    for unfit in ("123456", "000000", "12345", "abcdef", ""):
        with pytest.raises(PinUnfitError):
            vault.change_pin("li", OTHER, unfit, uptime_ms=0)
    with pytest.raises(PinWrongError) as refused:
        vault.unlock("li", OTHER, uptime_ms=0)
    assert refused.value.facts == {"left": 4}


def test_four_wrong_pins_are_free_and_then_each_costs_a_wait(vault: Vault) -> None:
    uptime, seen = 0, []
    for _ in range(MOST_TRIES - 1):
        try:
            vault.unlock("li", OTHER, uptime_ms=uptime)
        except PinWrongError as error:
            seen.append(error.facts["left"])
        except PinWaitError as error:
            seen.append(error.facts["seconds"])
            uptime += int(error.facts["seconds"]) * 1000
    assert seen == [4, 3, 2, 1, 30, 60, 300, 900, 900]


def test_a_wait_refuses_the_right_pin_too_and_does_not_count_it(vault: Vault) -> None:
    uptime = wrong(vault, 5)
    for early in (uptime, uptime + 29_999):
        with pytest.raises(PinWaitError):
            vault.unlock("li", PIN, uptime_ms=early)
    vault.unlock("li", PIN, uptime_ms=uptime + 30_000)


def test_a_right_pin_forgets_the_wrong_ones(vault: Vault) -> None:
    for _ in range(2):
        uptime = wrong(vault, 4)
        vault.unlock("li", PIN, uptime_ms=uptime)
    with pytest.raises(PinWrongError) as refused:
        vault.unlock("li", OTHER, uptime_ms=0)
    assert refused.value.facts == {"left": 4}


def test_a_restart_of_the_device_starts_the_rest_of_the_wait_again(vault: Vault) -> None:
    uptime = wrong(vault, 6, uptime_ms=1_000_000)
    assert vault.wait_left_ms("li", uptime_ms=uptime) == WAITS_MS[1]
    with pytest.raises(PinWaitError) as refused:
        vault.unlock("li", PIN, uptime_ms=10)
    assert refused.value.facts == {"seconds": 60}
    with pytest.raises(PinWaitError):
        vault.unlock("li", PIN, uptime_ms=59_000)
    vault.unlock("li", PIN, uptime_ms=60_010)


@pytest.fixture(scope="module")
def waiting() -> Image:
    """A tablet on which the fifth wrong PIN was tried at uptime 0."""
    disk = Disk()
    vault = vault_on(disk)
    vault.create("li", PIN)
    assert wrong(vault, 5) == 0
    return disk.image()


@given(uptimes=st.lists(st.integers(0, 60_000), min_size=1, max_size=6))
@settings(max_examples=40)
def test_no_sequence_of_restarts_shortens_a_wait(waiting: Image, uptimes: list[int]) -> None:
    vault = vault_on(Disk(waiting))
    # What truly passed: between two sightings without a restart the difference, else at least the new uptime.
    passed = last = 0
    for uptime in uptimes:
        passed += uptime - last if uptime >= last else uptime
        last = uptime
        try:
            vault.unlock("li", PIN, uptime_ms=uptime)
        except PinWaitError:
            continue
        assert passed >= WAITS_MS[0]
        return


def test_the_tenth_wrong_pin_drops_the_keystores_secret(disk: Disk, vault: Vault) -> None:
    assert any(path.parent == SECRETS for path in disk.image())
    uptime = wrong(vault, MOST_TRIES)
    assert not any(path.parent == SECRETS for path in disk.image())
    for _ in range(2):
        with pytest.raises(PinLockedOutError):
            vault.unlock("li", PIN, uptime_ms=uptime + 10**9)


def test_a_lockout_of_one_leaves_the_other_inspectors_alone(vault: Vault) -> None:
    data_key = vault.unlock("li", PIN, uptime_ms=0).data_key
    vault.add("zhao", OTHER, data_key)
    wrong(vault, MOST_TRIES)
    assert vault.unlock("zhao", OTHER, uptime_ms=0).data_key == data_key


def test_the_offices_copy_brings_a_locked_out_inspector_back(vault: Vault) -> None:
    unlocked = vault.unlock("li", PIN, uptime_ms=0)
    assert vault.escrow() is None
    vault.escrow_to(unlocked.data_key, [age.recipient_of(OFFICE)])
    wrong(vault, MOST_TRIES)
    escrow = vault.escrow()
    assert escrow is not None
    data_key = age.decrypt(escrow.wrap, [OFFICE])
    again = vault.recover_with("li", data_key, OTHER)
    assert again.data_key == unlocked.data_key
    assert again.seed != unlocked.seed
    assert vault.unlock("li", OTHER, uptime_ms=0) == again


def test_recovery_keeps_a_seed_that_is_still_known(vault: Vault) -> None:
    unlocked = vault.unlock("li", PIN, uptime_ms=0)
    wrong(vault, MOST_TRIES)
    vault.recover_with("li", unlocked.data_key, OTHER, seed=unlocked.seed)
    assert vault.unlock("li", OTHER, uptime_ms=0) == unlocked


@pytest.mark.parametrize("key", [bytes(32), bytes(31), b""])
def test_another_tablets_data_key_is_refused(vault: Vault, key: bytes) -> None:
    with pytest.raises(StoreKeyWrongError):
        vault.add("zhao", OTHER, key)
    with pytest.raises(StoreKeyWrongError):
        vault.recover_with("li", key, OTHER)
    with pytest.raises(StoreKeyWrongError):
        vault.escrow_to(key, [age.recipient_of(OFFICE)])
    vault.unlock("li", PIN, uptime_ms=0)


def test_who_is_not_there_and_who_is_there_already_is_said(vault: Vault) -> None:
    data_key = vault.unlock("li", PIN, uptime_ms=0).data_key
    with pytest.raises(VaultUnknownInspectorError):
        vault.unlock("zhao", PIN, uptime_ms=0)
    with pytest.raises(VaultInspectorExistsError):
        vault.add("li", OTHER, data_key)
    with pytest.raises(VaultInspectorExistsError):
        vault.create("zhao", OTHER)


def test_the_last_inspector_stays_until_the_office_holds_the_key(vault: Vault) -> None:
    data_key = vault.unlock("li", PIN, uptime_ms=0).data_key
    with pytest.raises(VaultLastInspectorError):
        vault.remove("li")
    vault.add("zhao", OTHER, data_key)
    vault.remove("li")
    assert vault.inspectors() == ("zhao",)
    vault.escrow_to(data_key, [age.recipient_of(OFFICE)])
    vault.remove("zhao")
    assert vault.inspectors() == ()


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b"\xff", b'{"v":1,"v":1}'])
def test_a_file_that_is_no_vault_is_named(damage: bytes) -> None:
    with pytest.raises(KeyFileMalformedError):
        vault_on(Disk({PATH: damage})).unlock("li", PIN, uptime_ms=0)


def test_a_later_format_and_a_missing_file_are_named() -> None:
    with pytest.raises(RecordTooNewError):
        from_bytes(b'{"v":2}')
    with pytest.raises(KeyFileMalformedError):
        vault_on(Disk()).unlock("li", PIN, uptime_ms=0)


def test_a_flipped_bit_anywhere_never_opens_another_key(disk: Disk, vault: Vault) -> None:
    unlocked = vault.unlock("li", PIN, uptime_ms=0)
    image = disk.image()
    for at in range(0, len(image[PATH]), 31):
        raw = bytearray(image[PATH])
        raw[at] ^= 1
        try:
            opened = vault_on(Disk(image | {PATH: bytes(raw)})).unlock("li", PIN, uptime_ms=10**7)
        except (
            KeyFileMalformedError,
            PinWrongError,
            PinLockedOutError,
            RecordTooNewError,
            StoreUnavailableError,
            VaultUnknownInspectorError,
        ):
            continue
        assert opened == unlocked


class Watched(Disk):
    """Keeps all that a power cut before any of its calls could leave."""

    def __init__(self) -> None:
        super().__init__()
        self.rests: dict[frozenset[tuple[Path, bytes]], Image] = {}

    def call(self) -> None:
        super().call()
        for image in self.images(limit=8, seed=self.calls):
            rest = {path: data for path, data in image.items() if path.suffix != ".new"}
            self.rests.setdefault(frozenset(rest.items()), image)


def test_a_power_cut_at_any_call_leaves_the_old_pin_or_the_new_one() -> None:
    disk = Watched()
    unlocked = vault_on(disk).create("li", PIN)
    vault_on(disk).change_pin("li", PIN, OTHER, uptime_ms=0)
    vault_on(disk).escrow_to(unlocked.data_key, [age.recipient_of(OFFICE)])
    assert disk.calls > 20
    assert len(disk.rests) > 5
    for image in disk.rests.values():
        again = vault_on(Disk(image))
        if PATH in image:
            assert opens_with_one_of(again, PIN, OTHER) == unlocked
        else:
            again.create("li", PIN)


def opens_with_one_of(vault: Vault, *pins: str) -> Unlocked | None:
    for pin in pins:
        try:
            return vault.unlock("li", pin, uptime_ms=0)
        except PinWrongError:
            continue
    return None


def test_a_try_is_counted_even_if_the_power_goes_while_it_is_made(disk: Disk, vault: Vault) -> None:
    image = disk.image()
    calls = 0
    while vault.inspectors():  # until a cut leaves no free try
        # Read, read, remove, create, write, sync, rename: the count is in place, the try is not made yet.
        cut = Disk(image, die_at=8)
        try:
            vault_on(cut).unlock("li", OTHER, uptime_ms=0)
        except PinWaitError:
            break
        except Died:
            pass
        image = cut.image()
        calls += 1
        assert calls <= 5
    assert calls == 5


@pytest.mark.parametrize("error", [StoreFullError, StoreUnavailableError])
def test_a_try_that_cannot_be_counted_is_not_made(disk: Disk, vault: Vault, error: type[Exception]) -> None:
    image = disk.image()
    for failing in range(1, 9):
        fresh = Disk(image, fail_at={failing: error})
        # Eight calls count it. Made all the same, a wrong PIN would be told as one.
        with pytest.raises(error):
            vault_on(fresh).unlock("li", OTHER, uptime_ms=0)
        vault_on(Disk(fresh.image())).unlock("li", PIN, uptime_ms=0)


def test_a_secrets_name_cannot_lead_out_of_the_keystores_folder(tmp_path: Path) -> None:
    keystore = FileKeystore(tmp_path / "secrets")
    for name in ("../x", "", "A" * 32, "a" * 31):
        with pytest.raises(StoreUnavailableError):
            keystore.set(name, b"secret")
    name = "ab" * 16
    keystore.set(name, b"secret")
    assert (tmp_path / "secrets" / name).stat().st_mode & 0o777 == 0o600
    assert keystore.get(name) == b"secret"
    keystore.delete(name)
    keystore.delete(name)
    assert keystore.get(name) is None
