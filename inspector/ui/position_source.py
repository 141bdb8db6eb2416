"""Where the tablet is: a position, or the reason why there is none; never an endless wait."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from flet_geolocator import (
    Geolocator,
    GeolocatorConfiguration,
    GeolocatorPermissionStatus,
    GeolocatorPosition,
    GeolocatorPositionAccuracy,
)

from inspector.domain.inspection import NoPosition, Position

PATIENCE_S = 20.0
"""How long the whole question may take, the person's answer to the permission included."""

_REFUSED = (GeolocatorPermissionStatus.DENIED, GeolocatorPermissionStatus.DENIED_FOREVER)
_DEGREES = Decimal("0.000001")  # 0.1 m
_METRES = Decimal("0.1")


async def locate(at_ms: int, *, patience_s: float = PATIENCE_S) -> Position | NoPosition:
    """The tablet's position now.

    Call it in an event handler or effect of the page.

    Args:
        at_ms: now, milliseconds since the Unix epoch.
        patience_s: seconds until it gives up.
    """
    try:
        return await asyncio.wait_for(_ask(at_ms), patience_s)
    except TimeoutError:
        return NoPosition(reason=f"{patience_s:g} 秒内没有得到位置，可到开阔处再试")
    except RuntimeError:
        # The client reports every fault of the platform as this, in words for developers.
        return NoPosition(reason="本机的定位功能不可用")


async def _ask(at_ms: int) -> Position | NoPosition:
    geolocator = Geolocator(configuration=GeolocatorConfiguration(accuracy=GeolocatorPositionAccuracy.HIGH))
    if not await geolocator.is_location_service_enabled():
        return NoPosition(reason="定位服务没有打开")
    permission = await geolocator.get_permission_status()
    if permission is GeolocatorPermissionStatus.DENIED:
        permission = await geolocator.request_permission()
    if permission in _REFUSED:
        return NoPosition(reason="没有授予定位权限，可在系统设置中打开")
    return position_of(await geolocator.get_current_position(), at_ms)


def position_of(found: GeolocatorPosition, at_ms: int) -> Position | NoPosition:
    """What the platform found, as decimal strings; a simulated or incomplete position is none."""
    if found.mocked:
        return NoPosition(reason="本机正在使用模拟定位，没有采用")
    if found.latitude is None or found.longitude is None:
        return NoPosition(reason="本机没有给出坐标")
    return Position(
        latitude=_text(found.latitude, _DEGREES),
        longitude=_text(found.longitude, _DEGREES),
        accuracy_m=_text(found.accuracy or 0, _METRES),
        at_ms=at_ms,
    )


def _text(number: float, step: Decimal) -> str:
    value = Decimal(str(number)).quantize(step)
    return f"{abs(value) if value == 0 else value:f}"
