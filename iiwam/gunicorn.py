"""How the site is served: by a few processes with threads, renewed now and then, stopping when their work is done."""

import os
from pathlib import Path

from environs import Env

Env.read_env(Path(__file__).resolve().parent.parent / ".env", recurse=False)


def given(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


bind = given("BIND", "127.0.0.1")
if ":" not in bind:
    bind = f"{bind}:{given('PORT', '8000')}"
worker_class = "gthread"
workers = int(given("WEB_WORKERS", "2"))
# Loaded once, before the processes divide: a wrong setting stops the start with its sentence instead of a loop.
preload_app = True
threads = int(given("WEB_THREADS", "4"))

timeout = 60
graceful_timeout = 25
keepalive = 5
max_requests = 2_000
max_requests_jitter = 200

# A heartbeat file on a disk can stall a worker; memory cannot, where there is such a folder.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# No socket under HOME, which a container has no right to write.
control_socket_disable = True

# Requests are logged by the site itself, without addresses of people.
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "iiwam"

limit_request_line = 4094
limit_request_fields = 60
forwarded_allow_ips = "127.0.0.1"
