"""Serve the registry: `python server/serve.py --port N --data DIR [--sample] [--workers N]`.

Prepares the database, prints `ready http://HOST:PORT` once it is listening, and stops cleanly on SIGTERM or SIGINT:
requests under way are answered first.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

# Waitress reads a whole body before the application sees the request, so larger bodies than any call takes are refused
# here.
MAX_BODY_BYTES = 8 * 1024 * 1024 + 1
# A product's form may bring five pictures of 20 MiB.
LARGER_BODIES = {"/admin/register/product/": 101 * 1024 * 1024}
# Files that one process may have open: its connections, and some to spare.
OPEN_FILES = 4096


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    options = _options(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("OCOP_SETTINGS") or "config.settings"
    if options.data:
        os.environ["OCOP_SERVER_DATA"] = str(options.data.resolve())
    if "OCOP_ALLOWED_HOSTS" not in os.environ and options.host not in {"127.0.0.1", "localhost", "::1"}:
        # A server opened to a network without named hosts is meant to be reached by any of its addresses.
        os.environ["OCOP_ALLOWED_HOSTS"] = "*"
    with ExitStack() as scratch:
        if options.workers > 1:
            # The folder in which workers add up their counts; prometheus_client reads the variable on import.
            folder = scratch.enter_context(tempfile.TemporaryDirectory(prefix="ocop-metrics-"))
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        from serving import workers

        workers.heed_signals()
        from config.wsgi import application  # the settings read the environment set above

        _prepare(sample=options.sample)
        _allow_open_files()

        from serving import crowding
        from serving.server import listen, port_of, serve

        sockets = listen(options.host, options.port)
        crowding.threads = options.threads

        def work() -> None:
            serve(
                application, sockets, options.threads + crowding.SPARE, MAX_BODY_BYTES, workers.stopping, LARGER_BODIES
            )

        host = f"[{options.host}]" if ":" in options.host else options.host
        print(f"ready http://{host}:{port_of(sockets)}", flush=True)
        if options.workers > 1:
            workers.run_workers(options.workers, work, sockets)
        else:
            work()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The registry server of OCOP Verify.")
    parser.add_argument("--port", type=int, default=8400, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, help="folder of the SQLite file, the photos and the secret key")
    parser.add_argument("--sample", action="store_true", help="fill an empty register with sample data")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer; more than one not on Windows")
    parser.add_argument("--threads", type=int, default=8, help="requests that one process answers at a time")
    options = parser.parse_args(arguments)
    if options.workers < 1 or options.threads < 1:
        parser.error("--workers and --threads are 1 at least")
    if options.workers > 1 and not hasattr(os, "fork"):
        parser.error("several --workers need a system that can fork; this one cannot")
    return options


def _prepare(*, sample: bool) -> None:
    from django.core.management import call_command
    from django.db import connection, connections
    from django.db.migrations.executor import MigrationExecutor

    from serving.starting import alone

    with alone():
        executor = MigrationExecutor(connection)
        targets: Any = executor.loader.graph.leaf_nodes()
        if executor.migration_plan(targets):
            call_command("migrate", interactive=False, verbosity=0)
        if sample:
            call_command("sample_register", if_empty=True, stdout=io.StringIO())
            call_command("checklists", "sample")
        from issuing import keys

        keys.ensure_one()

        from records.kinds import schemas
        from register.description import settle

        settle(schemas())
    connections.close_all()  # workers must not share a connection


def _allow_open_files() -> None:
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    sys.exit(main())
