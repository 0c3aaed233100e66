"""ClamAV, asked over its socket: INSTREAM as its manual describes it, `man 8 clamd`."""

import socket
import struct
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings

from .scanning import ScannerDown

CONNECT_SECONDS = 3
ANSWER_SECONDS = 30
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


def scan(content: bytes) -> str:
    """The name of what ClamAV found, empty when it found nothing. Raises ScannerDown without a verdict."""
    try:
        with closing(connected(settings.CLAMAV_URL)) as line:
            return verdict(asked(line, content))
    except OSError as failure:
        raise ScannerDown(str(failure)) from failure


def connected(url: str) -> socket.socket:
    """A line to `unix:///run/clamav/clamd.ctl` or `tcp://clamav:3310`."""
    where = urlsplit(url)
    if where.scheme == "tcp":
        line = socket.create_connection((where.hostname, where.port or 3310), timeout=CONNECT_SECONDS)
    else:
        line = socket_at(where.path)
    line.settimeout(ANSWER_SECONDS)
    return line


def socket_at(path: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(CONNECT_SECONDS)
    try:
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line


def asked(line: socket.socket, content: bytes) -> str:
    line.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), CHUNK):
        part = content[start : start + CHUNK]
        line.sendall(struct.pack(">I", len(part)) + part)
    line.sendall(struct.pack(">I", 0))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        if not (more := line.recv(LONGEST_ANSWER)):
            break
        answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def verdict(answer: str) -> str:
    """`stream: OK`, or `stream: <name> FOUND`; anything else is no verdict."""
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerDown(answer)
