"""The size of an upload's pieces: small on a bad line, large on a good one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inspector.sync.protocol import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """How many bytes go into the next request, between `MIN_CHUNK_BYTES` and `MAX_CHUNK_BYTES`."""

    size_bytes: int = MIN_CHUNK_BYTES

    @property
    def is_least(self) -> bool:
        """Whether it cannot shrink any further."""
        return self.size_bytes == MIN_CHUNK_BYTES

    def halved(self) -> ChunkSize:
        """After a failure or a 413."""
        return replace(self, size_bytes=max(MIN_CHUNK_BYTES, self.size_bytes // 2))

    def doubled(self) -> ChunkSize:
        """After a piece that arrived."""
        return replace(self, size_bytes=min(MAX_CHUNK_BYTES, self.size_bytes * 2))
