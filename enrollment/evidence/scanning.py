"""The hook for a virus scanner: any function that takes the bytes of a file and returns the name of what it found.

`EVIDENCE_SCANNER` names the function. While the scanner does not answer, files are taken and kept closed: nobody but
the site opens them until they have been scanned.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from ..models import Document

logger = logging.getLogger(__name__)

Scanner = Callable[[bytes], str]


class ScannerDown(Exception):
    """The scanner did not answer, or not with a verdict; the file must be scanned later."""


def scanner() -> Scanner | None:
    """The function that scans, when one is configured."""
    return import_string(settings.EVIDENCE_SCANNER) if settings.EVIDENCE_SCANNER else None


def scan(content: bytes) -> tuple[str, str]:
    """How the scan ended, one of Document.Scan, and the name of what was found."""
    look = scanner()
    if look is None:
        return Document.Scan.NONE, ""
    try:
        found = look(content)
    except ScannerDown:
        logger.warning("evidence_scanner_down")
        return Document.Scan.WAITING, ""
    return (Document.Scan.INFECTED, found) if found else (Document.Scan.CLEAN, "")
