"""What a log line may tell: which act, on which record, with what outcome. Never who, from where, or in what words."""

import json
import logging
import re
from datetime import UTC, datetime

from structlog.stdlib import ProcessorFormatter

DROPPED_KEYS = frozenset(
    {
        "ip",
        "user_agent",
        "email",
        "username",
        "name",
        "password",
        "phone",
        "referer",
        "cookies",
        "headers",
        "body",
    }
)
# A number of a request is checked where it comes in, and holds nothing that could be a name.
UNTOUCHED_KEYS = frozenset({"exc_info", "stack_info", "timestamp", "level", "logger", "request_id"})

REPLACEMENTS = (
    (re.compile(r"(/accounts/(?:confirm-email|password/reset/key)/)[^/\s'\"]+"), r"\1[key]"),
    (re.compile(r"(/learn/calendar/)[^/\s'\"]+"), r"\1[key]"),
    (re.compile(r"(/interest/(?:confirm|stop)/)[^/\s'\"]+"), r"\1[key]"),
    (re.compile(r"(/offers/)[^/\s'\"]+"), r"\1[key]"),
    (re.compile(r"<(\w*(?:Request|QueryDict))\b[^>]*>"), r"<\1>"),
    (re.compile(r"(/[^\s?'\"]*)\?[^\s'\"]*"), r"\1"),
    # PostgreSQL quotes the whole offending row here.
    (re.compile(r"(DETAIL:)[^\n]*"), r"\1 [left out]"),
    (re.compile(r"[^\s@<>\"'(),;:=\[\]]+@[^\s@<>\"'(),;:\[\]]+"), "[email]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[ip]"),
    (re.compile(r"\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){3,7}"), "[ip]"),
)
# What any of them begins with: most text holds none of it, and is left as it is after one look.
SUSPECT = re.compile(r"[@?<:]|\d\.\d|/accounts/|/learn/calendar/|/interest/|/offers/")


def scrubbed(text: str) -> str:
    """The text without email addresses, network addresses, query strings, one-time keys and quoted rows."""
    if not SUSPECT.search(text):
        return text
    for pattern, replacement in REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text


def clean(value):
    """A value that is safe to print; whatever is no plain value is shown by its scrubbed text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items() if str(key).lower() not in DROPPED_KEYS}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(item) for item in value]
    return scrubbed(value if isinstance(value, str) else repr(value))


def without_personal_data(logger, method_name, event_dict):
    """A structlog processor: the line that leaves it holds nothing about a person but an internal number."""
    return {
        key: value if key in UNTOUCHED_KEYS or key.startswith("_") else clean(value)
        for key, value in event_dict.items()
        if key not in DROPPED_KEYS
    }


class Line(ProcessorFormatter):
    """A JSON line for each record. The one that ends every request is short and known, and takes the short way."""

    def format(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "request_facts", None)
        if facts is None:
            return super().format(record)
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
        about = {"level": record.levelname.lower(), "logger": record.name, "timestamp": when[:-6] + "Z"}
        # All the others are numbers, and a number of a request was checked where it came in.
        about["request"] = scrubbed(facts["request"])
        return json.dumps({"event": record.msg, **facts, **about})
