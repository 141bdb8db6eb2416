"""Pictures of an inspection: kept and attached, described, taken off again.

A picture's bytes are durable before anything names them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from inspector.domain.answer import Answer, ItemKey, PhotoId
from inspector.domain.identifiers import NAME_CAP, check_entry
from inspector.domain.inspection import Inspection, Photo, PhotoSource
from inspector.errors import IllegalMoveError
from inspector.photos.picture import Picture


class PhotoKeeper(Protocol):
    """Where pictures are kept, sealed, from the moment they are taken."""

    def put(self, data: bytes) -> object:
        """Keep the picture durably under the SHA-256 of its bytes."""


def photograph(
    inspection: Inspection,
    key: ItemKey,
    picture: Picture,
    *,
    source: PhotoSource,
    keeper: PhotoKeeper,
    after_correction: bool,
    by: str,
    at_ms: int,
    caption: str = "",
) -> Inspection:
    """Keep a picture and attach it: to the finding's facts, to its correction, or to the item's answer."""
    check_entry(caption, field="照片说明", cap=NAME_CAP)
    keeper.put(picture.jpeg)
    photo = Photo(
        id=PhotoId(picture.sha256),
        original_sha256=picture.original_sha256,
        size=len(picture.jpeg),
        width=picture.width,
        height=picture.height,
        source=source,
        item=key,
        caption=caption,
        at_ms=at_ms,
    )
    listed = inspection if photo.id in inspection.photos else inspection.photographed(photo)
    return _attach(listed, key, photo.id, after_correction=after_correction, by=by, at_ms=at_ms)


def drop_photo(inspection: Inspection, key: ItemKey, photo: PhotoId) -> Inspection:
    """Take a picture off the item and its finding; its sealed bytes stay until the inspection is sealed."""
    answer, finding = inspection.answers.get(key), inspection.findings.get(key)
    if answer and photo in answer.photos:
        inspection = inspection.answered(replace(answer, photos=_less(answer.photos, photo)))
    if finding:
        corrected = finding.corrected
        if corrected and photo in corrected.photos:
            corrected = replace(corrected, photos=_less(corrected.photos, photo))
        inspection = inspection.found(
            replace(finding, photos=_less(finding.photos, photo), corrected=corrected)
        )
    return inspection.without_photo(photo)


def describe(inspection: Inspection, photo: PhotoId, caption: str) -> Inspection:
    """A picture's description in the inspector's words.

    Raises:
        IllegalMoveError: the inspection has no such picture.
        TextTooLongError, TextControlError: it cannot be printed as it is.
    """
    check_entry(caption, field="照片说明", cap=NAME_CAP)
    old = inspection.photos.get(photo)
    if old is None:
        raise IllegalMoveError(reason="这次检查没有这张照片")
    return inspection.photographed(replace(old, caption=caption))


def _attach(
    inspection: Inspection, key: ItemKey, photo: PhotoId, *, after_correction: bool, by: str, at_ms: int
) -> Inspection:
    finding = inspection.findings.get(key)
    if after_correction and finding and finding.corrected:
        corrected = replace(finding.corrected, photos=_more(finding.corrected.photos, photo))
        return inspection.found(replace(finding, corrected=corrected))
    answer = inspection.answers.get(key) or Answer(item=key, at_ms=at_ms, by=by)
    inspection = inspection.answered(replace(answer, photos=_more(answer.photos, photo)))
    if finding:
        inspection = inspection.found(replace(finding, photos=_more(finding.photos, photo)))
    return inspection


def _more(photos: tuple[PhotoId, ...], photo: PhotoId) -> tuple[PhotoId, ...]:
    return photos if photo in photos else (*photos, photo)


def _less(photos: tuple[PhotoId, ...], photo: PhotoId) -> tuple[PhotoId, ...]:
    return tuple(one for one in photos if one != photo)
