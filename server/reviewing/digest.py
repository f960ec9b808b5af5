"""Writes the mail that tells somebody what waits. It names nobody and no product: mails are read by many machines."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from records.kinds import kind_named
from reviewing.deadlines import DEFAULT_DAYS
from reviewing.models import Digest
from reviewing.waiting import Waiting, waiting


def send_due(today: date) -> int:
    """Send today's mails to those who want one, may answer, and have something waiting. Returns how many.

    Raises OSError and smtplib.SMTPException where the mail server does not take one; those sent before stay sent.
    """
    wanted = Digest.objects.filter(Q(sent_on=None) | Q(sent_on__lt=today), user__is_active=True).select_related("user")
    sent = 0
    for digest in wanted:
        if not digest.user.has_perm("records.add_event") or not (body := body_for(digest.user, today)):
            continue
        send_mail(f"Việc chờ xử lý ngày {today:%d/%m/%Y}", body, None, [digest.address])
        Digest.objects.filter(pk=digest.pk).update(sent_on=today)
        sent += 1
    return sent


def body_for(user: User, today: date) -> str:
    """What waits, in words; empty where nothing does."""
    lines = [
        _line(str(kind_named(kind).records_model._meta.verbose_name), found)
        for kind in DEFAULT_DAYS
        if (found := waiting(kind, user, today)).count
    ]
    if not lines:
        return ""
    address = f"{settings.PUBLIC_URL}{reverse('office-inbox-first')}"
    greeting = f"Chào {user.name},\n\nNhững việc đang chờ cơ quan trả lời:\n"
    end = f"\nMở hộp việc: {address}\nTắt thư này: {settings.PUBLIC_URL}{reverse('office-digest')}\n"
    return "\n".join([greeting, *lines, end])


def _line(name: str, found: Waiting) -> str:
    parts = [f"{found.late} quá hạn"] * bool(found.late) + [f"{found.mine} của bạn"] * bool(found.mine)
    return f"- {name}: {found}" + (f" ({', '.join(parts)})" if parts else "")
