"""Renders a page with what every page shows: the register, its language, the app."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from pages.language import kept, switches
from register.description import Register
from register.models import Picture


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with a page of this room."""
    of_every_page = {
        "register": Register.objects.first(),
        "language": get_language(),
        "switches": switches(request),
        "kept": kept(request),
        "app": settings.APP_URL,
    }
    return render(request, template, {**of_every_page, **context}, status=status)


def picture_address(picture: Picture, width: int) -> str:
    """Where a picture is, from the beginning of this host (docs/api.md, "Pictures")."""
    return f"/api/v1/pictures/{picture.sha256}/{width}"
