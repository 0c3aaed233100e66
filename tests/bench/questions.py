"""How many questions each address asks of the database, and how long the database takes: JSON on the last line.

The first argument is what the visitor's cookie says; a page asked with a cookie is never one that was kept whole.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import django

ROUNDS = 5


def asked(client, address: str) -> tuple[int, float]:
    """The number of statements of one request, and their milliseconds."""
    return counted(partial(client.get, address))


def counted(act: Callable) -> tuple[int, float]:
    from django.db import connection

    spent: list[float] = []

    def clocked(execute, *arguments):
        begun = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent.append((time.perf_counter() - begun) * 1000)

    with connection.execute_wrapper(clocked):
        act()
    return len(spent), sum(spent)


def measured(client, address: str) -> dict[str, float]:
    client.get(address)
    rounds = [asked(client, address) for _round in range(ROUNDS)]
    return {"questions": max(number for number, _ms in rounds), "ms": median(ms for _number, ms in rounds)}


def main() -> None:
    django.setup()
    from django.test import Client

    cookie, *addresses = sys.argv[1:]
    client = Client(headers={"Host": "127.0.0.1", "Cookie": cookie})
    print(json.dumps({address: measured(client, address) for address in addresses}))


if __name__ == "__main__":
    main()
