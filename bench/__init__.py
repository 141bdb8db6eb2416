"""Each figure beside its peer's, both from the same run on the same machine.

A module of this package has `rows() -> Iterable[Row]`. The two sides of a row take turns and their medians
are compared, so that a slow minute of the machine slows both. `python -m bench` runs all, or those named.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    Attributes:
        name: what is measured.
        value: our figure, in `unit`.
        unit: such as ms, MiB/s, KB.
        peer: what it is compared with.
        peer_value: the peer's figure, in the same unit.
        ratio: `value / peer_value`.
        target: the promise about the ratio or the value, as it is printed.
        ok: whether the promise is kept.
    """

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float
    ratio: float
    target: str
    ok: bool
