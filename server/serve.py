"""Serve the registry: `python server/serve.py --port N --data DIR [--sample] [--workers N]`.

Prepares the database, prints `ready http://HOST:PORT` once it is listening, and stops cleanly on SIGTERM or SIGINT:
requests under way are answered first. Long work of the office is done beside it, off a queue in the database: in a
thread of the only process, or else in a process beside the workers. `serve.py --reload --port N` lets a server of
several workers take the code that is on the disk now, without a pause (`serving.keeper`).
"""

from __future__ import annotations

import argparse
import atexit
import gc
import io
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

# Waitress reads a whole body before the application sees the request, so larger bodies than any call takes are refused
# here.
MAX_BODY_BYTES = 8 * 1024 * 1024 + 1
# A product's form may bring five pictures of 20 MiB, and a list has up to 20 MB.
LARGER_BODIES = {"/admin/register/product/": 101 * 1024 * 1024, "/admin/imports/": 21 * 1024 * 1024}
# Files that one process may have open: its connections, and some to spare.
OPEN_FILES = 4096
# How long work of the queue may still take when the server is told to stop.
QUEUE_SECONDS = 5.0


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    # Where a link leads to this version, it may lead to another one while this process runs, and what is imported then
    # must still be of this one.
    sys.path[:] = map(os.path.realpath, sys.path)
    options = _options(arguments)
    if options.reload:
        from serving.reloading import reload

        return reload(options.port)
    from config.environment import settings_module

    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module()
    if options.data:
        os.environ["OCOP_SERVER_DATA"] = str(options.data.resolve())
    if "OCOP_ALLOWED_HOSTS" not in os.environ and options.host not in {"127.0.0.1", "localhost", "::1"}:
        # A server opened to a network without named hosts is meant to be reached by any of its addresses.
        os.environ["OCOP_ALLOWED_HOSTS"] = "*"
    from serving import workers

    workers.heed_signals()
    if options.inherit:
        _serve_as_a_generation(options)
    elif options.workers > 1:
        return _keep(options)
    else:
        from serving.sockets import bind

        application, sockets = _prepared(options, bind(options.host, options.port))
        _say_ready(options.host, sockets)
        with _queue_beside() if options.queue else nullcontext():
            _serve(application, sockets, options)
    return 0


@contextmanager
def _queue_beside() -> Iterator[None]:
    """Work off the queue in a thread, until the block ends and the server is to stop."""
    from background import queue
    from serving import workers

    thread = threading.Thread(target=queue.work, args=[workers.stopping], name="queue", daemon=True)
    thread.start()
    yield
    thread.join(QUEUE_SECONDS)  # what it does goes back into the queue soon


def _keep(options: argparse.Namespace) -> int:
    """Be the process that holds the sockets while versions come and go."""
    import logging

    from observing.logs import JsonLines
    from serving import keeper
    from serving.sockets import bind

    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    sockets = bind(options.host, options.port)
    # The folder in which workers add up their counts; prometheus_client reads the variable on import.
    with tempfile.TemporaryDirectory(prefix="ocop-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        command = keeper.command_of_this_process()
        return keeper.keep(command, sockets, options.workers, lambda: _say_ready(options.host, sockets))


def _serve_as_a_generation(options: argparse.Namespace) -> None:
    """Answer with several workers on sockets that another process holds, and tell it how the start went."""
    from serving import workers
    from serving.keeper import Told
    from serving.sockets import taken_over

    parent = os.getppid()
    pipe, *descriptors = map(int, options.inherit.split(","))
    told = Told(pipe)
    try:
        application, sockets = _prepared(options, taken_over(descriptors))
    except BaseException as error:
        told.failed(error)
        raise

    def work() -> None:
        _serve(application, sockets, options, told.ready)

    def work_queue() -> None:
        from background import queue

        for door in sockets:
            door.close()
        queue.work(lambda: workers.stopping() or workers.leaving())

    workers.run_workers([work] * options.workers + [work_queue] * options.queue, sockets, parent)


def _prepared(options: argparse.Namespace, sockets: list[socket.socket]) -> tuple[Any, list[socket.socket]]:
    """The application, with its database as it needs it, and the sockets, which listen now."""
    # All that is loaded stays. Python would look through it for garbage some hundred times meanwhile, which takes a
    # fifth of a start, and again and again later on, in memory that workers share until it is written to.
    gc.disable()
    from config.wsgi import application  # the settings read the environment set above
    from serving.sockets import listen

    gc.freeze()
    gc.enable()
    _prepare(sample=options.sample)
    gc.collect()  # what a migration leaves is a hundred megabytes
    gc.freeze()
    _allow_open_files()
    listen(sockets)
    return application, sockets


def _serve(
    application: Any,
    sockets: list[socket.socket],
    options: argparse.Namespace,
    ready: Callable[[], None] = lambda: None,
) -> None:
    from serving import crowding, workers
    from serving.server import serve

    crowding.threads = options.threads
    serve(
        application,
        sockets,
        options.threads + crowding.SPARE,
        MAX_BODY_BYTES,
        workers.stopping,
        LARGER_BODIES,
        workers.leaving,
        ready,
    )


def _say_ready(host: str, sockets: list[socket.socket]) -> None:
    from serving.sockets import port_of

    shown = f"[{host}]" if ":" in host else host
    print(f"ready http://{shown}:{port_of(sockets)}", flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The registry server of OCOP Verify.")
    parser.add_argument("--port", type=int, default=8400, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, help="folder of the SQLite file, the photos and the secret key")
    parser.add_argument("--sample", action="store_true", help="fill an empty register with sample data")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer; more than one not on Windows")
    parser.add_argument(
        "--no-queue", dest="queue", action="store_false", help="manage.py work_queue does the office's long work"
    )
    parser.add_argument("--threads", type=int, default=8, help="requests that one process answers at a time")
    parser.add_argument(
        "--reload", action="store_true", help="let the server of several workers on --port take new code"
    )
    parser.add_argument("--inherit", help=argparse.SUPPRESS)  # a pipe and sockets (serving.keeper)
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

    from migrating.patience import patiently
    from querying.pooler import past_the_pooler
    from serving.starting import alone

    with past_the_pooler(), _reached(), alone():
        executor = MigrationExecutor(connection)
        targets: Any = executor.loader.graph.leaf_nodes()
        if executor.migration_plan(targets):
            patiently(lambda: call_command("migrate", interactive=False, verbosity=0))
        if sample:
            call_command("sample_register", if_empty=True, stdout=io.StringIO())
            call_command("checklists", "sample")
        from issuing import keys

        keys.ensure_one()

        from records.kinds import schemas
        from register.description import settle

        settle(schemas())
    connections.close_all()  # workers must not share a connection


@contextmanager
def _reached() -> Iterator[None]:
    """Connect to the database. Raises BadSetting with its own words: its address may have been mistyped."""
    from django.db import Error, connection

    from config.environment import BadSetting

    try:
        connection.ensure_connection()
    except Error as error:
        words = " ".join(str(error).split())
        if (password := str(connection.settings_dict["PASSWORD"])) and password in words:
            words = type(error).__name__
        raise BadSetting(f"DATABASE_URL: the database cannot be reached. {words}") from error
    yield


def _allow_open_files() -> None:
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    # Python looks through all that is loaded for garbage before it ends. That is half a second of processor time, and
    # many seconds on a busy machine, while whoever told it to stop waits.
    atexit.register(gc.freeze)
    from config.environment import BadSetting

    try:
        sys.exit(main())
    except BadSetting as error:
        sys.exit(str(error))
