"""The camera of an inspection on a screen of its own: one photo after another, without leaving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from services.rounds.inspection import Picture
from services.rounds.kept import KeptInspection
from views.inspection.following import use_editor, use_inspection
from views.inspection.inspection_screen import nowhere
from views.inspection.shots import ShotCamera, strip
from views.parts.frame import screen
from views.parts.loading import Skeleton
from views.parts.look import keyed, known_as, main_button
from views.parts.places import round_address
from views.parts.shell import use_shell


@ft.component
def PhotosScreen() -> ft.View:
    """Show the camera, what is to be photographed, and the photos so far."""
    shell = use_shell()
    _, params = shell.texts.gettext, ft.use_route_params()
    above = round_address(params["round"], params["id"])
    ready, kept = use_inspection(params["id"])
    if not ready:
        return screen(shell, f"{above}/photos", _("Photos"), [Skeleton()])
    if kept is None or kept.draft is None:
        return nowhere(shell, f"{above}/photos")
    return keyed(kept.id, _Photos, kept, above)


@ft.component
def _Photos(kept: KeptInspection, above: str) -> ft.View:
    shell = use_shell()
    _ = shell.texts.gettext
    editor = use_editor(kept)
    on_top = ft.use_route_location() == f"{above}/photos"
    if editor.gone:
        return nowhere(shell, f"{above}/photos")

    def photo(picture: Picture) -> Callable[[], Awaitable[None]]:
        return shell.go_to(f"{above}/photos/{picture.file.sha256}")

    done = main_button(_("Back to the inspection"), shell.go_to(above), icon=ft.Icons.ARROW_BACK)
    return screen(
        shell,
        f"{above}/photos",
        _("Photos"),
        [
            keyed("camera", ShotCamera, editor, None, on_top),
            *strip(shell, editor, photo),
        ],
        scroll=False,
        bottom=[known_as("photos-done", done)],
    )
