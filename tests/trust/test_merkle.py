"""The log's tree: the same roots and proofs as the RFC's own recursion, and no proof of what is not so."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inspector.errors import ProofInvalidError
from inspector.trust.merkle import (
    EMPTY_ROOT,
    Tree,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(number.to_bytes(2, "big")) for number in range(200)]
TREE = Tree(LEAVES)
SIZES = st.integers(1, len(LEAVES))


# RFC 9162 §2.1.1, §2.1.3.1 and §2.1.4.1 word for word, as slowly as they are written.


def split(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def slow_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(slow_root(leaves[:k]), slow_root(leaves[k:]))


def slow_path(index: int, leaves: list[bytes]) -> tuple[bytes, ...]:
    if len(leaves) == 1:
        return ()
    k = split(len(leaves))
    if index < k:
        return (*slow_path(index, leaves[:k]), slow_root(leaves[k:]))
    return (*slow_path(index - k, leaves[k:]), slow_root(leaves[:k]))


def slow_subproof(size: int, leaves: list[bytes], *, is_whole: bool) -> tuple[bytes, ...]:
    if size == len(leaves):
        return () if is_whole else (slow_root(leaves),)
    k = split(len(leaves))
    if size <= k:
        return (*slow_subproof(size, leaves[:k], is_whole=is_whole), slow_root(leaves[k:]))
    return (*slow_subproof(size - k, leaves[k:], is_whole=False), slow_root(leaves[:k]))


def test_hashes_of_leaves_and_nodes_are_told_apart():
    # RFC 6962's own values: the empty tree, and the leaf of the empty string.
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_a_root_is_the_rfc_s(leaves):
    assert root(leaves) == slow_root(leaves)


@given(SIZES)
def test_an_earlier_root_can_be_asked_for_later(size):
    assert TREE.root_at(size) == slow_root(LEAVES[:size])


@given(SIZES, st.data())
def test_an_inclusion_proof_is_the_rfc_s_and_is_accepted(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = TREE.inclusion_proof(index, size)
    assert proof == slow_path(index, LEAVES[:size])
    verify_inclusion(LEAVES[index], index, size, proof, TREE.root_at(size))


@given(SIZES, st.data())
def test_a_consistency_proof_is_the_rfc_s_and_is_accepted(size, data):
    old = data.draw(st.integers(1, size))
    proof = TREE.consistency_proof(old, size)
    assert proof == slow_subproof(old, LEAVES[:size], is_whole=True)
    verify_consistency(old, TREE.root_at(old), size, TREE.root_at(size), proof)


def test_every_proof_of_every_small_tree_is_accepted():
    for size in range(33):
        for index in range(size):
            proof = TREE.inclusion_proof(index, size)
            assert proof == slow_path(index, LEAVES[:size])
            verify_inclusion(LEAVES[index], index, size, proof, TREE.root_at(size))
        for old in range(size + 1):
            proof = TREE.consistency_proof(old, size)
            assert proof == (slow_subproof(old, LEAVES[:size], is_whole=True) if old else ())
            verify_consistency(old, TREE.root_at(old), size, TREE.root_at(size), proof)


@given(SIZES, st.data())
def test_a_leaf_is_shown_at_its_own_place_only(size, data):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-1, size + 1))
    assume(other != index)
    with pytest.raises(ProofInvalidError):
        verify_inclusion(LEAVES[index], other, size, TREE.inclusion_proof(index, size), TREE.root_at(size))


@given(SIZES, st.data())
def test_a_spoiled_inclusion_proof_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = list(TREE.inclusion_proof(index, size))
    match data.draw(st.sampled_from(["flip", "more", "fewer", "leaf", "root", "short node"])):
        case "flip" if proof:
            place = data.draw(st.integers(0, len(proof) - 1))
            proof[place] = bytes([proof[place][0] ^ 1]) + proof[place][1:]
        case "fewer" if proof:
            proof.pop(data.draw(st.integers(0, len(proof) - 1)))
        case "leaf":
            with pytest.raises(ProofInvalidError):
                verify_inclusion(bytes(32), index, size, proof, TREE.root_at(size))
            return
        case "root":
            with pytest.raises(ProofInvalidError):
                verify_inclusion(LEAVES[index], index, size, proof, bytes(32))
            return
        case "short node" if proof:
            proof[-1] = proof[-1][:-1]
        case _:
            proof.insert(data.draw(st.integers(0, len(proof))), bytes(32))
    with pytest.raises(ProofInvalidError):
        verify_inclusion(LEAVES[index], index, size, proof, TREE.root_at(size))


@given(st.integers(2, len(LEAVES)), st.data())
def test_a_rewritten_beginning_is_found_out(size, data):
    old = data.draw(st.integers(1, size - 1))
    rewritten = list(LEAVES[:size])
    rewritten[data.draw(st.integers(0, old - 1))] = bytes(32)
    liar = Tree(rewritten)
    with pytest.raises(ProofInvalidError):
        verify_consistency(
            old, TREE.root_at(old), size, liar.root_at(size), liar.consistency_proof(old, size)
        )


@given(st.integers(2, len(LEAVES)), st.data())
def test_a_spoiled_consistency_proof_is_refused(size, data):
    old = data.draw(st.integers(1, size - 1))
    proof = list(TREE.consistency_proof(old, size))
    place = data.draw(st.integers(0, len(proof) - 1))
    match data.draw(st.sampled_from(["flip", "more", "fewer", "none"])):
        case "flip":
            proof[place] = bytes([proof[place][0] ^ 1]) + proof[place][1:]
        case "more":
            proof.append(bytes(32))
        case "fewer":
            proof.pop(place)
        case _:
            proof = []
    with pytest.raises(ProofInvalidError):
        verify_consistency(old, TREE.root_at(old), size, TREE.root_at(size), proof)


def test_a_proof_that_stops_below_the_claimed_size_is_refused():
    with pytest.raises(ProofInvalidError):
        verify_inclusion(LEAVES[0], 0, 8, TREE.inclusion_proof(0, 4), TREE.root_at(4))
    with pytest.raises(ProofInvalidError):
        verify_consistency(4, TREE.root_at(4), 16, TREE.root_at(8), TREE.consistency_proof(4, 8))


def test_hashes_cut_at_another_place_are_refused():
    short, long = LEAVES[0][:31], LEAVES[0][31:] + LEAVES[1]
    assert node_hash(short, long) == TREE.root_at(2)
    with pytest.raises(ProofInvalidError):
        verify_inclusion(short, 0, 2, [long], TREE.root_at(2))


def test_a_shorter_log_is_no_successor():
    with pytest.raises(ProofInvalidError):
        verify_consistency(5, TREE.root_at(5), 4, TREE.root_at(4), ())


def test_two_logs_of_one_size_are_one_log():
    verify_consistency(5, TREE.root_at(5), 5, TREE.root_at(5), ())
    with pytest.raises(ProofInvalidError):
        verify_consistency(5, TREE.root_at(5), 5, TREE.root_at(6), ())
    with pytest.raises(ProofInvalidError):
        verify_consistency(5, TREE.root_at(5), 5, TREE.root_at(5), (bytes(32),))


def test_every_log_begins_empty():
    verify_consistency(0, EMPTY_ROOT, 5, TREE.root_at(5), ())
    verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, ())
    with pytest.raises(ProofInvalidError):
        verify_consistency(0, TREE.root_at(1), 5, TREE.root_at(5), ())
    with pytest.raises(ProofInvalidError):
        verify_inclusion(LEAVES[0], 0, 0, (), EMPTY_ROOT)


def test_a_proof_without_end_is_refused():
    with pytest.raises(ProofInvalidError):
        verify_inclusion(LEAVES[0], 0, 2**70, [bytes(32)] * 10_000, bytes(32))


def test_a_hundred_thousand_leaves_prove_as_ten_do():
    tree = Tree(leaf_hash(number.to_bytes(4, "big")) for number in range(100_000))
    for index in (0, 1, 65_535, 65_536, 99_999):
        proof = tree.inclusion_proof(index, 100_000)
        assert len(proof) <= 17
        verify_inclusion(tree.leaf(index), index, 100_000, proof, tree.root_at(100_000))
    proof = tree.consistency_proof(77_777, 100_000)
    verify_consistency(77_777, tree.root_at(77_777), 100_000, tree.root_at(100_000), proof)


def test_a_place_that_does_not_exist_is_a_mistake_of_the_caller():
    tree = Tree(LEAVES[:3])
    for ask in (
        lambda: tree.root_at(4),
        lambda: tree.leaf(3),
        lambda: tree.inclusion_proof(3, 3),
        lambda: tree.inclusion_proof(0, 4),
        lambda: tree.consistency_proof(3, 2),
        lambda: tree.append(b"short"),
    ):
        with pytest.raises(ValueError):
            ask()
