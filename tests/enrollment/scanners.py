"""A ClamAV that lives in the test: it speaks INSTREAM over a real socket and knows one virus."""

import socket
import socketserver
import struct
import threading
from contextlib import contextmanager

VIRUS = b"X5O!P%@AP"


class Clamd(socketserver.StreamRequestHandler):
    """Answers as `man 8 clamd` says."""

    def handle(self):
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        self.server.commands.append(command)
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.scanned.append(content)
        found = b"stream: Eicar-Test-Signature FOUND\0" if VIRUS in content else b"stream: OK\0"
        self.wfile.write(self.server.answer or found)


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = daemon_threads = True


class UnixServer(Server):
    address_family = socket.AF_UNIX


@contextmanager
def clamd(settings, path=None, answer=b""):
    """While it runs, evidence is scanned by it; yields the server, which remembers what it was sent."""
    server = UnixServer(str(path), Clamd) if path else Server(("127.0.0.1", 0), Clamd)
    server.commands, server.scanned, server.answer = [], [], answer
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.CLAMAV_URL = f"unix://{path}" if path else f"tcp://127.0.0.1:{server.server_address[1]}"
    settings.EVIDENCE_SCANNER = "enrollment.evidence.clamav.scan"
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def nobody_there(settings, path):
    """A scanner is configured and does not answer."""
    settings.CLAMAV_URL, settings.EVIDENCE_SCANNER = f"unix://{path}", "enrollment.evidence.clamav.scan"
