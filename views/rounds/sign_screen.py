"""The screen on which one person signs what the round says, or says why they do not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import flet as ft

from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.kept import KeptRound
from services.rounds.place import LONGEST_NAME
from services.rounds.round import Role, Signature
from services.rounds.summary import Summary, signers
from services.texts import normal
from services.wording import mark
from services.workspace import Device
from views.design import BETWEEN, COLUMNS, INK_2, Type, Width
from views.parts.autosave import Autosave
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.frame import screen, scrolled
from views.parts.grid import Grid
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import choice_button, heading, keyed, known_as, main_button, text
from views.parts.places import round_address
from views.parts.round_words import ROLES, round_problem
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.rounds.gone import gone
from views.rounds.pad import Pad, Strokes
from views.rounds.signatures import signature_rows

ORDER = (Role.INSPECTOR, Role.SELLER, Role.WITNESS)
_LONGEST_REASON = 500

_TITLES = {
    Role.INSPECTOR: mark("The inspector signs"),
    Role.SELLER: mark("The seller signs"),
    Role.WITNESS: mark("The witness signs"),
}
_NAMES = {
    Role.INSPECTOR: mark("Full name of the inspector"),
    Role.SELLER: mark("Full name of the seller"),
    Role.WITNESS: mark("Full name of the witness"),
}
_MEANS = {
    Role.INSPECTOR: mark("You sign that the record says what you saw and did."),
    Role.SELLER: mark("You sign that you have seen what was recorded. To sign is not to agree with it."),
    Role.WITNESS: mark("You sign that you were there. To sign is not to agree with what was found."),
}

_NO_WITNESS, _NOT_THERE = mark("There is no witness"), mark("Is not there")

_REASONS: dict[Role, tuple[tuple[str, str, ft.IconData], ...]] = {
    Role.INSPECTOR: (("on-paper", mark("Signs on the paper"), ft.Icons.DRAW_OUTLINED),),
    Role.SELLER: (
        ("refuses", mark("Does not want to sign"), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED),
        ("absent", _NOT_THERE, ft.Icons.PERSON_OFF),
        ("on-paper", mark("Signs on the paper"), ft.Icons.DRAW_OUTLINED),
    ),
    Role.WITNESS: (
        ("none", _NO_WITNESS, ft.Icons.PERSON_OFF),
        ("refuses", mark("Does not want to sign"), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED),
        ("on-paper", mark("Signs on the paper"), ft.Icons.DRAW_OUTLINED),
    ),
}
"""Why there is no signature here: each is one tap. A typed name is none, so it is not among the ways."""


@dataclass(frozen=True)
class _ToSign:
    """What is signed, and as what: the round, its numbers, the hash of what it says, how many photos that names.

    `begun` is what was drawn for this signature before, and not given.
    """

    kept: KeptRound
    role: Role
    summary: Summary
    content: str
    photos: int
    begun: Signature | None

    @classmethod
    def of(cls, device: Device, round_id: str, role: Role) -> _ToSign | None:
        """Begin to close the round where that has not begun; None where the viewer has no such open round."""
        author = device.author
        try:
            content = device.rounds.to_sign(round_id, author)
            summary = device.rounds.summary(round_id, author)
            begun = device.rounds.begun_signature(round_id, role, content, author.viewer)
        except RoundClosed:
            return None
        kept = device.rounds.round(round_id, author.viewer)
        if kept is None:
            return None
        inspections = device.rounds.inspections_of(round_id, author.viewer)
        photos = sum(picture.sent for each in inspections if not each.draft for picture in each.pictures)
        return cls(kept, role, summary, content, photos, begun)


@ft.component
def SignScreen() -> ft.View:
    """Find what is to be signed, and as what: the address names the round and the role."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    params = ft.use_route_params()
    round_id, role = params["round"], params["role"]
    route = round_address(round_id, f"sign/{role}")
    known = next((each for each in ORDER if each == role), None)
    ready, loaded = use_loaded(
        lambda: _ToSign.of(device, round_id, known) if known else None, [round_id, role, state.notes_version]
    )
    # Until the next person's is read, what the last one drew would stand there as theirs.
    if not ready or (loaded and (loaded.kept.id, loaded.role) != (round_id, role)):
        return screen(shell, route, shell.texts.gettext("Sign"), [Skeleton()])
    if loaded is None or known is None:
        return gone(shell, route)
    # Drawn anew once one of several has signed.
    return keyed(f"{round_id} {role} {len(loaded.summary.signed)}", _Sign, loaded, known)


def _expected(to_sign: _ToSign, role: Role, account: str) -> str:
    """Who signs in this role, as far as the head of the round tells."""
    said = to_sign.kept.said
    signed = {signature.name for signature in to_sign.summary.signed if signature.role == role}
    if role is Role.SELLER:
        return said.inspected.name if said.inspected else ""
    named = [person.name for person in said.people if person.role == role]
    if role is Role.INSPECTOR and not named:
        named = [account]
    return next((name for name in named if name not in signed), "")


def next_role(summary: Summary, after: Role) -> Role | None:
    """Who signs next: of those who have not, the first in order, this role's own others before all."""
    waiting = [role for role in ORDER if role in summary.without_signature]
    return after if after in waiting else next(iter(waiting), None)


@ft.component
def _Sign(to_sign: _ToSign, role: Role) -> ft.View:
    """Name, field and the ways not to sign. The field stands below what scrolls, within the thumb's reach.

    What is drawn and written is kept as it comes, and is there again after a break, unless the round says something
    else by then.
    """
    shell, state, device = use_shell(), use_device_state(), use_device()
    _, texts = shell.texts.gettext, shell.texts
    begun = ft.use_memo(lambda: to_sign.begun, [])
    strokes = ft.use_memo(lambda: Strokes(begun.strokes if begun else ()), [])
    expected = _expected(to_sign, role, state.account.name if state.account else "")
    name = ft.use_memo(lambda: TextInput(begun.name if begun else expected), [])
    reason = ft.use_memo(lambda: TextInput((begun.refused or "") if begun else ""), [])
    own_words, say_own_words = ft.use_state(bool(begun and begun.refused))
    lacking, set_lacking = ft.use_state("")
    round_id, content, owner = to_sign.kept.id, to_sign.content, state.viewer

    def keep_it() -> None:
        so_far = None
        if strokes.drawn or reason.text or name.text != expected:
            so_far = Signature(role.value, name.text, datetime.now(UTC), content, strokes.drawn, reason.text or None)
        with suppress(RoundClosed):  # in another window, as is said on signing
            device.rounds.keep_signature(round_id, role, so_far, owner)

    keep = ft.use_memo(lambda: Autosave(keep_it, lambda _error: shell.say_problem("not_saved")), [])
    ft.use_effect(lambda: None, [], cleanup=keep.leave)

    def drew() -> None:
        set_lacking("")
        keep.touch()

    async def give(refused: str | None) -> None:
        who = normal(name.text).strip()
        if refused and not who:
            who = _(ROLES[role])
        if not who:
            set_lacking(_("Write the name of who signs."))
            return
        if refused is None and not strokes.is_signature:
            set_lacking(_("Sign in the field, or say why there is no signature."))
            return
        signature = Signature(
            role.value, who, datetime.now(UTC), to_sign.content, () if refused else strokes.drawn, refused
        )
        try:
            async with keep.turn:  # what was drawn is not kept again once it is given
                signed = (await asyncio.to_thread(device.rounds.summary, round_id, device.author)).signed
                if signed != to_sign.summary.signed:  # a second tap, before the next person's screen has come
                    return
                await asyncio.to_thread(device.rounds.sign, round_id, signature, device.author)
                keep.drop()
            summary = await asyncio.to_thread(device.rounds.summary, round_id, device.author)
        except RoundInvalid as invalid:
            shell.say(round_problem(texts, invalid.reason))
            return
        except RoundClosed:
            shell.say(_("This round was closed in another window."))
            return
        follows = next_role(summary, role)
        shell.page.navigate(round_address(round_id, f"sign/{follows.value}" if follows else "close"))

    number = len(to_sign.summary.signed) + 1
    of = max(number, len(signers(to_sign.kept.said)))
    upper: list[ft.Control] = [
        *signature_rows(texts, to_sign.summary.signed),
        ft.Row([heading(_(_TITLES[role]), Type.HEADLINE), text(f"{number}/{of}", Type.SMALL)], wrap=True),
        text(_(_MEANS[role])),
        _what(texts, to_sign),
        known_as(
            "signature-name",
            name.draw(
                ft.TextField(
                    label=_(_NAMES[role]), max_length=LONGEST_NAME, counter="", on_change=lambda _event: keep.touch()
                )
            ),
        ),
        heading(_("No signature here?")),
        _reasons(shell, role, bool(expected), give, lambda: say_own_words(True)),
        *(_own_words(shell, reason, give, keep.touch) if own_words else []),
    ]
    accept = main_button(_("Take the signature"), shell.guard(lambda: give(None)), icon=ft.Icons.CHECK)
    lower: list[ft.Control] = [
        Pad(strokes, drew),
        _Again(strokes, keep.touch),
    ]
    if shell.wide:
        column: ft.Control = ft.Row(
            [
                ft.Container(scrolled(upper), expand=True),
                ft.Container(ft.Column(lower, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), expand=True),
            ],
            spacing=BETWEEN,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    else:
        column = ft.Column(
            [scrolled(upper), *lower], expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, spacing=4
        )
    return screen(
        shell,
        round_address(round_id, f"sign/{role.value}"),
        _("Sign"),
        [column],
        scroll=False,
        bottom=[
            *([known_as("sign-lacking", text(lacking, Type.LABEL))] if lacking else []),
            known_as("take-signature", accept),
        ],
        full=shell.width is Width.MEDIUM,
        widest=COLUMNS,
    )


def _what(texts: Texts, to_sign: _ToSign) -> ft.Control:
    """What exactly is signed, so that a later change is seen."""
    products = texts.ngettext("{count} product", "{count} products", to_sign.summary.inspections)
    photos = texts.ngettext("{count} photo", "{count} photos", to_sign.photos)
    words = texts.gettext(
        "The signature holds for exactly this: {products}, {photos}, mark {mark}. Whoever changes it has to have it "
        "signed anew."
    ).format(
        products=products.format(count=texts.number(to_sign.summary.inspections)),
        photos=photos.format(count=texts.number(to_sign.photos)),
        mark=short(to_sign.content),
    )
    return known_as(
        "what-is-signed",
        ft.Row(
            [ft.Icon(ft.Icons.FINGERPRINT, color=INK_2), text(words, Type.SMALL, expand=True)],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
    )


def short(content: str) -> str:
    """The first figures of a hash, in groups that can be read out."""
    return " ".join(content[n : n + 4] for n in range(0, 12, 4))


def _reasons(
    shell: Shell,
    role: Role,
    named: bool,
    give: Callable[[str | None], Awaitable[None]],
    own_words: Callable[[], object],
) -> ft.Control:
    """The ways not to sign. Of a witness whom the round has `named` nobody says that there is none."""
    _ = shell.texts.gettext

    def refuse(words: str) -> Callable[[], Awaitable[None]]:
        return shell.guard(lambda: give(words))

    cells = [
        choice_button(f"refuse-{name}", _(words), icon, refuse(_(words)), chosen=False)
        for name, reason, icon in _REASONS[role]
        for words in [_NOT_THERE if named and reason is _NO_WITNESS else reason]
    ]
    other = choice_button("refuse-other", _("Another reason"), ft.Icons.EDIT_NOTE, shell.guard(own_words), chosen=False)
    return Grid([*cells, other])


def _own_words(
    shell: Shell,
    reason: TextInput,
    give: Callable[[str | None], Awaitable[None]],
    changed: Callable[[], object],
) -> list[ft.Control]:
    _ = shell.texts.gettext

    async def refuse() -> None:
        words = normal(reason.text).strip()
        if words:
            await give(words)

    field = reason.draw(
        ft.TextField(
            label=_("Why there is no signature"),
            multiline=True,
            max_lines=3,
            max_length=_LONGEST_REASON,
            on_change=lambda _event: changed(),
        )
    )
    return [
        known_as("refusal-words", field),
        ft.Row(
            [
                known_as(
                    "refuse",
                    ft.OutlinedButton(_("Note the reason"), icon=ft.Icons.CHECK, on_click=shell.guard(refuse)),
                )
            ]
        ),
    ]


@ft.component
def _Again(strokes: Strokes, changed: Callable[[], object]) -> ft.Control:
    """The ways to take strokes back."""
    shell = use_shell()
    ft.use_state(strokes)
    _ = shell.texts.gettext

    def undo_one() -> None:
        strokes.undo()
        changed()

    def clear() -> None:
        strokes.clear()
        changed()

    undo = ft.TextButton(_("Last stroke back"), icon=ft.Icons.UNDO, on_click=shell.guard(undo_one))
    again = ft.TextButton(_("Sign again"), icon=ft.Icons.REFRESH, on_click=shell.guard(clear))
    undo.disabled = again.disabled = not strokes.drawn
    return ft.Row(
        [known_as("stroke-back", undo), known_as("sign-again", again)], alignment=ft.MainAxisAlignment.END, wrap=True
    )
