"""The first sign-in by an invitation: never a product's code, and no server is asked before a yes."""

from __future__ import annotations

from datetime import UTC, datetime

import flet as ft
import pytest

from services.client.answers import Account, Invited, Refused, SignIn
from services.client.registry import Registry
from services.workspace import Workspace
from tests.views.headless import Client

TOKEN = "Ab0_-" * 8 + "xyz"
HERE, THERE = "http://127.0.0.1:9", "https://la.example"
INVITATION = "/settings/invitation"


class Office(Registry):
    """A register whose invitations answer as they are told; `asked` is what it was asked."""

    refuses: str | None = None

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked: list[str] = []

    def look_at_invitation(self, token: str) -> Invited:
        self.asked.append(f"look {token}")
        if self.refuses:
            raise Refused(self.refuses, "", 410)
        return Invited("an", "Nguyễn Văn An", "inspector", "OCOP Quảng Ninh")

    def redeem(self, token: str, password: str, device: str, key: str) -> SignIn:
        self.asked.append(f"redeem {password}")
        if len(password) < 10:
            raise Refused("weak_password", "", 400)
        return SignIn(Account("an", "Nguyễn Văn An", "inspector"), self.url, "a", datetime.now(UTC), "r")

    def sign_in(
        self,
        username: str,
        password: str,
        device: str,
        key: str | None = None,
        *,
        new_password: str | None = None,
        code: str | None = None,
    ) -> SignIn:
        if username == "hai-buoc":
            if code != "123456":
                raise Refused("second_factor_wrong" if code else "second_factor_needed", "", 403)
            return self.redeem(TOKEN, password, device, "")
        if new_password is None:
            raise Refused("password_change_needed", "", 403)
        return self.redeem(TOKEN, new_password, device, "")


@pytest.fixture
def office(workspace: Workspace) -> Office:
    workspace.registry = Office(HERE)
    return workspace.registry


async def check(app: Client, text: str) -> None:
    """Type or paste a text into the field for a code."""
    await app.change(app.within("code-entry", ft.TextField), text)
    await app.fire(app.within("code-entry", ft.TextField), "submit", text)


async def test_a_scanned_invitation_is_no_product_and_signs_in_after_a_yes(
    workspace: Workspace, office: Office
) -> None:
    async with Client(workspace) as app:
        await check(app, f"{HERE}/invite/{TOKEN}")
        await app.until(lambda: app.known("invitation-go-on"))
        assert app.page.route == INVITATION, "its secret is in no address"
        assert app.says(HERE)
        assert office.asked == []
        assert app.session.device.looked_at() == []
        await app.fire(app.within("invitation-go-on", ft.FilledButton), "click")
        await app.until(lambda: app.says("Chào Nguyễn Văn An"))
        await app.change(app.within("invitation-password", ft.TextField), "ngan")
        await app.fire(app.within("invitation-sign-in", ft.FilledButton), "click")
        await app.until(lambda: app.within("invitation-password", ft.TextField).error)
        await app.change(app.within("invitation-password", ft.TextField), "mot-hai-ba-bon")
        await app.fire(app.within("invitation-sign-in", ft.FilledButton), "click")
        await app.until(lambda: app.session.device.accounts.current is not None)
        assert office.asked == [f"look {TOKEN}", "redeem ngan", "redeem mot-hai-ba-bon"]
        await app.until(lambda: app.page.route != INVITATION)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("invitation_used", "đã được dùng"),
        ("invitation_expired", "đã hết hạn"),
        ("invitation_revoked", "đã bị thu hồi"),
        ("invitation_unknown", "không có lời mời nào như vậy"),
    ],
)
async def test_an_invitation_that_opens_nothing_says_why(
    workspace: Workspace, office: Office, code: str, words: str
) -> None:
    office.refuses = code
    async with Client(workspace, route=INVITATION) as app:
        await app.change(app.within("invitation-link", ft.TextField), f"{HERE}/invite/{TOKEN}")
        await app.fire(app.within("invitation-read", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("invitation-go-on"))
        await app.fire(app.within("invitation-go-on", ft.FilledButton), "click")
        await app.until(lambda: app.says(words))


async def test_another_servers_invitation_names_both_and_tells_none_of_it(workspace: Workspace, office: Office) -> None:
    async with Client(workspace) as app:
        await check(app, f"{THERE}/invite/{TOKEN}")
        await app.until(lambda: app.known("invitation-go-on"))
        assert app.says(THERE)
        assert app.says(f"Máy này đang dùng máy chủ khác: {HERE}")
        await app.fire(app.within("invitation-leave", ft.TextButton), "click")
        await app.until(lambda: not app.known("invitation-go-on"))
        assert workspace.registry is office
        assert office.asked == []


async def test_leaving_after_another_server_was_asked_goes_back(workspace: Workspace, office: Office) -> None:
    office.refuses = "invitation_expired"
    async with Client(workspace) as app:
        await check(app, f"http://127.0.0.1:1/invite/{TOKEN}")
        await app.until(lambda: app.known("invitation-go-on"))
        await app.fire(app.within("invitation-go-on", ft.FilledButton), "click")
        await app.until(lambda: app.known("invitation-problem"))
        assert app.says(f"Máy này đang dùng máy chủ khác: {HERE}"), "it still is another than before"
        await app.fire(app.within("invitation-leave", ft.TextButton), "click")
        await app.until(lambda: not app.known("invitation-go-on"))
        assert workspace.registry is not None
        assert workspace.registry.url == HERE
        assert app.session.device.settings.value.server == HERE


async def test_no_product_is_taken_for_an_invitation_where_one_is_awaited(workspace: Workspace, office: Office) -> None:
    async with Client(workspace, route=INVITATION) as app:
        await app.change(app.within("invitation-link", ft.TextField), "https://so.example/01/09520007900017")
        await app.fire(app.within("invitation-read", ft.OutlinedButton), "click")
        await app.until(lambda: app.within("invitation-link", ft.TextField).error)
        assert office.asked == []


async def test_a_given_password_is_changed_at_the_first_sign_in(workspace: Workspace, office: Office) -> None:
    async with Client(workspace, route="/settings") as app:
        await app.change(app.within("sign-in-name", ft.TextField), "an")
        await app.change(app.within("sign-in-password", ft.TextField), "cua-nguoi-khac")
        await app.fire(app.within("sign-in", ft.FilledButton), "click")
        await app.until(lambda: app.known("sign-in-new-password"))
        assert app.within("sign-in-new-password", ft.TextField).error
        await app.change(app.within("sign-in-new-password", ft.TextField), "cua-rieng-toi-1")
        await app.fire(app.within("sign-in", ft.FilledButton), "click")
        await app.until(lambda: app.session.device.accounts.current is not None)


async def test_a_second_factor_is_asked_for_once_the_server_says_so(workspace: Workspace, office: Office) -> None:
    async with Client(workspace, route="/settings") as app:
        assert not app.known("sign-in-code")
        await app.change(app.within("sign-in-name", ft.TextField), "hai-buoc")
        await app.change(app.within("sign-in-password", ft.TextField), "con-trau-vang-2026")
        await app.fire(app.within("sign-in", ft.FilledButton), "click")
        await app.until(lambda: app.known("sign-in-code"))
        field = app.within("sign-in-code", ft.TextField)
        assert "xác nhận hai bước" in str(field.helper)
        assert not field.error, "the server has only asked"
        assert field.autofill_hints == [ft.AutofillHint.ONE_TIME_CODE]
        await app.until(lambda: app.called("focus"))
        assert not app.within("sign-in-password", ft.TextField).error
        for typed in ("000000", " 123456 "):
            await app.change(app.within("sign-in-code", ft.TextField), typed)
            await app.fire(app.within("sign-in", ft.FilledButton), "click")
            if typed == "000000":
                await app.until(lambda: "chưa đúng" in str(app.within("sign-in-code", ft.TextField).error))
        await app.until(lambda: app.session.device.accounts.current is not None)
