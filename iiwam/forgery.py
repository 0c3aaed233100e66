"""Forms on pages without cookies: nothing of the visitor's rides along, but another site may not press the button."""

from django.conf import settings


def is_from_here(request) -> bool:
    """Whether the form was sent from a page of this site, as far as the browser tells.

    A browser always names the origin of a form that another site sends; who leaves both headers out is no browser, and
    could send anything from anywhere.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    if origin := request.headers.get("Origin"):
        here = f"{request.scheme}://{request.get_host()}"
        return origin in (here, *settings.CSRF_TRUSTED_ORIGINS)
    return True
