"""`make run`: prepare the database, then serve the site and run its worker until Ctrl-C stops both."""

import contextlib
import os
import signal
import subprocess
import sys
import time

GRACE_SECONDS = 30


def start(*command: str) -> subprocess.Popen:
    # A session of its own: Ctrl-C reaches only us, and we ask both to finish what they are doing.
    return subprocess.Popen([sys.executable, "-m", *command], start_new_session=True)


def stop(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        if process.poll() is None:
            process.kill()


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiwam.settings")
    prepared = subprocess.run([sys.executable, "manage.py", "prepare"])
    if prepared.returncode:
        return prepared.returncode
    processes = [
        start("gunicorn", "--config", "iiwam/gunicorn.py", "iiwam.wsgi"),
        start("django", "run_worker"),
    ]
    stopping = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.append(True))
    while not stopping and all(process.poll() is None for process in processes):
        time.sleep(0.2)
    failed = not stopping
    stop(processes)
    print("Stopped.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
