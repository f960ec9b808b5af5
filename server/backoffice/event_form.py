"""The form in which the office answers the senders of one record, or of several at once."""

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

from answers.models import Answer
from backoffice.case_forms import seen_in
from backoffice.record_pages import link_to
from backoffice.words import moment
from records import events
from records.kinds import Kind
from records.models import Event, StoredRecord
from reviewing.acting import ChangedSince, unchanged
from reviewing.models import Case

MOST = 50
"""Records that one event is written to at once; their ids are in the form's address."""


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
    """For the admin class of a kind of record: shows what has been said of one, and offers the actions to say more.

    `seen_without_account`: whoever sent such a record without an account sees the answers too.
    """

    kind: Kind
    seen_without_account = False
    actions = ("write_events",)
    actions_detail = ("write_event",)

    def has_write_event_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whether the user may answer senders."""
        return request.user.has_perm("records.add_event")

    @admin.action(description="Ghi trạng thái xử lý, báo cho người gửi", permissions=["write_event"])
    def write_events(self, request: HttpRequest, queryset: QuerySet[StoredRecord]) -> HttpResponse | None:
        """Open the form for the records selected in the list."""
        chosen = list(queryset.values_list("pk", flat=True)[: MOST + 1])
        if len(chosen) > MOST:
            text = f"Mỗi lần chỉ ghi được cho {MOST} phiếu. Hãy chọn ít phiếu hơn."
            messages.error(request, text)
            return None
        return redirect(self._form_address(chosen))

    @action(description="Ghi trạng thái xử lý", permissions=["write_event"], url_path="write-event")  # type: ignore[untyped-decorator]
    def write_event(self, request: HttpRequest, object_id: str) -> HttpResponse:  # noqa: ARG002 - unfold's signature
        """Open the form for one record."""
        return redirect(self._form_address([object_id]))

    @admin.display(description="đã báo cho người gửi")
    def events(self, record: StoredRecord) -> SafeString | str:
        """All that was said of a record, the newest first, with the sender's answers."""
        said = Event.objects.filter(kind=self.kind.name, record=record.pk).select_related("written_by")
        of_sender = Answer.objects.filter(account=record.account_id, to_kind=self.kind.name, to_record=record.pk)
        answers = list(of_sender.exclude(account=None).order_by("received_at").prefetch_related("files"))
        rows = [
            (_line(event), format_html_join("", "<p>↳ {}</p>", [(_reply(a),) for a in answers if a.event == event.pk]))
            for event in said
        ]
        return format_html_join("", "<p>{}</p>{}", rows) or "-"

    def get_urls(self) -> list[URLPattern]:
        """Add the form's address."""
        form = path("event/", self.admin_site.admin_view(self.event_form), name=self._name("event"))  # type: ignore[attr-defined]
        return [form, *super().get_urls()]  # type: ignore[misc]

    def event_form(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form, and write what was entered, for all records or for none.

        Nothing is written on a record of which others have said something since the form was opened.
        """
        if not self.has_write_event_permission(request):
            raise PermissionDenied
        records = self._records(request.GET.getlist(self.kind.name))
        form = EventForm(request.POST or None)
        changed = 0
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                with transaction.atomic():
                    unchanged(self.kind, seen_in(request.POST))
                    for record in records:
                        events.write(self.kind, record, said["state"], said["text"], said["number"], request.user)  # type: ignore[arg-type]
            except ChangedSince as since:
                changed = len(since.cases)
            else:
                messages.success(request, f"Đã ghi cho {len(records)} phiếu.")
                if len(records) == 1:
                    return redirect(f"admin:{self._name('change')}", records[0].pk)
                return redirect(f"admin:{self._name('changelist')}")
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": "Ghi trạng thái xử lý",
            "opts": self.kind.records_model._meta,
            "form": form,
            "changed": changed,
            "cases": Case.objects.filter(kind=self.kind.name, record__in=[record.pk for record in records]),
            "lines": [(record, self.in_one_line(record)) for record in records],
            "unseen": 0 if self.seen_without_account else sum(record.account_id is None for record in records),
            "by_address": self.seen_without_account,
        }
        return render(request, "backoffice/event_form.html", context, status=409 if changed else 200)

    def in_one_line(self, record: Any) -> str:
        """What the form says of a record beside when it came, from whom, and its id."""
        raise NotImplementedError

    def _name(self, page: str) -> str:
        meta = self.kind.records_model._meta
        return f"{meta.app_label}_{meta.model_name}_{page}"

    def _form_address(self, records: list[Any]) -> str:
        address = reverse(f"admin:{self._name('event')}")
        return f"{address}?{urlencode({self.kind.name: records}, doseq=True)}"

    def _records(self, ids: list[str]) -> list[Any]:
        """The records with these ids. Raises Http404 where one is missing, or no id is given."""
        try:
            wanted = {UUID(one) for one in ids[:MOST]}
        except ValueError:
            raise Http404 from None
        records = list(self.kind.office_records.filter(pk__in=wanted).select_related("account"))
        if not records or len(records) != len(wanted):
            raise Http404
        return records


def _line(event: Event) -> SafeString:
    parts = [event.get_state_display(), event.number, event.text, f"({event.written_by.username})"]
    return format_html("{}: {}", moment(event.at), " · ".join(part for part in parts if part))


def _reply(answer: Answer) -> SafeString:
    photos = f" ({len(answer.files.all())} ảnh)" if answer.files.all() else ""
    return format_html("{}: {}{}", link_to(answer, f"Trả lời {moment(answer.received_at)}"), answer.text, photos)
