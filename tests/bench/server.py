"""A site served by one process, and what that process spends on a request."""

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.postgresql import free_port

PATIENCE = 60
ROUNDS = 3


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    def __init__(self, port: int, process: subprocess.Popen):
        self.port, self.process = port, process

    def get(self, address: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", address, headers={"Accept-Encoding": "gzip, deflate, br", **headers})
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.headers), response.read())
        connection.close()
        return answer

    def cpu(self, address: str, times: int, **headers: str) -> float:
        """Milliseconds of the processor for one request, the median of a few rounds: what others do counts little."""
        self.get(address, **headers)
        return median(self.one_round(address, times, headers) for _round in range(ROUNDS))

    def one_round(self, address: str, times: int, headers: dict[str, str]) -> float:
        before = self.spent()
        for _request in range(times):
            self.get(address, **headers)
        return (self.spent() - before) / times

    def spent(self) -> float:
        """Milliseconds that the worker has had a processor for."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return sum(self.on_cpu(pid) for pid in children)

    def on_cpu(self, pid: str) -> float:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


@contextlib.contextmanager
def serving(settings: str, environment: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--workers",
        "1",
        "--worker-class",
        "sync",
        "--timeout",
        "120",
    ]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error", "tests.bench.wsgi"]
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment, "DJANGO_SETTINGS_MODULE": settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Server(port, process)
        wait_for(server)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            server.get("/")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The server did not start.")
