"""What issuing asks of a press."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from inspector.domain.access import Access
from inspector.domain.notice import Notice


class Press(Protocol):
    """What turns a notice into a PDF."""

    def print(
        self,
        notice: Notice,
        *,
        token: str | None,
        attachments: Mapping[str, bytes],
        photos: Mapping[str, bytes],
        blank_for_handwriting: Collection[str] = (),
        access: Access | None = None,
        own_template: bytes | None = None,
    ) -> bytes:
        """The PDF of a notice.

        Args:
            token: the signed text of the QR code; None for a draft without one.
            attachments: files to embed, by name.
            photos: JPEG bytes by `printed_sha256`.
            blank_for_handwriting: characters whose place is left blank.
            access: where the notice is looked up and answered.
            own_template: the file of the office's own template that the notice names.
        """

    def missing(self, notice: Notice) -> Mapping[str, tuple[str, ...]]:
        """The characters of a notice that no font has, each with the fields that it occurs in."""

    def status(self, notice: Notice, own_template: bytes | None = None) -> str:
        """What is to be known of the form before it is issued, such as 式样待确认; empty for nothing."""

    def title(self, notice: Notice) -> str:
        """What is printed at the top of a notice; later documents name it so."""
