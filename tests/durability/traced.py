"""Runs a function in a child process under strace, where a system call may be made to fail or to kill."""

from __future__ import annotations

import ast
import ctypes
import functools
import gc
import os
import re
import shutil
import subprocess
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,open,creat,write,writev,pwrite64,pwritev,pwritev2,sendfile,copy_file_range,ftruncate,truncate,fallocate,"
    "fsync,fdatasync,sync_file_range,close,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,"
    "mkdir,mkdirat,rmdir,mknod,mknodat,dup,dup2,dup3,fork,vfork,clone,clone3"
)
"""Every call by which a file, its data or its name can change on Linux, and those that make it durable."""

NO_LINKS = ("-e", "inject=link,linkat:error=EPERM")
"""What link(2) says on FAT, and to apps on Android."""

Tell = Callable[[bytes], None]
Work = Callable[[Tell], None]

_HEX_NAME = re.compile(r"<((?:\\x[0-9a-f]{2})+)>")
_LINE = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)(.*)$")
_PR_SET_PTRACER = 0x59616D61


@dataclass(frozen=True)
class Call:
    """A system call as strace wrote it. It is the `nth` of its name; `result` is what it returned."""

    name: str
    arguments: str
    result: int
    rest: str
    nth: int

    def __str__(self) -> str:
        """As a person reads it: the names of files, and how a text begins."""
        texts = re.findall(r'"((?:[^"\\]|\\.)*)"', self.arguments)
        return f"{self.name} {[ast.literal_eval(chr(34) + text + chr(34))[-60:] for text in texts]}"

    @property
    def reads(self) -> bool:
        """Whether it is an openat that cannot change anything, and opens no folder to make its names durable."""
        if self.name != "openat" or "O_CREAT" in self.arguments:
            return False
        return self.result < 0 or "O_DIRECTORY" in self.arguments or bool(Path(self.rest.strip()[1:-1]).suffix)


def calls(log: Path) -> list[Call]:
    """The calls in a log, in their order."""
    found: list[Call] = []
    seen: dict[str, int] = {}
    for written in log.read_text().splitlines():
        # With -xx, what a descriptor stands for is written in hex too.
        line = _HEX_NAME.sub(lambda name: f"<{bytes.fromhex(name[1].replace(chr(92) + 'x', '')).decode()}>", written)
        if match := _LINE.match(line):
            seen[match[1]] = seen.get(match[1], 0) + 1
            found.append(Call(match[1], match[2], int(match[3]), match[4], seen[match[1]]))
    return found


def run(work: Work, log: Path, *options: str) -> tuple[bytes, int]:
    """Run `work(tell)` in a forked child under strace; what it told, and how it ended (os.waitpid's status).

    Strace is attached before `work` begins and `options` are strace's, so calls are counted from its beginning.
    """
    told, tell = os.pipe()
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            gc.disable()  # it would close what this process inherited, and the calls would not be the same each time
            os.close(told)
            os.close(go)
            # Where Yama restricts it, a process is traced by its descendants' sister only with its leave.
            ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
            os.write(tell, b".")
            os.read(ready, 1)
            work(lambda words: (os.write(tell, words), None)[1])
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(70)
    os.close(tell)
    os.close(ready)
    os.read(told, 1)  # what the child does before is done, and is not counted on a day when strace is quicker
    command = ["strace", "-y", "-o", str(log), "-p", str(child), "-e", f"trace={CALLS}", *options]
    try:
        with subprocess.Popen(command, stderr=subprocess.PIPE) as strace:
            assert strace.stderr
            said = strace.stderr.readline()
            if b"attached" not in said:
                raise RuntimeError((said + strace.stderr.read()).decode())
            os.write(go, b"!")
            with os.fdopen(told, "rb") as pipe:
                words = pipe.read()
            _, status = os.waitpid(child, 0)
    finally:
        os.close(go)
    return words, status


@functools.cache
def why_not() -> str | None:
    """Why nothing can be traced here, or None."""
    if shutil.which("strace") is None:
        return "needs strace, which scripts/test installs"
    probe = subprocess.run(["strace", "-qq", "-e", "trace=none", "true"], capture_output=True, text=True)
    return f"strace may not trace here: {probe.stderr.strip()}" if probe.returncode else None
