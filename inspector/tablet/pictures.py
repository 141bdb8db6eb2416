"""Pictures of a walk: each becomes durable by itself, whatever becomes of the others or of the form.

Pictures are decoded one after the other outside of the acts' order, so that a large one holds up no tap.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from inspector.domain.answer import ItemKey, PhotoId
from inspector.domain.inspection import Inspection
from inspector.errors import InspectorError
from inspector.photos.picture import Picture, intake, thumbnail
from inspector.tablet.walk import Job, Walk
from inspector.tablet.workbench import Workbench
from inspector.ui.photo_source import Taken

VIEW_EDGE = 1600
"""Longest edge of a picture over the whole screen, in pixels."""


class Pictures:
    """Taking, reading and dropping pictures of one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._count = 0
        self._turn = asyncio.Lock()
        self._asked: set[PhotoId] = set()

    def take(self, key: ItemKey, taken: Taken, *, after_correction: bool) -> None:
        """Keep a picture; its own mark says how far that is."""
        self._count += 1
        job = Job(number=self._count, item=key, after=after_correction, name=taken.name)
        self._walk.tell(jobs=(*self._walk.now.jobs, job))
        self._walk.session.run(lambda: self._keep(job, taken))

    def put_away(self, job: Job) -> None:
        """The person has read why a picture was not kept."""
        self._walk.tell(jobs=tuple(one for one in self._walk.now.jobs if one.number != job.number))

    async def drop(self, key: ItemKey, photo: PhotoId) -> None:
        """Take a picture off an item; it can be taken back from the announcement."""
        await self._walk.undoable(
            key,
            lambda bench, now: bench.inspections.drop_photo(now, key, photo),
            lambda _undo, _now: "已移除 1 张照片",
        )

    async def read(self, wanted: tuple[PhotoId, ...]) -> None:
        """Read the small pictures that are not there yet; one that is damaged is shown as such."""
        missing = [id for id in wanted if id not in self._walk.now.thumbs and id not in self._asked]
        self._asked.update(missing)
        for id in missing:
            try:
                small = await asyncio.to_thread(thumbnail, await self._bytes(id))
            except InspectorError:
                # The tile of a picture without a thumbnail shows that it cannot be read.
                small = b""
            self._walk.tell(thumbs={**self._walk.now.thumbs, id: small})

    async def large(self, photo: PhotoId) -> bytes:
        """A picture for the whole screen.

        Raises:
            PhotoMissingError, PhotoDamagedError: it is not there, or not what was stored.
        """
        return await asyncio.to_thread(thumbnail, await self._bytes(photo), VIEW_EDGE)

    async def _bytes(self, photo: PhotoId) -> bytes:
        walk = self._walk
        return await walk.session.act(
            lambda: walk.session.workbench.inspections.photo(walk.inspection, photo)
        )

    async def _keep(self, job: Job, taken: Taken) -> None:
        try:
            async with self._turn:
                picture, small = await asyncio.to_thread(_prepared, taken.data)
        except InspectorError as error:
            self._settle(job, error)
            return
        id = PhotoId(picture.sha256)
        self._walk.tell(thumbs={**self._walk.now.thumbs, id: small})
        failure = await self._walk.act(partial(_photograph, job, taken, picture))
        self._settle(job, failure)

    def _settle(self, job: Job, failure: InspectorError | None) -> None:
        others = tuple(one for one in self._walk.now.jobs if one.number != job.number)
        self._walk.tell(jobs=(*others, replace(job, error=failure)) if failure else others)


def _prepared(data: bytes) -> tuple[Picture, bytes]:
    picture = intake(data)
    return picture, thumbnail(picture.jpeg)


def _photograph(job: Job, taken: Taken, picture: Picture, bench: Workbench, now: Inspection) -> Inspection:
    return bench.inspections.photograph(now, job.item, picture, taken.source, after_correction=job.after)
