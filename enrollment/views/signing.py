"""A signature with a passkey: the challenge is made from what is signed, and holds for one answer."""

from typing import Any

from django.http import HttpRequest

from iiwam.accounts import passkeys

from .. import chain
from ..models import LogbookEntry

SESSION = "logbook_signing"
MOST_OPEN = 5


def begin(request: HttpRequest, entry: LogbookEntry, *, takes_back: bool = False) -> dict[str, Any] | None:
    """What the page hands to the browser, for somebody with a passkey; the session keeps the other half."""
    if not passkeys.has_passkey(request.user):
        return None
    salt, nonce = chain.new_salt(), chain.new_salt()
    subject = chain.to_take_back(entry.signature) if takes_back else chain.content_of(entry, salt)
    options, state = passkeys.ask(request.user, chain.challenge_for(subject, nonce))
    kept = request.session.get(SESSION, {})
    kept[str(entry.pk)] = {"salt": salt, "nonce": nonce, "state": state}
    request.session[SESSION] = dict(list(kept.items())[-MOST_OPEN:])
    return {"request_options": options}


def recall(request: HttpRequest, entry: LogbookEntry) -> dict[str, Any] | None:
    """What was kept for this entry, once; None when nothing was asked, or it has been answered."""
    kept = request.session.get(SESSION, {})
    found = kept.pop(str(entry.pk), None)
    if found is not None:
        request.session[SESSION] = kept
    return found
