"""What the suite itself promises: it reaches no other machine, and begins with its longest files."""

import socket

import pytest

from tests.conftest import LONGEST_FIRST, TESTS


@pytest.mark.parametrize("elsewhere", ["192.0.2.1", "2001:db8::1"])
def test_a_test_that_reaches_for_another_machine_fails(elsewhere: str):
    with pytest.raises(AssertionError, match=elsewhere):
        socket.create_connection((elsewhere, 9))


def test_a_test_that_looks_up_a_name_fails():
    with pytest.raises(AssertionError, match="example"):
        socket.getaddrinfo("inspector.example", 443)


def test_this_machine_can_be_reached():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.create_connection(listener.getsockname()) as there:
            assert there.getpeername() == listener.getsockname()


@pytest.mark.parametrize("name", LONGEST_FIRST)
def test_a_file_that_is_to_run_first_is_there(name: str):
    assert (TESTS / name).is_file()


def test_the_longest_files_run_first(request: pytest.FixtureRequest):
    order = list(dict.fromkeys(item.path for item in request.session.items))
    longest = [TESTS / name for name in LONGEST_FIRST if TESTS / name in order]
    assert order[: len(longest)] == longest
