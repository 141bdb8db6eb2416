"""`inspector verify` as a command: its words, its JSON, its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from inspector.__main__ import main
from inspector.commands import verify
from inspector.settings import APP_FOLDER
from tests.notices import samples, sealing
from tests.work import test_verify as look

ROOT = look.OFFICE.statement.fingerprint


@pytest.fixture
def files(tmp_path):
    (tmp_path / "identity.txt").write_text(look.OFFICE.identity + "\n")
    content = {
        "tablet.pdf": look.order(),
        "copy.pdf": sealing.sealed(look.order(), look.office_key()),
        "other-build.pdf": look.rewritten(look.earlier(), look.a_line_more),
        "changed.pdf": look.rewritten(look.order(), look.two_texts_less),
        "code.txt": look.token_for(samples.ORDER).encode() + b"\n",
        "bundle.zip": look.bundle(),
        "record.age": look.sealed_record(),
        "record.json": look.inner(),
        "unruled.pdf": look.with_notice(lambda notice: notice["inspectors"].pop()),
        "unknown.bin": b"\x00\x01\x02",
    }
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["verify", *arguments])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_every_kind_of_file_is_genuine_when_given_together(files, capsys):
    names = ("tablet.pdf", "copy.pdf", "code.txt", "bundle.zip", "record.age", "record.json")
    paths = [str(files / name) for name in names]
    code, out, err = said(capsys, *paths, "--root", ROOT, "--identity", str(files / "identity.txt"))
    assert (code, err) == (0, "")
    assert out.count("【真实有效】") == len(names)
    assert "纸面上应写明" in out
    assert not any(word.isascii() and word.isalpha() and len(word) > 4 for word in out.split())


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("tablet.pdf", ("--root", ROOT), 0),
        ("changed.pdf", ("--root", ROOT), 1),
        ("unruled.pdf", ("--root", ROOT), 1),
        ("tablet.pdf", (), 3),
        ("unknown.bin", ("--root", ROOT), 4),
        ("missing.pdf", ("--root", ROOT), 4),
        ("record.age", ("--root", ROOT), 4),
        ("other-build.pdf", ("--root", ROOT), 5),
    ],
)
def test_each_outcome_has_its_exit_code(files, capsys, name, arguments, expected):
    code, _, err = said(capsys, str(files / name), *arguments)
    assert code == expected
    assert bool(err) == (expected == 4)


def test_a_sealed_record_that_was_changed_is_not_genuine_and_not_merely_unreadable(files, capsys):
    whole = (files / "record.age").read_bytes()
    options = ("--root", ROOT, "--identity", str(files / "identity.txt"))
    for place in (len(whole) // 2, len(whole) - 1):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        (files / "record.age").write_bytes(changed)
        code, _, err = said(capsys, str(files / "record.age"), *options)
        assert (code, bool(err)) == (1, True)


def test_the_gravest_of_several_outcomes_is_the_exit_code(files, capsys):
    paths = [str(files / name) for name in ("tablet.pdf", "unknown.bin", "changed.pdf")]
    assert said(capsys, *paths, "--root", ROOT)[0] == 1
    assert said(capsys, *paths[:2], "--root", ROOT)[0] == 4


def test_the_json_keeps_its_documented_shape(files, capsys):
    names = ("tablet.pdf", "unknown.bin", "code.txt")
    _, out, _ = said(capsys, *(str(files / name) for name in names), "--root", ROOT, "--json")
    found = {one["file"]: one for one in map(json.loads, out.splitlines())}
    assert set(found["tablet.pdf"]) == {"v", "file", "what", "verdict", "root", "lines", "paper"}
    assert all(set(one) == {"good", "sure", "words"} for one in found["tablet.pdf"]["lines"])
    assert all(set(one) == {"label", "text"} for one in found["tablet.pdf"]["paper"])
    assert found["tablet.pdf"]["verdict"] == found["code.txt"]["verdict"] == "genuine"
    assert (found["unknown.bin"]["verdict"], found["unknown.bin"]["code"]) == (
        "unreadable",
        "verify.unknown-file",
    )
    documented = (APP_FOLDER / "docs" / "formats" / "verify.md").read_text("utf-8")
    for word in (*found["tablet.pdf"], *verify.EXIT, "unreadable", "code"):
        assert f"`{word}`" in documented


def test_help_and_readme_name_every_exit_code(capsys):
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    helped = capsys.readouterr().out
    readmes = [(APP_FOLDER / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")]
    for code in verify.GRAVITY:
        assert f"\n  {code}  " in helped
        for text in readmes:
            row = next(line for line in text.splitlines() if "inspector verify" in line and "|" in line)
            assert f" {code} " in row


def test_the_tablets_notices_verify_where_pyhanko_is_not_installed(files):
    """Only an office's copy asks for it, and then it is named."""
    program = (
        "import sys; sys.modules['pyhanko'] = None; from inspector.__main__ import main;"
        "sys.exit(main(sys.argv[1:]))"
    )
    for name, expected in (("tablet.pdf", 0), ("copy.pdf", 4)):
        done = subprocess.run(
            [sys.executable, "-c", program, "verify", str(files / name), "--root", ROOT],
            capture_output=True, check=False, cwd=APP_FOLDER,
        )  # fmt: skip
        assert done.returncode == expected, done.stderr.decode()
    assert "pyHanko" in done.stderr.decode()


# --- What is not there, not whole, or too much --------------------------------------------------------


@pytest.mark.parametrize("option", ["--ca", "--identity"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"neither\n"])
def test_a_file_of_an_option_that_cannot_be_read_is_named_and_is_no_verdict(files, capsys, option, content):
    """Exit code 1 would say that the notice is not genuine."""
    path = files / "option.pem"
    if content is not None:
        path.write_bytes(content)
    code, out, err = said(capsys, str(files / "tablet.pdf"), "--root", ROOT, option, str(path))
    if option == "--identity" and content == b"neither\n":
        assert code == 0  # the identities open sealed files only, and this one is none
    else:
        assert (code, out) == (4, "")
        assert err and "Traceback" not in err


def test_why_a_file_is_not_read_is_said_in_chinese(files, capsys):
    for name, reason in (("missing.pdf", "没有这个文件"), (".", "这是文件夹")):
        code, _, err = said(capsys, str(files / name))
        assert code == 4
        assert reason in err


def test_a_file_larger_than_anything_of_ours_is_not_read(files, capsys):
    with (files / "huge.pdf").open("wb") as file:
        file.truncate(verify.MAX_BYTES + 1)
    code, _, err = said(capsys, str(files / "huge.pdf"))
    assert code == 4
    assert "比任何文书或证据包都大" in err


def test_a_root_that_is_no_fingerprint_is_a_wrong_command(files, capsys):
    for root in ("zz", ROOT[:-1], "样例"):
        with pytest.raises(SystemExit) as ended:
            main(["verify", str(files / "tablet.pdf"), "--root", root])
        assert ended.value.code == 2
        assert "64 个十六进制数字" in capsys.readouterr().err
    spaced = " ".join(ROOT[n : n + 4] for n in range(0, 64, 4)).upper()
    assert said(capsys, str(files / "tablet.pdf"), "--root", spaced)[0] == 0


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_an_output_that_lacks_characters_ends_no_verification(files, encoding):
    """A Chinese Windows writes GBK into a pipe, which has neither ✓ nor rare characters."""
    for options, expected in (((), 0), (("--json",), 0)):
        words = ["verify", str(files / "tablet.pdf"), "--root", ROOT, *options]
        done = subprocess.run(
            [sys.executable, "-m", "inspector", *words], capture_output=True, check=False, cwd=APP_FOLDER,
            env={**os.environ, "PYTHONIOENCODING": encoding},
        )  # fmt: skip
        assert done.returncode == expected, done.stderr.decode()
        if options:
            assert json.loads(done.stdout.decode(encoding))["verdict"] == "genuine"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_codes_text_may_be_saved_by_an_editor_on_windows(files, capsys, encoding):
    text = look.token_for(samples.ORDER)
    (files / "saved.txt").write_bytes(f"{text}\r\n".encode(encoding))
    code, out, _ = said(capsys, str(files / "saved.txt"), str(files / "tablet.pdf"), "--root", ROOT)
    assert code == 0
    assert out.count("【真实有效】") == 2


def test_what_a_library_thinks_of_a_bad_signature_stays_off_the_terminal(files):
    """In a process of its own: here pytest takes what is logged."""
    copy = (files / "copy.pdf").read_bytes()
    start = copy.rindex(b"/Contents <") + len(b"/Contents <")
    said_there = bytearray(bytes.fromhex(copy[start : copy.index(b">", start)].decode()))
    said_there[said_there.index(b"\x55\x04\x06") + 2] ^= 2  # the issuer's country becomes another attribute
    changed = copy[:start] + said_there.hex().upper().encode() + copy[start + 2 * len(said_there) :]
    (files / "changed-copy.pdf").write_bytes(changed)
    done = subprocess.run(
        [sys.executable, "-m", "inspector", "verify", str(files / "changed-copy.pdf"), "--root", ROOT],
        capture_output=True, check=False, cwd=APP_FOLDER,
    )  # fmt: skip
    assert (done.returncode, done.stderr.decode()) == (1, "")
