"""What was changed in a record of the back office: who, when, the old value and the new one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from simple_history.admin import SimpleHistoryAdmin

from backoffice.words import EMPTY, in_words
from register.models import STOOD_BEFORE

_ADDED, _DELETED = "+", "-"
_DONE = {_ADDED: "Thêm", _DELETED: "Xóa"}


@dataclass(frozen=True)
class Change:
    """One field of one record, changed once. `old` is empty where it was new, `new` where it was deleted."""

    at: datetime
    who: str
    record: str
    done: str
    field: str
    old: str
    new: str
    why: str = ""


def changes_of(model: type[Model], key: Any, parts: Iterable[tuple[type[Model], str]] = ()) -> list[Change]:
    """All changes of a record and of the records that belong to it, the newest first.

    `parts` are models with the column that names the record. What has been deleted is told too.
    """
    own = (model, str(model._meta.pk.attname))
    found = [change for kind, column in (own, *parts) for change in _changes(kind, column, key)]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _changes(model: type[Any], column: str, value: Any) -> Iterator[Change]:
    key = model._meta.pk.attname
    editions = model.history.filter(**{column: value}).select_related("history_user")
    ordered = editions.order_by(key, "history_date", "history_id")
    for _, of_one in groupby(ordered, key=lambda edition: getattr(edition, key)):
        before = None
        for edition in of_one:
            yield from _differences(model, before, edition, {key, column})
            before = edition


def _differences(model: type[Any], before: Any, edition: Any, same: set[str]) -> Iterator[Change]:
    kind = edition.history_type
    if edition.history_change_reason == STOOD_BEFORE:
        return
    who = edition.history_user
    of = f"{model._meta.verbose_name[:1].upper()}{model._meta.verbose_name[1:]}"
    for field in edition.tracked_fields:
        if field.attname in same:
            continue
        now = in_words(field, _value(edition, field))
        then = in_words(field, _value(before, field)) if before is not None and kind != _ADDED else ""
        if kind == _DELETED:
            then, now = now, ""
        if then == now or (EMPTY in {then, now} and "" in {then, now}):
            continue
        yield Change(
            at=edition.history_date,
            who=(who.name or who.username) if who else "không rõ",
            record=f"{of} {edition.instance}",
            done=_DONE.get(kind, "Sửa"),
            field=str(field.verbose_name),
            old=then,
            new=now,
            why=edition.history_change_reason or "",
        )


def _value(edition: Any, field: Any) -> Any:
    """A field's value then; a related record that is gone is told by its number."""
    if not field.is_relation:
        return getattr(edition, field.attname)
    key = getattr(edition, field.attname)
    return field.related_model._base_manager.filter(pk=key).first() or (f"số {key}" if key else None)


class HistoryAdmin(SimpleHistoryAdmin):
    """Shows the history of a record together with that of its parts.

    Nothing is put back by a button, which would undo what others have changed since.
    """

    object_history_list_template = "backoffice/history.html"
    history_parts: tuple[tuple[type[Model], str], ...] = ()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Show the changes, a page at a time."""
        try:
            changes = changes_of(self.model, self.model._meta.pk.to_python(unquote(object_id)), self.history_parts)
        except (ValidationError, OverflowError):  # no number, or one that is too large for SQLite
            raise Http404 from None
        paginator = Paginator(changes, self.history_list_per_page)
        page = paginator.get_page(request.GET.get("p"))
        shown = {
            "page_obj": page,
            "page_range": paginator.get_elided_page_range(page.number),
            "pagination_required": paginator.num_pages > 1,
        }
        answer: HttpResponseBase = super().history_view(request, object_id, {**shown, **(extra_context or {})})
        return answer

    def set_history_delta_changes(self, *_: Any, **__: Any) -> None:
        """Leave this to `changes_of`."""

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Show an earlier edition, to be read alone."""
        if request.method == "POST":
            raise PermissionDenied
        answer: HttpResponseBase = super().history_form_view(request, object_id, version_id, extra_context)
        return answer
