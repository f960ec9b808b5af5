"""The form in which the office answers the senders of one note, or of several at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from backoffice.words import moment
from inspections.kind import NOTE
from inspections.models import Inspection
from records import events
from records.models import Event

MOST = 50
"""Notes that one event is written to at once; their ids are in the form's address."""


class EventForm(forms.Form):
    """What the office says: a state and a text."""

    state = forms.ChoiceField(label="Trạng thái", choices=Event.State.choices, widget=UnfoldAdminSelectWidget)
    text = forms.CharField(
        label="Lời nhắn cho người gửi", required=False, max_length=5000, widget=UnfoldAdminTextareaWidget
    )
    number = forms.CharField(
        label="Số quyết định hoặc văn bản", required=False, max_length=100, widget=UnfoldAdminTextInputWidget
    )

    def clean_text(self) -> str:
        """Return the text with single line feeds; browsers send two characters."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


class WritesEvents:
    """For the admin class of notes: shows what has been said of a note, and offers the actions to say more."""

    actions = ("write_events",)
    actions_detail = ("write_event",)

    def has_write_event_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whether the user may answer senders."""
        return request.user.has_perm("records.add_event")

    @admin.action(description="Ghi trạng thái xử lý, báo cho người gửi", permissions=["write_event"])
    def write_events(self, request: HttpRequest, queryset: QuerySet[Inspection]) -> HttpResponse | None:
        """Open the form for the notes selected in the list."""
        chosen = list(queryset.values_list("pk", flat=True)[: MOST + 1])
        if len(chosen) > MOST:
            text = f"Mỗi lần chỉ ghi được cho {MOST} phiếu. Hãy chọn ít phiếu hơn."
            messages.error(request, text)
            return None
        return redirect(_address(chosen))

    @action(description="Ghi trạng thái xử lý", permissions=["write_event"], url_path="write-event")  # type: ignore[untyped-decorator]
    def write_event(self, request: HttpRequest, object_id: str) -> HttpResponse:  # noqa: ARG002 - unfold's signature
        """Open the form for one note."""
        return redirect(_address([object_id]))

    @admin.display(description="đã báo cho người gửi")
    def events(self, inspection: Inspection) -> SafeString | str:
        """All that was said of a note, the newest first."""
        said = Event.objects.filter(kind=NOTE.name, record=inspection.pk).select_related("written_by")
        return format_html_join("", "<p>{}</p>", [(_line(event),) for event in said]) or "-"

    def get_urls(self) -> list[URLPattern]:
        """Add the form's address."""
        form = path("event/", self.admin_site.admin_view(self.event_form), name="inspections_inspection_event")  # type: ignore[attr-defined]
        return [form, *super().get_urls()]  # type: ignore[misc]

    def event_form(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form, and write what was entered, for all notes or for none."""
        if not self.has_write_event_permission(request):
            raise PermissionDenied
        notes = _notes(request.GET.getlist("note"))
        form = EventForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            with transaction.atomic():
                for note in notes:
                    events.write(NOTE, note, said["state"], said["text"], said["number"], request.user)  # type: ignore[arg-type]
            messages.success(request, f"Đã ghi cho {len(notes)} phiếu.")
            if len(notes) == 1:
                return redirect("admin:inspections_inspection_change", notes[0].pk)
            return redirect("admin:inspections_inspection_changelist")
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": "Ghi trạng thái xử lý",
            "opts": Inspection._meta,
            "form": form,
            "notes": notes,
            "unseen": sum(note.account_id is None for note in notes),
        }
        return render(request, "backoffice/event_form.html", context)


def _address(notes: list[Any]) -> str:
    return f"{reverse('admin:inspections_inspection_event')}?{urlencode({'note': notes}, doseq=True)}"


def _notes(ids: list[str]) -> list[Inspection]:
    """The notes with these ids. Raises Http404 where one is missing, or no id is given."""
    try:
        wanted = {UUID(one) for one in ids[:MOST]}
    except ValueError:
        raise Http404 from None
    notes = list(Inspection.objects.filter(pk__in=wanted).select_related("account"))
    if not notes or len(notes) != len(wanted):
        raise Http404
    return notes


def _line(event: Event) -> SafeString:
    parts = [event.get_state_display(), event.number, event.text, f"({event.written_by.username})"]
    return format_html("{}: {}", moment(event.at), " · ".join(part for part in parts if part))
