"""`inspector verify` as a command: its words, its JSON, its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import FrameType
from zipfile import ZipExtFile

import pytest

from inspector.__main__ import main
from inspector.commands import verify
from inspector.settings import APP_FOLDER
from inspector.work.verification import Line, Verdict, Verification
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


def test_a_sealed_record_that_was_changed_does_not_open_and_is_unreadable(files, capsys):
    """age does not say whether it was damaged or changed; nothing inside was looked at."""
    whole = (files / "record.age").read_bytes()
    options = ("--root", ROOT, "--identity", str(files / "identity.txt"))
    for place in (len(whole) // 2, len(whole) - 1):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        (files / "record.age").write_bytes(changed)
        code, out, err = said(capsys, str(files / "record.age"), *options, "--json")
        assert (code, bool(err)) == (4, True)
        assert (json.loads(out)["verdict"], json.loads(out)["code"]) == ("unreadable", "seal.broken")


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


def test_each_file_has_its_line_where_a_file_of_an_option_cannot_be_read(files, capsys):
    given = (str(files / "tablet.pdf"), str(files / "bundle.zip"), "--identity", str(files / "none.txt"))
    for more, names in (((), ["tablet.pdf", "bundle.zip"]), (("--code", "INSPECTOR"), ["--code"])):
        code, out, _ = said(capsys, *given, *more, "--json")
        lines = [json.loads(line) for line in out.splitlines()]
        assert (code, [one["file"] for one in lines]) == (4, names)
        assert {(one["verdict"], one["code"]) for one in lines} == {("unreadable", "file.unreadable")}
        assert all("none.txt" in one["words"] for one in lines)


def test_a_damaged_bundle_is_named_and_the_other_files_are_answered(files, capsys):
    whole = (files / "bundle.zip").read_bytes()
    middle = len(whole) // 2
    (files / "cut.zip").write_bytes(whole[:middle] + whole[middle + 10 :])
    version = whole.index(b"PK\x01\x02") + 6
    (files / "version.zip").write_bytes(whole[:version] + b"\x63" + whole[version + 1 :])
    names = ("cut.zip", "version.zip", "tablet.pdf", "bundle.zip")
    code, out, _ = said(capsys, *(str(files / name) for name in names), "--root", ROOT, "--json")
    found = {one["file"]: one for one in map(json.loads, out.splitlines())}
    assert code == 4
    assert {found[name].get("code") for name in names[:2]} == {"bundle.malformed"}
    assert {found[name]["verdict"] for name in names[2:]} == {"genuine"}


def test_a_bundle_is_unpacked_once_for_all_the_files_of_a_call(files, capsys):
    """It brings along its certificates, and is verified itself."""
    given = (str(files / "bundle.zip"), str(files / "record.json"), "--root", ROOT)
    opened: list[str] = []

    def watch(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code is ZipExtFile.read.__code__:
            opened.append(str(frame.f_locals["self"].name))

    sys.setprofile(watch)
    try:
        code, _, _ = said(capsys, *given)
    finally:
        sys.setprofile(None)
    assert code == 0
    assert opened and len(opened) == len(set(opened))


def test_what_cannot_be_parsed_is_said_in_words_for_whoever_holds_the_file(files, capsys):
    (files / "broken.json").write_bytes(b'{"payload": ')
    code, _, err = said(capsys, str(files / "broken.json"))
    assert code == 4
    assert "不是合格的 JSON" in err and "原件" in err
    assert "数据没有被采用" not in err and "诊断文件" not in err
    _, _, err = said(capsys, str(files / "unknown.bin"))
    assert "整改回复的回执" in err


# --- What a file says is shown, and moves nothing on a terminal ---------------------------------------

TURNS = "\x1b[2J\u202e\x9b\u2028\n【真实有效】"


def test_a_files_name_moves_nothing_on_a_terminal(files, capsys):
    for source in ("tablet.pdf", "unknown.bin"):
        path = files / f"a{TURNS}.pdf"
        path.write_bytes((files / source).read_bytes())
        for options in ((), ("--json",)):
            _, out, err = said(capsys, str(path), *options)
            assert not set(TURNS[:7]) & set(out + err) - set("[2J")
            assert "\\u001b[2J\\u202e\\u009b\\u2028" in out + err
            assert not any(line.startswith("【真实有效】") for line in (out + err).splitlines())
            if options:
                assert json.loads(out)["file"] == path.name


def test_a_file_of_an_option_moves_nothing_on_a_terminal(files, capsys):
    _, out, err = said(capsys, str(files / "tablet.pdf"), "--identity", str(files / "a\x1b[2J.txt"))
    assert (out, "\x1b" in err, "\\u001b" in err) == ("", False, True)


def test_a_text_of_several_lines_begins_none_of_the_answers(files, capsys):
    """Facts may have line feeds; a line of theirs must not look like one of ours."""
    found = Verification(
        what="样例",
        verdict=Verdict.NOT_GENUINE,
        lines=(Line(is_good=False, words="一\n【真实有效】"),),
        paper=(("第 1 项", "二\n【真实有效】\x1b"),),
    )
    verify._say(*verify._as_text("样例.pdf", found))
    assert capsys.readouterr().out.splitlines() == [
        "【不可采信】样例.pdf（样例）",
        "  ✗ 一\\u000a【真实有效】",
        "  纸面上应写明：",
        "    第 1 项：二",
        "      【真实有效】\\u001b",
    ]


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
        code, out, err = said(capsys, str(files / "tablet.pdf"), "--root", root)
        assert (code, out) == (2, "")
        assert "64 个十六进制数字" in err and "usage" not in err
    code, out, err = said(capsys, "--root", ROOT)
    assert (code, out) == (2, "")
    assert "请给出要核验的文件" in err and "usage" not in err
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
