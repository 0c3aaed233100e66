"""A PostgreSQL server of our own for the length of a test run, in a temporary folder on a free port."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def programs() -> Path | None:
    """The folder with initdb and postgres, the newest version first."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    if not found and (initdb := shutil.which("initdb")):
        found = [Path(initdb).resolve()]
    return found[0].parent if found else None


def unprivileged() -> dict[str, int]:
    """PostgreSQL refuses to run as root: run it as the first ordinary account that exists."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid}
    return {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def temporary_server() -> Iterator[str | None]:
    """The address of a fresh server, or None when this machine has no PostgreSQL; TEST_POSTGRES_URL names another."""
    if address := os.environ.get("TEST_POSTGRES_URL"):
        yield address
        return
    binaries = programs()
    if binaries is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="iiwam-postgresql-"))
    account = unprivileged()
    if account:
        os.chown(folder, account["user"], account["group"])
    port = free_port()
    settings = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200"

    def control(*arguments: str) -> None:
        subprocess.run(
            [str(binaries / arguments[0]), *arguments[1:]],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            **account,
        )

    data = str(folder / "data")
    control("initdb", "-D", data, "-U", "iiwam", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8")
    control("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", settings, "start")
    try:
        yield f"postgres://iiwam@127.0.0.1:{port}/postgres"
    finally:
        control("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
