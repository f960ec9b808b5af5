"""A verdict that the device's copy cannot settle: the app asks the register itself, and says how that went."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.support.browser import ROOT, Screen, app, person
from tests.support.registry_server import RegistryServer, free_port

NEW = "9529999999993"
REGISTER_IT = """
from datetime import timedelta
from django.utils import timezone
from register.models import Certificate, Producer, Product
today = timezone.localdate()
product = Product.objects.create(gtin="09529999999993", name="Miến dong mới", group="thuc_pham",
                                 producer=Producer.objects.first())
Certificate.objects.create(product=product, number="QN-MOI-1", stars=3, issuer="UBND tỉnh",
                           valid_from=today, valid_to=today + timedelta(days=1000))
"""


def register_new_product(server: RegistryServer) -> None:
    """What the office does while devices hold an older copy."""
    command = [sys.executable, str(ROOT / "server/manage.py"), "shell", "-v", "0", "-c", REGISTER_IT]
    subprocess.run(command, env={**os.environ, "OCOP_SERVER_DATA": str(server.data)}, check=True, capture_output=True)


def ask_for(screen: Screen, number: str) -> None:
    screen.see("code-entry")
    screen.page.get_by_text("393").first.wait_for(state="attached", timeout=20_000)  # the copy is there
    screen.type_into("code-entry", number)
    screen.page.keyboard.press("Enter")
    screen.see("verdict")


def test_what_the_copy_cannot_settle_is_asked_and_it_is_said_how_that_went(
    own_server: RegistryServer, browser: Browser, tmp_path: Path
) -> None:
    with app(tmp_path / "app", own_server.url, free_port()) as address, person(browser, address) as screen:
        screen.page.get_by_text("393").first.wait_for(state="attached", timeout=20_000)
        own_server.stop()
        ask_for(screen, NEW)
        screen.page.get_by_text("Không hỏi được sổ đăng ký").wait_for(state="attached", timeout=20_000)
        own_server.start()
        screen.page.get_by_role("button", name="Hỏi lại").click()
        screen.unfold("checked")
        screen.wait_for_text("checked", "Đã hỏi trực tiếp sổ đăng ký", 20)
        assert screen.see("verdict") == "Không có trong sổ đăng ký"

        screen.back("verdict")
        register_new_product(own_server)
        ask_for(screen, NEW)
        screen.wait_for_text("verdict", "Chứng nhận còn hiệu lực")
        screen.unfold("checked")
        screen.wait_for_text("checked", "Đã hỏi trực tiếp sổ đăng ký", 10)
        assert screen.see("product-name") == "Miến dong mới"
