"""Serve the registry: `python server/serve.py --port N --data DIR [--sample]`.

Prepares the database, prints `ready http://HOST:PORT` once it is listening, and stops cleanly on SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

# Waitress reads a whole body before the application sees the request: what no call may send is refused here.
MAX_BODY_BYTES = 8 * 1024 * 1024 + 1


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    options = _options(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "registry.settings"
    if options.data:
        os.environ["OCOP_SERVER_DATA"] = str(options.data.resolve())
    if "OCOP_ALLOWED_HOSTS" not in os.environ and options.host not in {"127.0.0.1", "localhost", "::1"}:
        # Whoever opens the server to a network without naming its hosts wants to be reached by any address it has.
        os.environ["OCOP_ALLOWED_HOSTS"] = "*"
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)

    from registry.wsgi import application  # the settings read the environment set above

    _prepare(sample=options.sample)

    from registry.server import create_server, port_of

    server = create_server(application, options.host, options.port, options.threads, MAX_BODY_BYTES)
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"ready http://{host}:{port_of(server)}", flush=True)
    server.run()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The registry server of OCOP Verify.")
    parser.add_argument("--port", type=int, default=8400, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, help="folder of the SQLite file, the photos and the secret key")
    parser.add_argument("--sample", action="store_true", help="fill an empty register with sample data")
    parser.add_argument("--threads", type=int, default=8)
    return parser.parse_args(arguments)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _prepare(*, sample: bool) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    targets: Any = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(targets):
        call_command("migrate", interactive=False, verbosity=0)
    if sample:
        call_command("sample_register", if_empty=True, stdout=sys.stderr)
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
