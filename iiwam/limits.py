"""How often somebody may ask, counted in the cache that all workers share."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.utils.crypto import salted_hmac


def allow(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Whether this may happen once more; it takes one of so many places, each free again after so many seconds.

    A place is taken by adding a row, so two requests at the same instant cannot share one. `who` itself is not kept.
    """
    places = places_of(what, who, most)
    taken = cache.get_many(places)
    return any(cache.add(place, True, seconds) for place in places if place not in taken)


def is_used_up(what: str, who: str, *, most: int) -> bool:
    """Whether all of so many places are taken; this takes none."""
    return len(cache.get_many(places_of(what, who, most))) >= most


def places_of(what: str, who: str, most: int) -> list[str]:
    key = f"{what}-{salted_hmac(f'limits.{what}', who).hexdigest()[:32]}"
    return [f"{key}-{place}" for place in range(most)]


def address_of(request) -> str:
    """The network address of the visitor, as far as the proxies in front can be trusted."""
    return get_adapter().get_client_ip(request)
