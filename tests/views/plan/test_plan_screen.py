"""The list of what to look for first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import flet as ft

from services.guidance.guidance import GuidedPlace, GuidedProduct
from services.workspace import Workspace
from tests.views.headless import Client
from views.parts.places import PLAN


async def test_products_and_places_stand_with_their_reasons_and_a_list_is_kept(
    workspace: Workspace, signed_in: Any
) -> None:
    device = workspace.device("local")
    signed_in(device)
    account = device.accounts.viewer.account or ""
    certified = next(
        product for product in workspace.catalogue.search("Chả mực") if product.certificates[0].withdrawn_on is None
    )
    products = [GuidedProduct(certified.gtin, ("reported",), reports=2)]
    places = [GuidedPlace("Chợ Cửa Sông", None, None, 3)]
    async with Client(workspace, route=PLAN) as app:
        await app.until(lambda: app.known("plan-row"))
        assert app.says("Giấy bị thu hồi ngày")
        assert app.says("cơ quan chưa cho biết gì thêm")
        device.guidance.keep(account, products, places, datetime.now(UTC))
        await app.until(lambda: app.says("2 phản ánh của người dân"))
        assert app.says("Chợ Cửa Sông")
        await app.change(app.within("plan-search", ft.TextField), certified.name)
        await app.until(lambda: len(app.known("plan-mark")) == 1)
        await app.fire(app.inside("plan-mark", ft.IconButton)[0], "click")
        await app.until(lambda: device.guidance.my_list(account) == (certified.gtin,))
