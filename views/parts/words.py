"""The words, icons and tones for the codes of services: note states, faults, refusals and problems."""

from __future__ import annotations

from collections.abc import Sequence
from math import dist

import flet as ft

from services.camera.frames import CameraFault
from services.decoding import CodeKind, Reason, Unread
from services.decoding.hints import Hint
from services.notes.content import Outcome
from services.notes.note import Note, NoteState
from services.register.catalogue import CopyState
from services.register.reading import UNNAMED
from services.wording import mark
from views.design import Tone
from views.parts.texts import Texts

NOTE_STATE: dict[NoteState, tuple[str, Tone, ft.IconData]] = {
    NoteState.DRAFT: (mark("Draft"), Tone.UNKNOWN, ft.Icons.EDIT_NOTE),
    NoteState.WAITING: (mark("On this device"), Tone.UNKNOWN, ft.Icons.SMARTPHONE),
    NoteState.SENDING: (mark("Sending"), Tone.UNKNOWN, ft.Icons.CLOUD_UPLOAD),
    NoteState.RECEIVED: (mark("Received"), Tone.UNKNOWN, ft.Icons.CLOUD_DONE),
    NoteState.REFUSED: (mark("Refused"), Tone.CAUTION, ft.Icons.REPORT),
}
"""Caution: somebody has to do something. No state of a note is good or bad; those tones are for verdicts."""

WAITS_FOR_A_SIGN_IN = ("sign_in_needed", "not_signed_in", "locked", "other_account")
"""What waits with one of these codes waits for a sign-in; there the way to the form is shown."""

_WAITS: dict[str, tuple[str, Tone, ft.IconData]] = {
    "photos_wait_for_wifi": (mark("Photos wait for Wi-Fi"), Tone.UNKNOWN, ft.Icons.WIFI),
    "server_too_old": (mark("Waits for a newer server"), Tone.UNKNOWN, ft.Icons.HOURGLASS_EMPTY),
    "other_register": (mark("Waits for its register"), Tone.UNKNOWN, ft.Icons.DNS),
    **dict.fromkeys(
        WAITS_FOR_A_SIGN_IN,
        (mark("Waits for a sign-in"), Tone.CAUTION, ft.Icons.LOGIN),
    ),
}
_PHOTOS_TO_COME = (mark("Note received, photos not yet"), Tone.UNKNOWN, ft.Icons.CLOUD_QUEUE)
_PHOTO_LOST = (mark("Received without all photos"), Tone.CAUTION, ft.Icons.REPORT)

OUTCOMES: dict[str, tuple[str, ft.IconData]] = {
    Outcome.MATCHES: (mark("Matches the label"), ft.Icons.CHECK_CIRCLE_OUTLINE),
    Outcome.MISLABELLED: (mark("Mislabelled"), ft.Icons.LABEL_OFF_OUTLINED),
    Outcome.EXPIRED: (mark("Expired"), ft.Icons.EVENT_BUSY_OUTLINED),
    Outcome.SUSPECTED_COPY: (mark("Suspected copy"), ft.Icons.CONTENT_COPY),
    Outcome.SOLD: (mark("Sold"), ft.Icons.SELL_OUTLINED),
    Outcome.OTHER: (mark("Other"), ft.Icons.MORE_HORIZ),
}

EVENT_STATES: dict[str, tuple[str, ft.IconData, Tone]] = {
    "received": (mark("At the office"), ft.Icons.INBOX, Tone.UNKNOWN),
    "reviewing": (mark("The office is looking into it"), ft.Icons.MANAGE_SEARCH, Tone.UNKNOWN),
    "more_wanted": (mark("The office asks for more"), ft.Icons.HELP_OUTLINE, Tone.CAUTION),
    "decided": (mark("The office has decided"), ft.Icons.GAVEL, Tone.UNKNOWN),
    "closed": (mark("Closed by the office"), ft.Icons.TASK_ALT, Tone.UNKNOWN),
}

CAMERA_FAULTS: dict[CameraFault, tuple[str, str]] = {
    CameraFault.NO_CAMERA: (
        mark("No camera found"),
        mark("Connect a camera and try again, or use one of the other ways below."),
    ),
    CameraFault.PERMISSION_DENIED: (
        mark("The camera is not allowed"),
        mark("Allow the camera for this app in the browser's or the device's settings, then try again."),
    ),
    CameraFault.IN_USE: (
        mark("The camera is in use"),
        mark("Close the other program or tab that uses the camera, then try again."),
    ),
    CameraFault.UNPLUGGED: (mark("The camera has gone"), mark("Plug the camera in again, then try again.")),
    CameraFault.INSECURE_PAGE: (
        mark("This page may not use the camera"),
        mark("Browsers allow the camera on secure pages only. Open the address that begins with https://."),
    ),
    CameraFault.FAILED: (
        mark("The camera does not answer"),
        mark("Try again. If it stays so, restart the device's camera."),
    ),
}

CAMERA_PAUSED: tuple[str, str] = (
    mark("The camera is paused"),
    mark("It is switched off while nobody looks at this page."),
)

HINTS: dict[Hint, tuple[str, ft.IconData | None]] = {
    Hint.AIM: (mark("Hold a QR code or barcode in the frame"), None),
    Hint.DARK: (mark("It is dark. Find more light."), ft.Icons.LIGHT_MODE),
    Hint.CLOSER: (mark("Come closer"), ft.Icons.ZOOM_IN),
    Hint.STEADY: (mark("Hold still"), ft.Icons.CENTER_FOCUS_STRONG),
    Hint.WHOLE: (mark("Move back until the whole code is in view"), ft.Icons.ZOOM_OUT),
    Hint.TILT: (mark("The code reflects the light. Tilt the pack."), ft.Icons.SCREEN_ROTATION_ALT),
    Hint.DAMAGED: (mark("This code seems to be damaged. Type its number."), ft.Icons.KEYBOARD),
    Hint.NO_READER: (mark("This device cannot read this kind of code. Type its number."), ft.Icons.KEYBOARD),
}

_SEEN: dict[CodeKind, str] = {
    CodeKind.BARCODE: mark("There is a barcode in this picture, but it could not be read."),
    CodeKind.QR_CODE: mark("There is a QR code in this picture, but it could not be read."),
    CodeKind.DATA_MATRIX: mark("There is a Data Matrix code in this picture, but it could not be read."),
    CodeKind.OTHER_MATRIX: mark("There is a code in this picture, but it could not be read."),
}

_REASONS: dict[Reason | None, str] = {
    None: mark("Take it closer, straight on and sharp, or type the number."),
    Reason.TOO_SMALL: mark("It is too small. Take the picture closer to the code."),
    Reason.TOO_BLURRED: mark("It is blurred. Hold still and take the picture again."),
    Reason.CUT_OFF: mark("A part of it is outside the picture. Take a picture of the whole code."),
    Reason.GLARE: mark("It reflects the light. Tilt the pack or turn off the flash, and take the picture again."),
    Reason.TOO_DARK: mark("It is too dark. Take the picture where there is more light."),
    Reason.DAMAGED: mark("It seems to be damaged. Type the number that is printed beside it."),
    Reason.NO_READER: mark("This device cannot read this kind of code. Type the number that is printed on the pack."),
}

_UPDATE_OR_TELL = mark(
    "Update the app to see them. If that does not help, tell whoever runs the register. All others can be looked up."
)
_UPDATE_TO_SEE = mark("{what}: update the app to see this")

_EXPORT = mark("Export it and hand it to your office.")
_TAKE_AGAIN = mark("The server has the rest of the note. If the photo matters, take it again in a correction.")

REFUSALS: dict[str, str] = {
    "bad_request": mark("The server could not read it."),
    "bad_digest": mark("It was damaged on the way or on this device."),
    "too_large": mark("It is too large for the server."),
    "not_allowed": mark("The server says that this account may not send it."),
    "id_taken": mark("The server holds another note under this number."),
    "unsupported_photo": mark("The server does not take one of its photos."),
    "not_found": mark("The server does not know the note that a photo belongs to."),
    "bad_signature": mark("The server does not accept its signature."),
    "unknown_key": mark("The server does not know the key that signed it."),
    "photo_missing": mark("A photo of it can no longer be found on this device."),
    "photo_damaged": mark("A photo of it is damaged on this device."),
}

PROBLEMS: dict[str, str] = {
    "no_connection": mark("No connection to the server. Everything is kept on this device and sent later."),
    "timed_out": mark("The server took too long. Everything is kept on this device and sent later."),
    "server_error": mark("The server has a fault. Everything is kept on this device and sent later."),
    "insecure": mark("The connection is not safe, so nothing was sent. Check the network and this device's date."),
    "redirected": mark("The network leads to another place than the server, so nothing was sent. It is kept here."),
    "moved": mark("The server says that it now stands at another address. See under Server in the settings."),
    "not_the_registry": mark(
        "What answered is not the registry: perhaps a sign-in page of this network. Nothing was lost."
    ),
    "too_large_on_the_way": mark(
        "A device of this network takes nothing of this size, so it has not reached the server. It is kept here and "
        "tried again, more and more rarely. Try another network, or tell whoever runs this one."
    ),
    "altered_on_the_way": mark(
        "A device of this network lets only a part of the message through. It is kept here and tried again, more and "
        "more rarely. Try another network, or tell whoever runs this one."
    ),
    "key_refused": mark("The server does not take the key that this device signs with. Sign out, then sign in again."),
    "photo_unreadable": mark(
        "A photo of it cannot be read from this device's storage now. It is kept and tried again. If it stays so, "
        "close other programs or restart the device."
    ),
    "wrong_receipt": mark("The server's receipt is not the right one, so the note is kept here and sent again."),
    "too_many_requests": mark("Too many tries. Wait a little, then try again."),
    "cancelled": mark("Stopped. What is not sent is kept on this device."),
    "photos_wait_for_wifi": mark(
        "The note is on the server. Its photos wait for Wi-Fi or a cable, as chosen in the settings."
    ),
    "no_server": mark("No server is set. Records stay on this device until one is."),
    "wrong_count": mark(
        "What the server sends does not hold as many products as its register names, so it was not taken. "
        "The copy on this device stays as it is. If this lasts, tell whoever runs the register."
    ),
    "emptied": mark(
        "The server now says that its register holds no products. That was not taken: the copy on this device stays "
        "as it is. If this lasts, tell whoever runs the register."
    ),
    "unreadable_product": mark(
        "The server's answer on this product is in a form that this version of the app cannot read. Update the app."
    ),
    "server_restored": mark(
        "The server was set back to an earlier state and may no longer have it, so it is sent again. "
        "It is kept on this device."
    ),
    "server_too_old": mark("The server does not take this form of it yet. It is kept here and sent when it does."),
    "other_register": mark("It was written for the register at an earlier address. It is sent when that is set."),
    "unproved_server": mark(
        "The server at the new address has not proved that it is the same register, so nothing was sent. "
        "Everything is kept. Say in the settings which register it is."
    ),
    "another_register": mark(
        "Another register answers at the new address, so nothing was sent. Everything is kept. "
        "Say in the settings whether to use it."
    ),
    "sign_in_needed": mark("Sign in again to send the notes of your account."),
    "not_signed_in": mark("Sign in again to send the notes of your account."),
    "locked": mark("Your notes wait until this device's key store has opened your sign-in: see the settings."),
    "other_account": mark("Waits for the account that signed it off to sign in on this device."),
    "wrong_credentials": mark("The name or the password is wrong."),
    "password_change_needed": mark(
        "This password was given to you by somebody else. Choose one that only you know, below."
    ),
    "password_change_in_office": mark(
        "Your account has a second step, so its password is changed in the office's pages, which ask for that step. "
        "Nothing was changed."
    ),
    "second_factor_needed": mark(
        "Your account has a second step. Type the code that your authenticator app shows, or a recovery code."
    ),
    "second_factor_wrong": mark(
        "The code is wrong, or was used before. Wait for the next one, and see whether your phone's clock is right."
    ),
    "first_password_in_office": mark(
        "This password was given to you by somebody else, so it has to be changed before you can sign in here. Your "
        "account has a second step: choose a new password in the office's pages, then sign in with it."
    ),
    "weak_password": mark(
        "This password is not good enough: it needs at least 10 characters, not all digits, not like your name, not "
        "easy to guess, and not the one before. Nothing was changed."
    ),
    "invitation_unknown": mark(
        "This server has given no such invitation. See whether the link is whole, and whether it is the right server."
    ),
    "invitation_used": mark(
        "This invitation was used already. If it was you, sign in with the password that you chose. If it was somebody "
        "else, tell your office at once."
    ),
    "invitation_expired": mark("This invitation has expired. Ask your office for a new one."),
    "invitation_revoked": mark("This invitation was taken back. Ask your office."),
    "invitation_elsewhere": mark("This invitation is another server's than the one in use. Nothing was sent."),
    "not_saved": mark("This device could not write to its storage. Free some space, then try again."),
    "internal": mark("Something went wrong in the app. What you recorded is kept."),
    "too_big": mark("The picture is too big. Choose a smaller one."),
    "unreadable": mark("This file is not a picture that can be read."),
    "file_unreadable": mark("This file cannot be read: it may be on another device, or no longer there."),
    "photo_there_already": mark("This photo is in the note already."),
    "both_texts_kept": mark("Another window wrote to this note too. All of it is kept: read the text once more."),
    "heic": mark(
        "This is a HEIC picture, which cannot be read here. Take it again in this app, or choose a JPEG or PNG."
    ),
    "pdf": mark("This PDF cannot be read here. Take a picture of the page, or save the page as PNG and choose that."),
    "other_picture": mark(
        "This kind of picture cannot be read here. Take it again in this app, or save it as JPEG or PNG and choose "
        "that."
    ),
    "video": mark("This is a video, which cannot be read here. Take a picture of the code, or choose a JPEG or PNG."),
    "too_large": mark("It is too large to be sent or received. What you recorded is kept on this device."),
    "text_too_long": mark("The text is longer than 5,000 characters. Shorten it."),
    "too_many_photos": mark("A note holds up to 20 photos. Remove some."),
    "nothing_said": mark("Choose what you saw, or say it in a few words or with a photo."),
    "place_too_long": mark("The place is longer than 500 characters. Shorten it."),
    "contact_too_long": mark("The telephone or email is longer than 200 characters. Shorten it."),
    "too_many_report_photos": mark("A report holds up to 5 photos. Remove some."),
    "no_account": mark("Sign in first: this is taken from an account alone."),
    "no_text": mark("Write your answer first."),
    "no_outcome": mark("Choose what you found, then sign off."),
    "not_canonical": mark("The note holds something that cannot be sent. Copy its text into a new note."),
}

_ASKED_IN_VAIN = mark("The server does not take what this version of the app asks for. Update the app.")
PROBLEMS |= dict.fromkeys(("bad_request", "bad_digest", "not_allowed", "not_found", "cursor_too_old"), _ASKED_IN_VAIN)

GROUPS: dict[str, str] = {
    "thuc_pham": mark("Food"),
    "do_uong": mark("Drinks"),
    "duoc_lieu": mark("Medicinal plants and products"),
    "thu_cong_my_nghe": mark("Handicrafts"),
    "sinh_vat_canh": mark("Ornamental plants and animals"),
    "du_lich": mark("Rural tourism"),
}

_SHOWN = 5
"""So many of the products that were set aside are named."""

ROLES: dict[str, str] = {
    "shop": mark("Shop"),
    "inspector": mark("Inspector"),
    "reviewer": mark("Reviewer"),
    "registrar": mark("Registrar"),
    "administrator": mark("Administrator"),
}


def problem_sentence(texts: Texts, code: str) -> str:
    """What happened, what was kept and what to do, for a problem's code."""
    message = PROBLEMS.get(code, PROBLEMS["internal"])
    return texts.gettext(message)


def nothing_read_sentence(texts: Texts, unread: Sequence[Unread]) -> str:
    """What a picture shows in which nothing could be read, why its largest code could not be, and what to do."""
    _ = texts.gettext
    if not unread:
        return _("No code could be read in this picture. Take it closer, straight on and sharp, or type the number.")
    code = _largest(unread)
    return f"{_(_SEEN[code.kind])} {_(_REASONS[code.why])}"


def further_unread_sentence(texts: Texts, unread: Sequence[Unread]) -> str:
    """How many codes of a picture could not be read beside those that were, why the largest could not, what to do."""
    _, count = texts.gettext, len(unread)
    words = texts.ngettext(
        "{count} further code in the picture could not be read.",
        "{count} further codes in the picture could not be read.",
        count,
    ).format(count=texts.number(count))
    of = [_("Of the largest of them:")] if count > 1 else []
    return " ".join([words, *of, _(_REASONS[_largest(unread).why])])


def _largest(unread: Sequence[Unread]) -> Unread:
    return max(unread, key=lambda code: dist(code.corners[0], code.corners[2]))


def refusal_sentence(texts: Texts, code: str, *, received: bool = False) -> str:
    """Why a note was set aside, and what to do with it. `received`: the server has all of it except photos."""
    message = REFUSALS.get(code, REFUSALS["bad_request"])
    return f"{texts.gettext(message)} {texts.gettext(_TAKE_AGAIN if received else _EXPORT)}"


def group_words(texts: Texts, group: str) -> str:
    """A product's group in words; one that this version does not know is shown as what it is."""
    return texts.gettext(GROUPS[group]) if group in GROUPS else _unknown(texts, mark("Another group"))


def role_words(texts: Texts, role: str) -> str:
    """An account's role in words; one that this version does not know is shown as what it is."""
    return texts.gettext(ROLES[role]) if role in ROLES else _unknown(texts, mark("Another role"))


def outcome_words(texts: Texts, outcome: str | None) -> str:
    """What somebody found, in words; empty where nothing was chosen yet."""
    if outcome is None:
        return ""
    return texts.gettext(OUTCOMES[outcome][0]) if outcome in OUTCOMES else _unknown(texts, mark("Another finding"))


def _unknown(texts: Texts, what: str) -> str:
    return texts.gettext(_UPDATE_TO_SEE).format(what=texts.gettext(what))


def copy_trouble(texts: Texts, copy: CopyState) -> list[str]:
    """What the person should know of the copy beside its age: why a newer one was not taken, what was set aside."""
    lines = [problem_sentence(texts, copy.refused)] if copy.refused else []
    if copy.set_aside:
        named = [gtin for gtin in copy.set_aside if gtin != UNNAMED]
        shown = ", ".join(named[:_SHOWN]) + (" …" if len(named) > _SHOWN else "")
        words = mark(
            "Products of the register that this version of the app cannot read and has set aside: {count}. {gtins}"
        )
        told = texts.gettext(words).format(count=texts.number(copy.unreadable), gtins=shown).strip()
        lines.append(f"{told} {texts.gettext(_UPDATE_OR_TELL)}")
    return lines


def event_state(texts: Texts, state: str) -> tuple[str, ft.IconData, Tone]:
    """What the office does with a note in a few words, with its icon; caution where it waits for the person."""
    if state not in EVENT_STATES:
        return _unknown(texts, mark("News from the office")), ft.Icons.INBOX, Tone.UNKNOWN
    words, icon, tone = EVENT_STATES[state]
    return texts.gettext(words), icon, tone


def note_state(texts: Texts, note: Note) -> tuple[str, ft.IconData, Tone]:
    """A note's state in a few words, with its icon; caution where somebody has to do something."""
    photos = len(note.inspection.photos) if note.inspection else 0
    return record_state(
        texts, note.state, photos=photos, sent=note.photos_sent, reason=note.reason, received=bool(note.received_at)
    )


def record_state(
    texts: Texts, state: NoteState, *, photos: int, sent: int, reason: str | None, received: bool
) -> tuple[str, ft.IconData, Tone]:
    """The state of a note, or of a record of another kind, with so many `photos`, `sent` of them, as for a note."""
    words, tone, icon = NOTE_STATE[state]
    if state is NoteState.SENDING and received:
        words = mark("Sending photo {number} of {all}")
    elif state is NoteState.WAITING and reason in _WAITS:
        words, tone, icon = _WAITS[reason]
    elif state is NoteState.WAITING and received:
        words, tone, icon = _PHOTOS_TO_COME
    elif state is NoteState.REFUSED and received:
        words, tone, icon = _PHOTO_LOST
    return texts.gettext(words).format(number=min(sent + 1, photos), all=photos), icon, tone
