"""What every test lives under: reproducible random cases, and no network but this machine's own."""

import gc
import ipaddress
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same cases each time, so a few do; `make soak` draws others, and far more.
settings.register_profile("suite", max_examples=50, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "soak", deadline=None, max_examples=2_000, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

TESTS = Path(__file__).parent
LONGEST_FIRST = (
    "days/test_the_whole_day.py",
    "days/test_documents.py",
    "demo/test_headless.py",
    "ui/test_in_browser.py",
    "console/test_restored_server.py",
    "catalog/test_workbook.py",
    "catalog/test_workbook_files.py",
    "server/test_killed.py",
    "tablet/test_bad_text.py",
    "store/test_damage.py",
    "test_answer_paths.py",
    "console/test_office_copies.py",
    "public/test_page.py",
    "console/test_bad_office.py",
    "server/test_reception.py",
    "tablet/test_finding.py",
    "tablet/test_one_write.py",
    "console/test_ledger.py",
    "console/test_bad_text.py",
    "store/test_kill.py",
)
"""Files that would keep one worker busy at the end while the others have nothing left to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; `--no-loadscope-reorder` lets workers take them in this order."""
    places = {TESTS / name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """Let garbage be looked for among what tests make only, not each time among all that was imported."""
    gc.collect()
    gc.freeze()


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _stay_here(event: str, args: tuple[object, ...]) -> None:
    """Fail the test that would reach another machine: the product's promise is that nothing does unasked."""
    if event == "socket.connect":
        target = args[1]
        here = not isinstance(target, tuple) or _is_here(target[0])
    elif event == "socket.getaddrinfo":
        target = args[0]
        here = _is_here(target) or str(target).endswith(".invalid")
    else:
        return
    assert here, f"a test tried to reach {target}"


sys.addaudithook(_stay_here)
