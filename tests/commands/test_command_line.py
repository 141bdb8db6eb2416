"""The command line as a whole: what it lists, and what it loads."""

import subprocess
import sys

import pytest

from inspector.__main__ import main

LOADED = """
import sys
from inspector.__main__ import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted(sys.modules))
"""


def loaded_by(*words: str) -> set[str]:
    """Every module that a command line has loaded at its end."""
    ran = subprocess.run([sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines()[-1].split())


def test_a_program_is_loaded_only_when_it_is_asked_for():
    loaded = loaded_by("tablet", "--help")
    own = {one for one in loaded if one.startswith("inspector.")}
    assert {one for one in own if not one.startswith("inspector.errors.")} == {
        "inspector.__main__",
        "inspector.errors",
        "inspector.settings",
    }
    assert "inspector.commands.verify" in loaded_by("verify", "--help")


def test_help_lists_what_people_start_and_nothing_else(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    assert "核验文书或证据包" in listed
    assert "demo-desk" not in listed and "SUPPRESS" not in listed


@pytest.mark.parametrize("name", ["demo-desk", "demo-tablet"])
def test_the_demos_own_programs_can_be_started_all_the_same(name: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert "--data" in capsys.readouterr().out
