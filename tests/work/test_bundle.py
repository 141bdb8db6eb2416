"""Bundles: what proves a log is read back, and every change to it shows."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from hashlib import sha256

import pytest

from inspector.errors import BundleMalformedError, FormatError
from inspector.trust.ledger import Receipt, Tree, leaf_hash, sign_checkpoint
from inspector.work.bundle import MAX_BUNDLE_BYTES, MAX_FILE_BYTES, Bundle, read_bundle, write_bundle
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
