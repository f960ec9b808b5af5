#!/usr/bin/python3
"""Leads the server from one PostgreSQL to the other, with nothing confirmed lost: `failover.py --help`.

Runs as root on the machine of PgBouncer, with Python's standard library alone. docs/failover.md explains each step.
"""

from __future__ import annotations

import argparse
import configparser
import os
import re
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SHORT, LONG = 5.0, 3600.0
"""Seconds: for a question or a quick step, and for copying a database."""
PATIENCE = 60.0
"""Seconds in which a server has to be up, or a standby has to follow."""
ALONE = "; alone: what is confirmed stands on this machine only, since"
PROMOTING = "; promoting: "


class Refused(Exception):
    """Nothing was done beyond what was told, and why."""


@dataclass(frozen=True)
class Node:
    """A database machine. Commands are run there as root."""

    name: str
    run: tuple[str, ...]
    host: str
    port: int
    version: str
    cluster: str

    def shell(self, command: str, seconds: float = SHORT) -> str:
        """What a shell command there says. Raises Refused where it fails, or takes too long."""
        return _run([*self.run, command], seconds, self.name)

    def ctl(self, *action: str, seconds: float = SHORT) -> str:
        """Let Debian's pg_ctlcluster do something."""
        return self.shell(shlex.join(["pg_ctlcluster", self.version, self.cluster, *action]), seconds)

    def as_postgres(self, *command: str, seconds: float = SHORT) -> str:
        """What a command of PostgreSQL's own user says."""
        return self.shell("cd / && " + shlex.join(["runuser", "-u", "postgres", "--", *command]), seconds)

    def sql(self, statement: str, seconds: float = SHORT) -> str:
        """The answer to a statement of PostgreSQL's owner."""
        command = ("psql", "-X", "-A", "-t", "-q", "-p", str(self.port), "-d", "postgres", "-c", statement)
        return self.as_postgres(*command, seconds=seconds)

    def data(self) -> str:
        """Its data folder."""
        return self.shell(shlex.join(["pg_conftool", "-s", self.version, self.cluster, "show", "data_directory"]))

    def state(self) -> str:
        """`writer`, `standby`, or why it does not answer."""
        try:
            return "standby" if self.sql("SELECT pg_is_in_recovery()") == "t" else "writer"
        except Refused as refused:
            return f"away ({refused})"

    def until(self, question: str, answer: str, told: str) -> None:
        """Ask again and again until the answer comes. Raises Refused with `told` after a while."""
        ends = time.monotonic() + PATIENCE
        said = ""
        while time.monotonic() < ends:
            try:
                said = self.sql(question)
            except Refused as refused:
                said = str(refused)
            if said == answer:
                return
            time.sleep(0.2)
        raise Refused(f"{self.name}: {told} ({said})")


@dataclass(frozen=True)
class Target:
    """Where PgBouncer leads by its file, whether that machine confirms alone, and who is just taking over."""

    node: Node | None = None
    alone: bool = False
    promoting: str = ""


@dataclass(frozen=True)
class Pooler:
    """PgBouncer, and the file that says where it leads."""

    target: Path
    database: str
    stop: str
    start: str

    def close(self) -> None:
        """Let nobody through: whoever had a connection has none any more. Raises Refused."""
        _run(["sh", "-c", self.stop], SHORT, "PgBouncer")

    def open(self) -> None:
        """Let everybody through to where the file leads. Raises Refused."""
        _run(["sh", "-c", self.start], SHORT, "PgBouncer")

    def leads_to(self, nodes: dict[str, Node]) -> Target:
        """What the file says."""
        if not self.target.exists():
            return Target()
        text = self.target.read_text()
        found = [node for node in nodes.values() if f"host={node.host} port={node.port} " in text]
        promoting = [line.removeprefix(PROMOTING) for line in text.splitlines() if line.startswith(PROMOTING)]
        return Target(found[0] if found else None, ALONE in text, promoting[0] if promoting else "")

    def lead_to(self, node: Node, *, alone: bool, promoting: str = "") -> None:
        """Write the file, which PgBouncer reads when it starts."""
        said = [f"; Written by failover.py: {node.name}."]
        said += [f"{ALONE} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"] if alone else []
        said += [f"{PROMOTING}{promoting}"] if promoting else []
        there = f"host={node.host} port={node.port} dbname={self.database}"
        said += ["[databases]", f"{self.database} = {there}"]
        aside = self.target.with_suffix(".new")
        with aside.open("w") as file:
            file.write("\n".join(said) + "\n")
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o644)
        aside.rename(self.target)


@dataclass(frozen=True)
class Setup:
    """What `failover.ini` says."""

    pooler: Pooler
    user: str
    nodes: dict[str, Node]

    def node(self, name: str) -> Node:
        """The machine of this name. Raises Refused."""
        if name not in self.nodes:
            raise Refused(f"there is no machine {name}; there are {', '.join(self.nodes)}")
        return self.nodes[name]

    def other(self, node: Node) -> Node:
        """The one that is not this one."""
        return next(one for one in self.nodes.values() if one is not node)

    @property
    def names(self) -> str:
        """What PostgreSQL is told of who confirms."""
        quoted = ", ".join(f'"{name}"' for name in self.nodes)  # `first` is a word of PostgreSQL's own there
        return f"ANY 1 ({quoted})"


def read(path: Path) -> Setup:
    """Read the file. Raises Refused where something is missing."""
    parser = configparser.ConfigParser(interpolation=None)
    if not parser.read(path):
        raise Refused(f"{path} cannot be read. Copy failover.ini.example there.")
    try:
        pooler = parser["pooler"]
        nodes = {
            name: Node(
                name,
                tuple(shlex.split(part["run"])),
                part["host"],
                int(part["port"]),
                part["version"],
                part["cluster"],
            )
            for name, part in parser.items()
            if name not in {"pooler", "replication", "DEFAULT"}
        }
        user = parser["replication"]["user"]
        found = Pooler(Path(pooler["target"]), pooler["database"], pooler["stop"], pooler["start"])
    except (KeyError, ValueError) as error:
        raise Refused(f"{path}: {error} is missing or wrong") from error
    if wrong := [name for name in nodes if not re.fullmatch("[a-z][a-z0-9_]*", name)]:
        raise Refused(f"{path}: {wrong[0]} is no name: small letters, figures and _")
    if len(nodes) != 2:
        raise Refused(f"{path} names {len(nodes)} database machines; there must be two")
    return Setup(found, user, nodes)


def status(setup: Setup) -> None:
    """Tell how everything is."""
    led = setup.pooler.leads_to(setup.nodes)
    say(f"PgBouncer leads to {led.node.name if led.node else 'nothing'}{', which confirms alone' if led.alone else ''}")
    if led.promoting:
        say(f"{led.promoting} was to take over, and that was broken off: run promote {led.promoting} again")
    for one in setup.nodes.values():
        state = one.state()
        say(f"{one.name}: {state}")
        if state == "writer":
            say(f"  waits for: {one.sql('SHOW synchronous_standby_names') or 'no standby'}")
            rows = one.sql("SELECT application_name, state, sync_state, replay_lag FROM pg_stat_replication")
            say(f"  standbys: {rows or 'none'}")


def begin(setup: Setup, node: Node) -> None:
    """Lead PgBouncer to the first machine, for the first time. Raises Refused where it leads somewhere already."""
    if setup.pooler.leads_to(setup.nodes).node:
        raise Refused("PgBouncer leads to a database already; nothing was changed")
    if (state := node.state()) != "writer":
        raise Refused(f"{node.name} is no writer: {state}")
    setup.pooler.close()
    setup.pooler.lead_to(node, alone=True)
    setup.pooler.open()
    say(f"PgBouncer leads to {node.name}. Now: failover.py join {setup.other(node).name} --anew")


def promote(setup: Setup, node: Node, *, lossy: bool) -> None:
    """Let the standby take over. Raises Refused where it may lack something that was confirmed."""
    led = setup.pooler.leads_to(setup.nodes)
    other = setup.other(node)
    if led.node is not other:
        raise Refused(f"PgBouncer does not lead to {other.name}, so {node.name} has nothing to take over")
    if led.alone and not lossy:
        raise Refused(
            f"{other.name} has confirmed alone, so {node.name} may lack records. If {other.name} is lost for good, "
            "add --lossy"
        )
    state = node.state()
    if state != "standby" and (state, led.promoting) != ("writer", node.name):
        raise Refused(f"{node.name} is no standby: {state}")
    setup.pooler.lead_to(other, alone=led.alone, promoting=node.name)
    setup.pooler.close()
    say("1. PgBouncer is stopped, so nobody is let through")
    fence(other, confirms=led.alone)
    # It has no standby yet, so nothing may wait for one.
    node.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
    node.sql("SELECT pg_reload_conf()")
    if state == "standby":
        node.ctl("promote", seconds=PATIENCE)
    node.until("SELECT pg_is_in_recovery()", "f", "does not become the writer")
    _keep_slot(node, other)
    say(f"3. {node.name} is the writer, on timeline {node.sql(_TIMELINE)}")
    setup.pooler.lead_to(node, alone=True)
    setup.pooler.open()
    say(f"4. PgBouncer leads to {node.name}, which confirms alone. Soon: failover.py join {other.name}")


def fence(node: Node, *, confirms: bool) -> None:
    """Stop a machine that may be alive, and let it come back as a standby only, however it is started.

    `confirms`: it was alone, so where it cannot be stopped it confirms whatever reaches it.
    """
    trouble = []
    for step in (lambda: node.as_postgres("touch", f"{node.data()}/standby.signal"), lambda: _stop(node, "immediate")):
        try:
            step()
        except Refused as refused:
            trouble.append(str(refused))
            if len(trouble) == 1 and "says nothing" in trouble[0]:
                break
    if not trouble:
        say(f"2. {node.name} is stopped, and would come back as a standby")
    else:
        say(f"2. {node.name} cannot be fenced off ({'; '.join(trouble)}).")
        if confirms:
            say("   It was alone, so it confirms whatever reaches it. Switch it off before anything else.")
        else:
            say("   It can confirm nothing: each commit there waits for a standby that is none any more.")


def join(setup: Setup, node: Node, *, anew: bool) -> None:
    """Make the other machine a standby, by pg_rewind or from a new copy, and let commits wait for it."""
    writer = setup.other(node)
    if setup.pooler.leads_to(setup.nodes).node is not writer:
        raise Refused(f"PgBouncer does not lead to {writer.name}, so {node.name} cannot follow it")
    if (state := writer.state()) != "writer":
        raise Refused(f"{writer.name} is no writer: {state}")
    _stop(node, "fast")
    _keep_slot(writer, node)
    # The name is what the writer knows the standby by.
    source = f"host={writer.host} port={writer.port} user={setup.user} application_name={node.name}"
    data, tools = node.data(), f"/usr/lib/postgresql/{node.version}/bin"
    began = time.monotonic()
    if anew:
        aside = f"{data}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        node.as_postgres("mv", data, aside)
        say(f"1. what {node.name} had is kept in {aside}")
        copy = ("-D", data, "-d", source, "-R", "-S", node.name, "-X", "stream", "--checkpoint=fast")
        node.as_postgres(f"{tools}/pg_basebackup", *copy, seconds=LONG)
    else:
        node.as_postgres("rm", "-f", f"{data}/standby.signal")  # pg_rewind brings the database to an end first
        # Until the next checkpoint the writer's own file still names the timeline before its promotion.
        writer.sql("CHECKPOINT", seconds=LONG)
        config = node.shell(
            f"echo ${{PG_CLUSTER_CONF_ROOT:-/etc/postgresql}}/{node.version}/{node.cluster}/postgresql.conf"
        )
        rewind = ("-D", data, f"--config-file={config}", f"--source-server={source} dbname=postgres", "-R")
        try:
            node.as_postgres(f"{tools}/pg_rewind", *rewind, seconds=LONG)
        except Refused as refused:  # it must still come back as a standby, however it is started
            node.as_postgres("touch", f"{data}/standby.signal")
            raise Refused(f"{refused}. It is stopped. To copy all anew: join {node.name} --anew") from refused
        slot = f"echo \"primary_slot_name = '{node.name}'\" >> {shlex.quote(data)}/postgresql.auto.conf"
        node.as_postgres("sh", "-c", slot)
    say(f"2. {node.name} has a copy, after {time.monotonic() - began:.1f} s")
    node.ctl("start", seconds=PATIENCE)
    streams = f"SELECT count(*) FROM pg_stat_replication WHERE application_name = '{node.name}' AND state = 'streaming'"
    writer.until(streams, "1", f"{node.name} does not follow; see its log, or add --anew")
    # Slots of the time when it was the writer would keep its log for nobody.
    node.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")
    wait(setup, writer)


def wait(setup: Setup, writer: Node) -> None:
    """Let each commit wait for the standby from now on. Raises Refused where none follows."""
    writer.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{setup.names}'")
    writer.sql("SELECT pg_reload_conf()")
    writer.until(_CONFIRMING, "t", "no standby confirms")
    setup.pooler.lead_to(writer, alone=False)
    say(f"each commit on {writer.name} waits for {setup.other(writer).name}")


def alone(setup: Setup) -> None:
    """Let the writer confirm alone, because its standby is away: commits that wait go on at once."""
    writer = setup.pooler.leads_to(setup.nodes).node
    if writer is None or (state := writer.state()) != "writer":
        raise Refused(f"PgBouncer leads to no writer: {state if writer else 'to nothing'}")
    if writer.sql(_CONFIRMING) == "t":
        raise Refused("a standby confirms: there is no need")
    # First said durably, so that no promotion later overlooks it.
    setup.pooler.lead_to(writer, alone=True)
    writer.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
    writer.sql("SELECT pg_reload_conf()")
    say(f"{writer.name} confirms alone. Soon: failover.py join {setup.other(writer).name}")


_TIMELINE = "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int"
_CONFIRMING = "SELECT EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state = 'quorum' AND state = 'streaming')"


def _keep_slot(writer: Node, standby: Node) -> None:
    """Let the writer keep its log for this standby, and know that there is to be one."""
    there = f"SELECT 1 FROM pg_replication_slots WHERE slot_name = '{standby.name}'"
    if writer.sql(there) != "1":
        writer.sql(f"SELECT pg_create_physical_replication_slot('{standby.name}', true)")


def _stop(node: Node, how: str) -> None:
    try:
        seconds = PATIENCE if how == "fast" else SHORT
        node.ctl("--skip-systemctl-redirect", "stop", "-m", how, seconds=seconds)
    except Refused as refused:
        if "is not running" not in str(refused):
            raise


def _run(command: list[str], seconds: float, where: str) -> str:
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Refused(f"{where} says nothing for {seconds:.0f} s") from None
    except OSError as error:
        raise Refused(f"{where}: {command[0]} cannot be run ({error.strerror})") from None
    if told.returncode:
        lines = (told.stderr or told.stdout).strip().splitlines() or [f"ended with {told.returncode}"]
        telling = [line for line in lines if re.search(r"error|fatal", line, re.IGNORECASE)]
        raise Refused(f"{where}: {(telling or lines)[-1].strip()}")
    return told.stdout.strip()


def say(line: str) -> None:
    """Tell what was done."""
    print(line, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(
        description="Leads the server from one PostgreSQL to the other (docs/failover.md)."
    )
    parser.add_argument("--config", type=Path, default=Path("/etc/ocop/failover.ini"))
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("status", help="tell how everything is; changes nothing")
    actions.add_parser("begin", help="lead PgBouncer to the first machine").add_argument("node")
    taking = actions.add_parser("promote", help="the standby takes over, and the other is fenced off")
    taking.add_argument("node")
    taking.add_argument("--lossy", action="store_true", help="although it may lack what was confirmed without it")
    joining = actions.add_parser("join", help="make the other machine a standby, and let commits wait for it")
    joining.add_argument("node")
    joining.add_argument("--anew", action="store_true", help="from a new copy instead of by pg_rewind")
    actions.add_parser("alone", help="the standby is away: let the writer confirm without it")
    given = parser.parse_args(arguments)
    try:
        setup = read(given.config)
        if given.action == "status":
            status(setup)
        elif given.action == "begin":
            begin(setup, setup.node(given.node))
        elif given.action == "promote":
            promote(setup, setup.node(given.node), lossy=given.lossy)
        elif given.action == "join":
            join(setup, setup.node(given.node), anew=given.anew)
        else:
            alone(setup)
    except Refused as refused:
        print(f"failover.py: {refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
