"""Jobs for the tests of the queue: small enough to see through, real enough for a worker of their own."""

import time
from pathlib import Path

from django_tasks import task

DONE = []


@task()
def note_down(word):
    DONE.append(word)


@task()
def fail(word):
    raise RuntimeError(f"{word} would not go")


@task(queue_name="documents")
def linger(folder, seconds):
    """Leaves one file when it starts and one when it ends, so that another process can see how far it came."""
    started = Path(folder) / f"started-{len(list(Path(folder).glob('started-*')))}"
    started.touch()
    time.sleep(seconds)
    (Path(folder) / "done").touch()
