"""The badge of a certificate as a picture with the signed credential baked in (Open Badges 3.0, section 5.3)."""

import io
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from enrollment.models import Certificate
from iiwam.typesetting import Template

from . import art, issuer, openbadge
from .sealing import sealed

TEMPLATE = Template(Path(__file__).parent / "badge.typ")
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
KEYWORD = "openbadgecredential"
# 100 mm at this density are 600 pixels.
DENSITY = 152.4


def lay_out(snapshot: dict, ground: str | None = None) -> dict:
    return {
        "art": ground,
        "award": openbadge.title(snapshot),
        "below": "SPECIMEN" if snapshot["is_sample"] else "IIWAM",
        "year": snapshot["issued_on"][:4],
    }


def png(certificate: Certificate) -> bytes:
    """A PNG that carries the token, as an uncompressed iTXt chunk."""
    baked = PngInfo()
    baked.add_itxt(KEYWORD, sealed(certificate).token)
    picture = io.BytesIO()
    drawn = Image.open(io.BytesIO(TEMPLATE.png(lay_out(certificate.snapshot, art.medal()), ppi=DENSITY)))
    drawn.quantize(256, method=Image.Quantize.FASTOCTREE).save(picture, "PNG", pnginfo=baked, optimize=True)
    return picture.getvalue()


def svg(certificate: Certificate) -> bytes:
    """An SVG that carries the token, and its title for whoever can't see it; letters lie over the drawing."""
    drawn = TEMPLATE.svg(lay_out(certificate.snapshot)).decode()
    start, rest = drawn[: drawn.index(">")], drawn[drawn.index(">") + 1 :]
    title = escape(f"{openbadge.title(certificate.snapshot)}, {issuer.NAME}")
    # Measured in points outside and in millimetres inside: as large as the whole, whatever the unit.
    ground = art.medal().replace("'100mm'", "'100%'")
    baked = f'<openbadges:credential verify="{sealed(certificate).token}"/>'
    return f'{start} role="img" xmlns:openbadges="{NAMESPACE}">{baked}<title>{title}</title>{ground}{rest}'.encode()
