"""Compares a watched record with what is stored when it is saved, and writes down what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Field, Model, TextField
from django.db.models.signals import post_delete, post_save, pre_save

from logbook.watched import SECRET, WATCHED, Watched
from logbook.words import EMPTY, in_words
from logbook.writing import Change, write

_BEFORE = "_before_saving"
_HIDDEN, _NEW = "(không ghi)", "(không ghi, đã đổi)"


def connect() -> None:
    """Follow every watched model of this installation."""
    for label in WATCHED:
        model = apps.get_model(label)
        uid = f"logbook-{label}"
        pre_save.connect(_remember, sender=model, dispatch_uid=uid)
        post_save.connect(_saved, sender=model, dispatch_uid=uid)
        if WATCHED[label].deleted:  # else rows are deleted without being read
            post_delete.connect(_deleted, sender=model, dispatch_uid=uid)


@contextmanager
def bulk(added: Iterable[Model], why: str) -> Iterator[None]:
    """Write what is added in this block by a bulk writer, which sends no signals, in one transaction with it."""
    with transaction.atomic():
        yield
        for record in added:
            how = _of(record)
            write(how.group, how.added, record, list(_differences(None, record)), why=why)


def _of(record: Model) -> Watched:
    return WATCHED[record._meta.label_lower]


def _fields(record: Model) -> Iterator[Field[Any, Any]]:
    how = _of(record)
    for field in record._meta.concrete_fields:
        counts = field.name in how.only if how.only else field.editable and not field.primary_key
        if counts and field.name not in how.without:
            yield field


def _remember(sender: type[Model], instance: Model, update_fields: Any = None, raw: bool = False, **_: Any) -> None:
    """Look up what is stored, where something that counts may change."""
    setattr(instance, _BEFORE, None)
    named = {name for field in _fields(instance) for name in (field.name, field.attname)}
    if raw or instance._state.adding or (update_fields is not None and not named & set(update_fields)):
        return
    setattr(instance, _BEFORE, sender._base_manager.filter(pk=instance.pk).first())


def _saved(instance: Model, created: bool, raw: bool = False, **_: Any) -> None:
    how, before = _of(instance), getattr(instance, _BEFORE, None)
    if raw or (not created and before is None):
        return
    changes = list(_differences(None if created else before, instance))
    what = how.added if created else how.changed
    if what and (changes or created):
        by = getattr(instance, how.by) if how.by else getattr(instance, "_history_user", None)
        write(how.group, what, instance, changes, why=_why(instance, how), by=by)


def _deleted(instance: Model, **_: Any) -> None:
    how, by = _of(instance), getattr(instance, "_history_user", None)
    changes = [(field, old, "") for field, _, old in _differences(None, instance)]
    write(how.group, how.deleted, instance, changes, why=_why(instance, how), by=by)


def _why(record: Any, how: Watched) -> str:
    return str(getattr(record, "_change_reason", None) or (getattr(record, how.why) if how.why else "") or "")


def _differences(before: Any, after: Any) -> Iterator[Change]:
    for field in _fields(after):
        then, now = (None if one is None else getattr(one, field.attname) for one in (before, after))
        if before is not None and then == now:
            continue
        title = _title(field)
        if isinstance(field, CharField | TextField) and any(part in field.name for part in SECRET):
            yield title, "" if before is None else _HIDDEN, _NEW if before is not None else _HIDDEN
            continue
        old = "" if before is None else _in_words(field, before)
        new = _in_words(field, after)
        if old != new and not (before is None and new == EMPTY):
            yield title, old, new


def _title(field: Field[Any, Any]) -> str:
    return str(field.verbose_name)


def _in_words(field: Field[Any, Any], record: Any) -> str:
    """A field's value; a related record by its name, or by its number where it is gone."""
    value = getattr(record, field.attname)
    if field.is_relation and value is not None:
        related: Any = field.related_model
        value = related._base_manager.filter(pk=value).first() or f"số {value}"
    if isinstance(value, str):
        try:
            value = field.to_python(value)  # a form's text of a day or a number
        except (ValidationError, ValueError):
            return str(value)
    return in_words(field, value)
