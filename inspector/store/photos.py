"""Photos on the device: each sealed under its own key, kept by the SHA-256 of its plaintext.

* Plaintext lives in memory only: `put` takes bytes, `get` gives bytes.
* `put` returns when the file and its name are durable, so that a document may name the photo afterwards:
  a cut between the two leaves a photo that nothing names, never a name without its photo.
* `get` verifies the seal and the hash: a file swapped, cut or flipped is refused.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from inspector.errors import FrameInvalidError, PhotoDamagedError, PhotoMissingError, StoreFullError
from inspector.store.files import REAL_FILES, Files, write_durably
from inspector.store.reserve import Reserve
from inspector.trust.frames import KEY_SIZE, open_file, seal_file

_NAME = re.compile(r"([0-9a-f]{64})\.photo")


class PhotoBox:
    """The photos of one inspection.

    Args:
        folder: where they lie; made when the first one comes.
        key: the device's 32-byte data key.
        reserve: space to fall back on when the disk is full.

    Raises:
        ValueError: the key has not 32 bytes.
    """

    def __init__(
        self, folder: Path, key: bytes, *, files: Files = REAL_FILES, reserve: Reserve | None = None
    ) -> None:
        if len(key) != KEY_SIZE:
            raise ValueError(f"a data key has {KEY_SIZE} bytes, not {len(key)}")
        self._folder, self._key, self._files, self._reserve = folder, key, files, reserve

    def put(self, photo: bytes) -> str:
        """Keep a photo, durably, and return the SHA-256 of its plaintext in hex. Twice the same is kept once.

        Raises:
            StoreFullError, StoreUnavailableError: it is not kept.
        """
        sha256 = hashlib.sha256(photo).hexdigest()
        if not self._is_whole(sha256):
            self._files.make_folder(self._folder)
            sealed = seal_file(self._key, sha256, photo)
            try:
                write_durably(self._files, self._path(sha256), sealed)
            except StoreFullError:
                if self._reserve is None or not self._reserve.release():
                    raise
                write_durably(self._files, self._path(sha256), sealed)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The photo's plaintext.

        Raises:
            PhotoMissingError: there is none of that hash.
            PhotoDamagedError: its file does not verify; it stays where it is.
            StoreUnavailableError: the disk.
        """
        path = self._path(sha256)
        if self._files.size(path) is None:
            raise PhotoMissingError(sha256=sha256)
        try:
            photo = open_file(self._key, sha256, self._files.read(path))
        except FrameInvalidError as error:
            raise PhotoDamagedError(sha256=sha256) from error
        if hashlib.sha256(photo).hexdigest() != sha256:
            raise PhotoDamagedError(sha256=sha256)
        return photo

    def delete(self, sha256: str) -> None:
        """Remove a photo, durably. It may be gone already.

        Raises:
            PhotoMissingError: that is no hash.
            StoreUnavailableError: the disk.
        """
        path = self._path(sha256)
        if self._files.size(path) is not None:
            self._files.remove(path)
            self._files.sync_folder(self._folder)

    def hashes(self) -> tuple[str, ...]:
        """The hashes of all photos here, sorted."""
        found = (_NAME.fullmatch(name) for name in self._files.names(self._folder))
        return tuple(match[1] for match in found if match)

    def size(self) -> int:
        """Bytes on the disk of all photos together."""
        return sum(self._files.size(self._path(sha256)) or 0 for sha256 in self.hashes())

    def _is_whole(self, sha256: str) -> bool:
        """Whether this very photo is kept already; a damaged file is written anew."""
        try:
            self.get(sha256)
        except (PhotoMissingError, PhotoDamagedError):
            return False
        # It may be from a run that ended between the rename and the sync of the folder.
        self._files.sync_folder(self._folder)
        return True

    def _path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(f"{sha256}.photo"):
            raise PhotoMissingError(sha256=sha256[:64])
        return self._folder / f"{sha256}.photo"
