"""Links by which a holder shows a certificate elsewhere; nothing of these sites is loaded here."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .credentials import issuer
from .models import Certificate


class Link(NamedTuple):
    label: str | Promise
    address: str


def sharing_links(certificate: Certificate) -> list[Link]:
    """Adding to a profile first, then messages; each carries the page on which anyone can check the certificate."""
    page = f"{settings.SITE_URL}{certificate.get_absolute_url()}"
    words = _("%(award)s, %(issuer)s") % {"award": certificate.title, "issuer": issuer.NAME}
    return [
        Link(gettext_lazy("Add to your LinkedIn profile"), linkedin_profile(certificate, page)),
        Link(
            gettext_lazy("Post on LinkedIn"),
            asked("https://www.linkedin.com/sharing/share-offsite/", url=page),
        ),
        Link(gettext_lazy("Send by WhatsApp"), asked("https://wa.me/", text=f"{words}: {page}")),
        Link(gettext_lazy("Post on Facebook"), asked("https://www.facebook.com/sharer/sharer.php", u=page)),
    ]


def linkedin_profile(certificate: Certificate, page: str) -> str:
    """The form of LinkedIn that adds a certification, filled in (addtoprofile.linkedin.com)."""
    zone = certificate.enrollment.intake.zone
    issued = certificate.issued_at.astimezone(zone)
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": certificate.title,
        "organizationName": issuer.NAME,
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certUrl": page,
        "certId": certificate.number,
    }
    if certificate.valid_until:
        ends = certificate.valid_until.astimezone(zone)
        fields |= {"expirationYear": ends.year, "expirationMonth": ends.month}
    return asked("https://www.linkedin.com/profile/add", **fields)


def asked(address: str, **fields: object) -> str:
    return f"{address}?{urlencode(fields)}"
