"""What sort of place is inspected: the closed vocabulary by which checklists are offered.

Each word names a business and, where that matters, its stage of the chain (生产, 储存, 经营, 运输, 使用,
回收). An enterprise may be of several kinds; a checklist says which kinds it fits. A kind only decides what
is offered first: any checklist can be used anywhere.
"""

from __future__ import annotations

from enum import StrEnum


class EnterpriseKind(StrEnum):
    """One sort of place. The first part of each word is its field of inspection (`Domain`)."""

    HAZMAT_PRODUCTION = "hazmat-production"
    HAZMAT_STORAGE = "hazmat-storage"
    HAZMAT_SALES = "hazmat-sales"
    HAZMAT_TRANSPORT = "hazmat-transport"
    HAZMAT_USE = "hazmat-use"
    HAZMAT_LABORATORY = "hazmat-laboratory"
    HAZMAT_WASTE = "hazmat-waste"
    HAZMAT_PRECURSORS = "hazmat-precursors"
    HAZMAT_EXPLOSIVES = "hazmat-explosives"
    HAZMAT_FIREWORKS = "hazmat-fireworks"
    HAZMAT_FIREWORKS_RETAIL = "hazmat-fireworks-retail"
    COURIER_BRANCH = "courier-branch"
    COURIER_HUB = "courier-hub"
    GAS_RESTAURANT = "gas-restaurant"
    GAS_HOUSEHOLD = "gas-household"
    GAS_PIPELINE = "gas-pipeline"
    GAS_SUPPLIER = "gas-supplier"
    GAS_CONSTRUCTION = "gas-construction"
    FIRE_MALL = "fire-mall"
    FIRE_ESTATE = "fire-estate"
    FIRE_HIGH_RISE = "fire-high-rise"
    FIRE_UNDERGROUND = "fire-underground"
    FIRE_MIXED_USE = "fire-mixed-use"
    FIRE_ENTERTAINMENT = "fire-entertainment"
    FIRE_SMALL_PLACE = "fire-small-place"

    @property
    def chinese(self) -> str:
        """The kind's name on screens and in pasted tables."""
        return _CHINESE[self]


_CHINESE = {
    EnterpriseKind.HAZMAT_PRODUCTION: "危化品生产",
    EnterpriseKind.HAZMAT_STORAGE: "危化品储存",
    EnterpriseKind.HAZMAT_SALES: "危化品经营",
    EnterpriseKind.HAZMAT_TRANSPORT: "危化品运输",
    EnterpriseKind.HAZMAT_USE: "危化品使用",
    EnterpriseKind.HAZMAT_LABORATORY: "学校、医院、实验室",
    EnterpriseKind.HAZMAT_WASTE: "危化品回收与废弃",
    EnterpriseKind.HAZMAT_PRECURSORS: "易制毒、麻精药品",
    EnterpriseKind.HAZMAT_EXPLOSIVES: "民用爆炸物品",
    EnterpriseKind.HAZMAT_FIREWORKS: "烟花爆竹生产、批发、运输、燃放",
    EnterpriseKind.HAZMAT_FIREWORKS_RETAIL: "烟花爆竹零售",
    EnterpriseKind.COURIER_BRANCH: "快递网点",
    EnterpriseKind.COURIER_HUB: "快递分拨中心",
    EnterpriseKind.GAS_RESTAURANT: "餐饮用气",
    EnterpriseKind.GAS_HOUSEHOLD: "居民用气",
    EnterpriseKind.GAS_PIPELINE: "管道燃气企业",
    EnterpriseKind.GAS_SUPPLIER: "瓶装气、加气站",
    EnterpriseKind.GAS_CONSTRUCTION: "燃气管线旁施工",
    EnterpriseKind.FIRE_MALL: "商场、超市、市场",
    EnterpriseKind.FIRE_ESTATE: "老旧小区",
    EnterpriseKind.FIRE_HIGH_RISE: "高层建筑",
    EnterpriseKind.FIRE_UNDERGROUND: "地下空间",
    EnterpriseKind.FIRE_MIXED_USE: "合用场所（三合一）",
    EnterpriseKind.FIRE_ENTERTAINMENT: "公共娱乐场所",
    EnterpriseKind.FIRE_SMALL_PLACE: "小场所（九小）",
}
