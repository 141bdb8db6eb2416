"""The Merkle tree of the office's log, and its two proofs (RFC 9162 §2.1, as in RFC 6962).

* A leaf is hashed with 0x00 in front, a node with 0x01: neither can be passed off as the other.
* `Tree` keeps the hash of every complete subtree, so appending and proving take logarithmic time.
* Proofs are verified here alone, by the RFC's own steps, and with no tree at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from inspector.errors import ProofInvalidError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
MAX_PROOF = 64
"""Nodes in a proof on file; a tree of 2^64 leaves needs no more."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry's exact bytes as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees together."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over `leaf_hashes` in their order."""
    tree = Tree(leaf_hashes)
    return tree.root_at(tree.size)


class Tree:
    """A growing tree that remembers its complete subtrees.

    Args:
        leaf_hashes: the leaves that it starts with, each as `leaf_hash` gives it.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        # One byte array a level: at 100 000 leaves this is 6 MB instead of the 18 MB of separate objects.
        self._levels: list[bytearray] = [bytearray()]
        for leaf in leaf_hashes:
            self.append(leaf)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> int:
        """Add a leaf's hash and give its index, counted from 0.

        Raises:
            ValueError: not a hash; the caller is wrong.
        """
        if len(leaf) != HASH_BYTES:
            raise ValueError("a leaf's hash has 32 bytes")
        index, level, node = self.size, 0, leaf
        self._levels[0] += node
        while index >> level & 1:
            node = node_hash(bytes(self._levels[level][-2 * HASH_BYTES : -HASH_BYTES]), node)
            level += 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node
        return index

    def leaf(self, index: int) -> bytes:
        """The hash of the leaf at `index`.

        Raises:
            ValueError: there is none; the caller is wrong.
        """
        self._check(index + 1)
        return self._range(index, index + 1)

    def root_at(self, size: int) -> bytes:
        """The root of the first `size` leaves.

        Raises:
            ValueError: there are fewer; the caller is wrong.
        """
        self._check(size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """The nodes that lead from the leaf at `index` to the root at `size`, from the bottom up.

        Raises:
            ValueError: `index` is not below `size`, or there are fewer leaves; the caller is wrong.
        """
        self._check(size)
        if not 0 <= index < size:
            raise ValueError("no such leaf in a tree of this size")
        proof, start, end = list[bytes](), 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return tuple(reversed(proof))

    def consistency_proof(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """The nodes that show the tree of `old_size` to be the beginning of that of `new_size`.

        Raises:
            ValueError: `old_size` is above `new_size`, or there are fewer leaves; the caller is wrong.
        """
        self._check(new_size)
        if not 0 <= old_size <= new_size:
            raise ValueError("the older tree is the smaller one")
        if old_size in (0, new_size):
            return ()
        proof, start, end = list[bytes](), 0, new_size
        while old_size != end:
            middle = start + _split(end - start)
            if old_size <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        if start:
            proof.append(self._range(start, end))
        return tuple(reversed(proof))

    def _range(self, start: int, end: int) -> bytes:
        """The hash over leaves `start` to `end`; `start` is a multiple of the range's splitting size."""
        width = end - start
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            place = (start >> level) * HASH_BYTES
            return bytes(self._levels[level][place : place + HASH_BYTES])
        middle = start + _split(width)
        return node_hash(self._range(start, middle), self._range(middle, end))

    def _check(self, size: int) -> None:
        if not 0 <= size <= self.size:
            raise ValueError(f"the tree has {self.size} leaves")


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Accept that `leaf` stands at `index` of the tree of `size` under `root_hash` (RFC 9162 §2.1.3.2).

    Args:
        leaf: the entry's `leaf_hash`.
        index: its place, counted from 0.
        size: how many leaves the tree has.
        proof: nodes from the bottom up.
        root_hash: the root that is trusted.

    Raises:
        ProofInvalidError: the proof shows no such thing.
    """
    _check_nodes([leaf, root_hash, *proof])
    if not 0 <= index < size:
        raise ProofInvalidError(reason="序号超出日志大小")
    place, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise ProofInvalidError(reason="证明过长")
        if place & 1 or place == last:
            node = node_hash(step, node)
            place, last = _raised(place, last)
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    if last or node != root_hash:
        raise ProofInvalidError(reason="算出的根与检查点不符")


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Accept that the older tree is the unchanged beginning of the newer one (RFC 9162 §2.1.4.2).

    The empty tree is the beginning of every tree; its root must then be the hash of nothing.

    Raises:
        ProofInvalidError: the proof shows no such thing.
    """
    _check_nodes([old_root, new_root, *proof])
    if not 0 <= old_size <= new_size:
        raise ProofInvalidError(reason="新日志比旧日志短")
    if old_size in (0, new_size):
        if proof or old_root != (new_root if old_size else EMPTY_ROOT):
            raise ProofInvalidError(reason="同样大小的日志，根却不同")
        return
    if not proof:
        raise ProofInvalidError(reason="缺少证明")
    if _folded(old_size, old_root, new_size, proof) != (old_root, new_root):
        raise ProofInvalidError(reason="旧日志不是新日志的开头")


def _folded(old_size: int, old_root: bytes, new_size: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The older and the newer root that `proof` amounts to."""
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    # A complete older tree is itself the first node, and the proof leaves it out.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    old, new = path[0], path[0]
    for step in path[1:]:
        if last == 0:
            raise ProofInvalidError(reason="证明过长")
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            place, last = _raised(place, last)
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofInvalidError(reason="证明过短")
    return old, new


def _raised(place: int, last: int) -> tuple[int, int]:
    """Skip the levels at which a right-most node has no sibling."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1


def _check_nodes(nodes: Sequence[bytes]) -> None:
    # Nodes of other lengths could be cut elsewhere and still hash alike.
    if any(len(node) != HASH_BYTES for node in nodes):
        raise ProofInvalidError(reason="证明的节点不合格式")
