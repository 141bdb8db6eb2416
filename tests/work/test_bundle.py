"""Bundles: what proves a log is read back, and every change to it shows."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.commands.verify import PressPapers
from inspector.errors import BundleMalformedError, FormatError, InspectorError
from inspector.trust.ledger import Receipt, Tree, leaf_hash, sign_checkpoint
from inspector.work.bring import vouched_by
from inspector.work.bundle import (
    MAX_BUNDLE_BYTES,
    MAX_FILE_BYTES,
    MAX_FILES,
    MOST_EXPANSION,
    Bundle,
    read_bundle,
    write_bundle,
)
from inspector.work.verify import Trust, Verdict, verify_bundle
from tests import make
from tests.make import BEN
from tests.office import SampleOffice


@pytest.fixture(scope="module")
def office():
    made = SampleOffice()
    made.sealed()
    again = make.passed(
        make.inspection(inspectors=[made.ada, BEN], id="0198c0de-0000-7000-8000-000000000002")
    )
    made.sealed(made.finished(again))
    return made


def bundle_of(office: SampleOffice, leaves=None) -> Bundle:
    leaves = leaves or (*office.certificates, *(entry.envelope for entry in office.box.entries))
    tree = Tree(leaf_hash(leaf) for leaf in leaves)
    name = office.statement.log.name
    note = sign_checkpoint(name, tree.size, tree.root_at(tree.size), office.log, name)
    receipts = {
        sha256(leaf).hexdigest(): Receipt(
            index=index, proof=tree.inclusion_proof(index, tree.size), checkpoint=note
        ).to_bytes()
        for index, leaf in enumerate(leaves)
    }
    return Bundle(statement=office.statement_envelope, checkpoint=note, leaves=leaves, receipts=receipts)


def trusting(office: SampleOffice) -> Trust:
    return Trust(roots=(office.statement.fingerprint,), identities=(office.identity,))


def verdict(office: SampleOffice, bundle: Bundle, trust: Trust | None = None) -> Verdict:
    return verify_bundle(bundle, trust or trusting(office)).verdict


def test_a_whole_log_is_genuine_and_read_back_as_written(office):
    bundle = bundle_of(office)
    assert read_bundle(write_bundle(bundle)) == bundle
    assert write_bundle(bundle) == write_bundle(bundle)
    assert verdict(office, bundle) is Verdict.GENUINE


def test_without_a_known_root_the_issuer_stays_unknown(office):
    bundle = bundle_of(office)
    assert verdict(office, bundle, Trust()) is Verdict.UNKNOWN_ISSUER
    assert verdict(office, bundle, Trust(roots=("0" * 64,))) is Verdict.UNKNOWN_ISSUER


def test_a_missing_a_swapped_and_an_added_leaf_show(office):
    bundle = bundle_of(office)
    a, b, c, d = bundle.leaves
    for leaves in ((a, b, c), (a, b, d, c), (a, b, c, d, d), (b, c, d)):
        assert verdict(office, replace(bundle, leaves=leaves)) is Verdict.NOT_GENUINE


def test_a_log_that_was_signed_anew_without_an_entry_shows_by_the_device_chain(office):
    a, b, c, d = bundle_of(office).leaves
    unopened = Trust(roots=(office.statement.fingerprint,))
    assert verdict(office, bundle_of(office), unopened) is Verdict.GENUINE
    for trust in (trusting(office), unopened):
        for leaves in ((a, b, d), (a, b, d, c), (a, b, c, c, d)):
            assert verdict(office, bundle_of(office, leaves), trust) is Verdict.NOT_GENUINE


def test_how_many_entries_fail_is_said(office):
    a, b, c, d = bundle_of(office).leaves
    for leaves, words in (
        ((a, b, c, d), None),
        ((a, b, d), "其中 1 条有问题"),
        ((a, b, d, c), "其中 2 条有问题"),
    ):
        found = verify_bundle(bundle_of(office, leaves), trusting(office))
        (line,) = (one for one in found.lines if one.words.startswith("核对平板记录"))
        assert line.is_good is (words is None)
        assert (words or "台设备的顺序完整") in line.words


def test_another_offices_log_key_is_refused(office):
    bundle = bundle_of(office)
    other = SampleOffice(log=office.feed)
    assert verdict(office, replace(bundle, checkpoint=bundle_of(other, bundle.leaves).checkpoint)) is (
        Verdict.NOT_GENUINE
    )


def test_a_receipt_of_another_entry_is_refused(office):
    bundle = bundle_of(office)
    names = list(bundle.receipts)
    swapped = {**bundle.receipts, names[0]: bundle.receipts[names[1]]}
    assert verdict(office, replace(bundle, receipts=swapped)) is Verdict.NOT_GENUINE
    strange = {"f" * 64: bundle.receipts[names[0]]}
    assert verdict(office, replace(bundle, receipts=strange)) is Verdict.NOT_GENUINE


def test_how_many_receipts_held_and_how_many_did_not_is_said(office):
    bundle = bundle_of(office)
    names = list(bundle.receipts)
    swapped = {**bundle.receipts, names[0]: bundle.receipts[names[1]]}
    for receipts, is_good, words in (
        (bundle.receipts, True, "核对回执 4 份，均相符"),
        (swapped, False, "核对回执 4 份：3 份相符，1 份不符"),
        ({"f" * 64: bundle.receipts[names[0]], names[1]: b""}, False, "核对回执 2 份：0 份相符，2 份不符"),
        ({}, True, "核对回执 0 份"),
    ):
        last = verify_bundle(replace(bundle, receipts=receipts), trusting(office)).lines[-1]
        assert (last.is_good, last.words) == (is_good, words)


class Leaves(tuple[bytes, ...]):
    """A log that counts how often its leaves are taken in hand."""

    taken = 0

    def __iter__(self):
        for leaf in super().__iter__():
            self.taken += 1
            yield leaf


def test_many_receipts_are_found_in_one_pass_over_the_log(office):
    leaves = Leaves(b"%d" % number for number in range(1_000))
    receipts = {sha256(leaf).hexdigest(): b"" for leaf in leaves}
    leaves.taken = 0
    bundle = replace(bundle_of(office), leaves=leaves, receipts=receipts)
    found = verify_bundle(bundle, trusting(office))
    assert leaves.taken <= 10 * len(leaves)
    assert found.lines[-1].words == "核对回执 1000 份：0 份相符，1000 份不符"


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_two_files_of_one_name_are_no_bundle():
    target = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(target, "w") as archive:
        for name in ("statement.json", "checkpoint.txt", "log/00000000.json", "log/00000000.json"):
            archive.writestr(name, b"{}")
    with pytest.raises(BundleMalformedError, match="重名"):
        read_bundle(target.getvalue())


def test_a_bundle_that_announces_more_than_any_has_is_not_unpacked():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for index in range(MAX_BUNDLE_BYTES // MAX_FILE_BYTES + 1):
            archive.writestr(f"log/{index:08}.json", b"{}")
        for info in archive.infolist():
            info.file_size = MAX_FILE_BYTES
    with pytest.raises(BundleMalformedError, match="总量"):
        read_bundle(target.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 nonsense",
        zipped(),
        zipped(**{"statement.json": b"{}", "checkpoint.txt": b"", "log/00000001.json": b"{}"}),
        zipped(**{"statement.json": b"{}", "checkpoint.txt": b"", "../evil": b""}),
        zipped(**{"statement.json": b"{}", "checkpoint.txt": b"", "log/00000000.json": b"x" * 1_100_000}),
    ],
    ids=["empty", "nonsense", "no files", "a gap", "a strange name", "too large"],
)
def test_what_is_no_bundle_is_refused(data):
    with pytest.raises(BundleMalformedError):
        read_bundle(data)


def test_rubbish_inside_is_named_and_never_crashes(office):
    bundle = bundle_of(office)
    for change in (
        {"statement": b"{}"},
        {"checkpoint": b"x"},
        {"leaves": (b"x",)},
        {"receipts": {"0" * 64: b""}},
    ):
        try:
            found = verify_bundle(replace(bundle, **change), trusting(office))
        except FormatError:
            continue
        assert found.verdict is Verdict.NOT_GENUINE


# --- Damaged and crafted files ----------------------------------------------------------------------


def zip_of(files: dict[str, bytes], change: Callable[[list[zipfile.ZipInfo]], None]) -> bytes:
    """A ZIP whose directory says what `change` makes it say."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        change(archive.infolist())
    return target.getvalue()


SMALL = {"statement.json": b"{}", "checkpoint.txt": b"x", "log/00000000.json": b"{}"}
DIRECTORY = b"PK\x01\x02"


def patched(data: bytes, place: int, octets: bytes) -> bytes:
    """The first entry of the directory, changed at a place."""
    start = data.index(DIRECTORY) + place
    return data[:start] + octets + data[start + len(octets) :]


@pytest.mark.parametrize(
    ("place", "octets"),
    [
        (6, b"\x63\x00"),
        (8, b"\x20\x00"),
        (8, b"\x40\x00"),
        (8, b"\x00\x08\x00\x00\x00\x00\x00\x00" + b"\0" * 30 + b"\xff\xfe"),
    ],
    ids=["version 9.9", "a patch", "strong encryption", "a name that is no UTF-8"],
)
def test_a_directory_that_asks_for_what_nobody_reads_is_no_bundle(place, octets):
    data = zip_of(SMALL, lambda infos: None)
    read_bundle(data)
    with pytest.raises(BundleMalformedError):
        read_bundle(patched(data, place, octets))


def test_a_file_of_which_the_middle_is_lost_is_no_bundle(office):
    data = write_bundle(bundle_of(office))
    for cut in (1, 10, 500):
        middle = len(data) // 2
        with pytest.raises(BundleMalformedError):
            read_bundle(data[:middle] + data[middle + cut :])


def test_a_place_that_no_file_has_is_no_bundle():
    """The directory's extra field may give the place of a file in 64 bits."""

    def far(infos: list[zipfile.ZipInfo]) -> None:
        infos[0].header_offset = (1 << 64) - 1

    with pytest.raises(BundleMalformedError):
        read_bundle(zip_of(SMALL, far))


@pytest.fixture(scope="module")
def whole(office) -> bytes:
    return write_bundle(bundle_of(office))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_happens_to_its_bytes_a_bundle_is_read_or_refused(office, whole, data):
    """The directory stands at the end, and is where most of the parsing is."""
    directory = whole.index(DIRECTORY)
    place = data.draw(st.integers(0, len(whole) - 1) | st.integers(directory, len(whole) - 1))
    lost = data.draw(st.integers(0, 40))
    put = data.draw(st.binary(max_size=12) | st.sampled_from([b"\xff" * 8, b"\0" * 8, b"\x63", DIRECTORY]))
    changed = whole[:place] + put + whole[place + lost :]
    try:
        found = read_bundle(changed)
    except BundleMalformedError:
        return
    verify_or_refuse(office, found)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_whatever_happens_to_one_of_its_files_a_bundle_is_verified_or_refused(office, data):
    """As if it had been packed anew: the checksums of the ZIP say nothing then."""
    bundle = bundle_of(office)
    which = data.draw(st.sampled_from(["statement", "checkpoint", "leaves"]))
    files = bundle.leaves if which == "leaves" else (getattr(bundle, which),)
    at = data.draw(st.integers(0, len(files) - 1))
    place = data.draw(st.integers(0, len(files[at]) - 1))
    put, lost = data.draw(st.binary(max_size=8)), data.draw(st.integers(0, 20))
    changed = files[at][:place] + put + files[at][place + lost :]
    files = (*files[:at], changed, *files[at + 1 :])
    verify_or_refuse(office, replace(bundle, **{which: files if which == "leaves" else files[0]}))


def verify_or_refuse(office: SampleOffice, bundle: Bundle) -> None:
    """Nothing but our own errors from either use of a bundle; another log is never genuine."""
    vouched_by([bundle], PressPapers())
    try:
        found = verify_bundle(bundle, trusting(office))
    except InspectorError as error:
        assert error.next_step
    else:
        is_whole = bundle.leaves == bundle_of(office).leaves
        assert is_whole or found.verdict is Verdict.NOT_GENUINE


def unpacked(data: bytes) -> int:
    """The most bytes that were held while a bundle was refused, beside the file itself."""
    tracemalloc.start()
    try:
        with pytest.raises(BundleMalformedError):
            read_bundle(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bundle_that_announces_far_more_than_it_is_long_is_not_unpacked():
    zeros = {f"log/{index:08}.json": bytes(MAX_FILE_BYTES) for index in range(24)}
    data = zip_of({**SMALL, **zeros}, lambda infos: None)
    assert len(data) < 100_000
    assert unpacked(data) < MAX_FILE_BYTES
    with pytest.raises(BundleMalformedError, match="总量"):
        read_bundle(data)


def test_what_is_packed_beyond_the_announced_size_is_not_unpacked():
    def small(infos: list[zipfile.ZipInfo]) -> None:
        infos[-1].file_size = 100

    data = zip_of({**SMALL, "log/00000000.json": bytes(24 * MAX_FILE_BYTES)}, small)
    assert unpacked(data) < MAX_FILE_BYTES


def test_a_directory_longer_than_any_is_not_read():
    directory = DIRECTORY * (MAX_FILES + 1)
    assert unpacked(b"PK" + directory + zip_of(SMALL, lambda infos: None)) < MAX_FILE_BYTES


def test_a_real_bundle_is_far_from_the_bound(office, whole):
    bundle = bundle_of(office)
    held = (bundle.statement, bundle.checkpoint, *bundle.leaves, *bundle.receipts.values())
    assert sum(map(len, held)) * 3 < MOST_EXPANSION * len(whole)
