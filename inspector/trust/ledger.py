"""Evidence that nothing was removed, changed or put in another order.

* A device numbers its deliveries from 1 without gaps, and each names the hash of the one before.
* The office's log is a Merkle tree; a receipt shows an entry's place under a checkpoint that the log signed.
* None of this shows newest items that were thrown away before they were ever sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from inspector.errors import ChainBrokenError, MessageMalformedError
from inspector.trust import dsse
from inspector.trust.checkpoints import (
    Checkpoint,
    LogVerifier,
    sign_checkpoint,
    verify_checkpoint,
)
from inspector.trust.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    MAX_PROOF,
    Tree,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from inspector.trust.radix import base64_bytes, base64_text
from inspector.trust.strict_json import parse_object

__all__ = [
    "EMPTY_ROOT",
    "GENESIS",
    "ChainHead",
    "Checkpoint",
    "LogVerifier",
    "Receipt",
    "Tree",
    "leaf_hash",
    "root",
    "sign_checkpoint",
    "verify_chain",
    "verify_checkpoint",
    "verify_consistency",
    "verify_inclusion",
    "verify_receipt",
]

_PROOF_HEAD = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MAX_RECEIPT_BYTES = 80 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """Where a device's chain stands.

    Attributes:
        seq: number of its last delivery; 0 before the first.
        sha256: hexadecimal SHA-256 of that envelope's exact bytes; 64 zeros before the first.
    """

    seq: int
    sha256: str


GENESIS = ChainHead(seq=0, sha256="0" * 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an entry stands in the log, in a form that can be checked without any server.

    Written as C2SP tlog-proof.md describes, without its optional extra line.

    Attributes:
        index: the entry's place, counted from 0.
        proof: nodes from the leaf's sibling up.
        checkpoint: the signed note's exact bytes.
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def to_bytes(self) -> bytes:
        """The receipt as a text file."""
        head = [_PROOF_HEAD, f"index {self.index}", *map(base64_text, self.proof)]
        return "\n".join([*head, "", ""]).encode("ascii") + self.checkpoint

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a receipt; nothing in it is believed yet.

        Raises:
            MessageMalformedError: it is not a receipt.
        """
        head, mark, checkpoint = data.partition(b"\n\n")
        if not mark or len(data) > _MAX_RECEIPT_BYTES or not head.isascii():
            raise MessageMalformedError(reason="不是回执")
        first, *lines = head.decode("ascii").split("\n")
        index = _INDEX.fullmatch(lines[0]) if lines else None
        if first != _PROOF_HEAD or index is None or len(lines) > MAX_PROOF + 1:
            raise MessageMalformedError(reason="不是回执")
        proof = tuple(base64_bytes(line) for line in lines[1:])
        if any(len(node) != HASH_BYTES for node in proof):
            raise MessageMalformedError(reason="回执中的证明不合格式")
        return cls(index=int(index[1]), proof=proof, checkpoint=checkpoint)


def verify_receipt(receipt: Receipt, entry: bytes, verifier: LogVerifier) -> Checkpoint:
    """The checkpoint under which `entry` is shown to stand in the log of `verifier`.

    Raises:
        CheckpointInvalidError: the checkpoint is not this log's.
        ProofInvalidError: the entry does not stand under it where the receipt says.
    """
    checkpoint = verify_checkpoint(receipt.checkpoint, verifier.name, verifier.key, origin=verifier.name)
    verify_inclusion(leaf_hash(entry), receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    return checkpoint


def verify_chain(envelopes: Iterable[bytes], *, after: ChainHead = GENESIS) -> ChainHead:
    """The head of a device's chain, once `envelopes` continue it without gap, swap or fork.

    Signatures are a matter of their own: verify each envelope with `dsse.verify` before or after.

    Args:
        envelopes: delivery envelopes, each as its exact bytes, in the chain's order.
        after: where the chain stood before the first of them.

    Raises:
        ChainBrokenError: a number is missing, used twice or out of order, or a hash does not match.
        MessageMalformedError: one of them is not a delivery envelope.
    """
    head = after
    for envelope in envelopes:
        head = _next(head, envelope)
    return head


def _next(head: ChainHead, envelope: bytes) -> ChainHead:
    fields = parse_object(dsse.peek(envelope).payload)
    seq, previous = fields.get("seq"), fields.get("prev")
    if not isinstance(seq, int) or isinstance(seq, bool) or not isinstance(previous, str):
        raise MessageMalformedError(reason="缺少 seq 或 prev")
    if seq > head.seq + 1:
        raise ChainBrokenError(seq=head.seq + 1, reason="缺少这一号")
    if seq <= head.seq:
        raise ChainBrokenError(seq=seq, reason="这一号重复或次序颠倒")
    if previous != head.sha256:
        raise ChainBrokenError(seq=seq, reason="与前一号不衔接")
    return ChainHead(seq=seq, sha256=sha256(envelope).hexdigest())
