"""Works off the queue: `python server/manage.py work_queue`, until it is told to stop (SIGTERM or SIGINT)."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from background import queue


class Command(BaseCommand):
    help = "Does what stands in the queue: imports and files of the office. Where serve.py runs with --no-queue."

    def handle(self, *_: Any, **__: Any) -> None:
        """Work until told to stop."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write("ready")
        self.stdout.flush()
        queue.work(stopped.is_set)
