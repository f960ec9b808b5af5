"""The office is never without an administrator who can sign in: by page, by action, by two at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from office import browser_of

from accounts import invitations, passwords
from accounts.models import LastAdministrator, Role, User

PASSWORD = "con-trau-vang-2026"


def administrator(name: str) -> User:
    return User.objects.create_user(name, password=PASSWORD, name=name, role=Role.ADMINISTRATOR)


@pytest.mark.django_db
def test_the_last_one_cannot_be_ended_in_any_way() -> None:
    last = administrator("quan")
    last.role = Role.REGISTRAR
    with pytest.raises(LastAdministrator):
        last.save()
    last.refresh_from_db()
    last.is_active = False
    with pytest.raises(LastAdministrator):
        last.save(update_fields=["is_active"])
    last.refresh_from_db()
    with pytest.raises(LastAdministrator):
        passwords.take(last)
    last.refresh_from_db()
    with pytest.raises(LastAdministrator), transaction.atomic():
        last.delete()
    assert User.objects.get(username="quan").administers


@pytest.mark.django_db
def test_one_who_waits_for_a_link_is_none() -> None:
    office = browser_of("quan", Role.ADMINISTRATOR)
    quan, other = User.objects.get(username="quan"), administrator("hai")
    office.post(f"/admin/people/{other.pk}/renew/")
    assert not User.objects.get(pk=other.pk).has_usable_password()
    second = browser_of("ba", Role.ADMINISTRATOR)
    User.objects.filter(username="ba").update(role=Role.REGISTRAR)  # behind everybody's back
    User.objects.filter(username="ba").update(role=Role.ADMINISTRATOR)
    second.post(f"/admin/people/{quan.pk}/close/")
    assert not User.objects.get(pk=quan.pk).is_active
    told = second.post(f"/admin/people/{User.objects.get(username='ba').pk}/close/", follow=True)
    assert "quản trị cuối cùng" in told.content.decode()
    assert User.objects.get(username="ba").administers


@pytest.mark.django_db
def test_whoever_runs_the_server_has_a_way_back_in(capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create_user("an", name="An", role=Role.SHOP, is_active=False)
    call_command("accounts", "administrator", "an")
    call_command("accounts", "password", "an")
    secret = capsys.readouterr().out.strip().rpartition("/")[2]
    assert invitations.redeem(secret, PASSWORD).administers


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("how", ["demote", "renew"])
def test_of_two_who_end_each_other_at_the_same_moment_one_is_refused(how: str) -> None:
    one, two = administrator("mot"), administrator("hai")
    together = threading.Barrier(2)

    def end(other: User, by: User) -> bool:
        try:
            together.wait(5)
            if how == "renew":
                invitations.renew(other, by)
            else:
                other.role = Role.REGISTRAR
                other.save()
        except (LastAdministrator, OperationalError):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(end, [two, one], [one, two]))
    assert sorted(done) == [False, True]
    assert sum(user.administers for user in User.objects.all()) == 1
