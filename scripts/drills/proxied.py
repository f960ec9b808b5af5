"""The proxy of deploy/, run for the time of a drill."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.registry_server import ROOT, free_port

REGISTER, APP = "localhost", "app.localhost"
"""The host names under which it answers."""


@contextlib.contextmanager
def proxy(scratch: Path, secure: int, plain: int, server: int, app_port: int) -> Iterator[Path]:
    """Run the proxy with the configuration that is deployed, and an authority of its own; gives its certificate.

    Its files are in `scratch`, its ports `secure` and `plain`; it passes on to the ports of server and app.
    """
    env = {
        **os.environ,
        "HOME": str(scratch),
        "XDG_DATA_HOME": str(scratch),
        "XDG_CONFIG_HOME": str(scratch),
        "CADDY_REGISTER": REGISTER,
        "CADDY_APP": APP,
        "CADDY_TLS": "internal",
        "CADDY_HTTP_PORT": str(plain),
        "CADDY_HTTPS_PORT": str(secure),
        "CADDY_ADMIN": f"localhost:{free_port()}",
        "CADDY_SERVER": f"127.0.0.1:{server}",
        "CADDY_APP_SERVER": f"127.0.0.1:{app_port}",
    }
    command = ["caddy", "run", "--config", str(ROOT / "deploy/caddy/Caddyfile"), "--adapter", "caddyfile"]
    with (scratch / "caddy.log").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        root = scratch / "caddy/pki/authorities/local/root.crt"
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", secure), 1):
                if root.exists():
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError((scratch / "caddy.log").read_text()[-3000:])
        yield root
    finally:
        process.terminate()
        process.wait(timeout=30)
