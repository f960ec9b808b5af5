"""Makes a sheet of labels in processes that are killed, each at another moment, and says what the next one makes of it.

    python killed_files.py FOLDER

FOLDER holds the database of a register. Prints a line for each moment: the moment, the file's state and how many files
lie in the store after the kill, then the state, whether the bytes are a whole PDF, and how many files lie there.
"""
# ruff: noqa: E402 - Django is set up before anything of it is imported

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]
os.environ |= {"OCOP_SERVER_DATA": sys.argv[1], "DJANGO_SETTINGS_MODULE": "config.settings"}

import django

django.setup()

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from background import queue, work
from backoffice import labels
from office_files import making
from office_files.models import OfficeFile
from records.storage import DurableStorage
from register.models import Product

MOMENTS = ("drawing", "half written", "kept", "not killed")


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(moment: str) -> None:
    """Let this process die at the moment."""
    if moment == "drawing":
        labels.sheet = lambda *_, tell, **__: (tell(1), die())  # type: ignore[assignment]
    elif moment == "half written":
        os.fsync = die
    elif moment == "kept":
        save = DurableStorage._save
        DurableStorage._save = lambda *given: (save(*given), die())  # type: ignore[method-assign]


def work_off(looks: int) -> None:
    """Work until the queue was looked at so often."""
    count = itertools.count()
    queue.work(lambda: next(count) >= looks)


def lying() -> int:
    """How many files lie in the store."""
    try:
        return len(default_storage.listdir(making.FOLDER)[1])
    except FileNotFoundError:
        return 0


def main() -> None:
    """Kill a process at each moment, and let another go on."""
    call_command("migrate", verbosity=0)
    work.SHORT = 0.0
    by = User.objects.create_user("quanly", role="administrator", password=None)
    asked = {"products": list(Product.objects.values_list("pk", flat=True)[:2]), "register": "https://ocop.example"}
    for moment in MOMENTS:
        file = making.begin(labels.LABELS, "Tờ nhãn", "nhan.pdf", asked, 2, by)
        assert file
        connection.close()
        if not (child := os.fork()):
            arm(moment)
            work_off(2)
            os._exit(0)
        os.waitpid(child, 0)
        file.refresh_from_db()
        killed = (file.state, lying())
        work_off(4)  # another process, which first gives back what was lost
        file = OfficeFile.objects.get(pk=file.pk)
        with default_storage.open(file.file) as made:
            content = made.read()
        whole = content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF") and len(content) == file.size
        print(moment, *killed, file.state, whole, lying(), sep="|")


if __name__ == "__main__":
    main()
