import pytest

from courses.models import Course
from enrollment import certification
from enrollment.models import Application

from ..learners import AT, finished, registrar
from .judges import SITE


@pytest.fixture(autouse=True)
def public_site(settings, tmp_path):
    """An address as the world would know it, and keys that no other test has seen."""
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["*"]
    settings.ISSUER_KEYS_DIR = tmp_path / "issuer-keys"


def issued():
    enrollment = finished(cases=2)
    Course.objects.update(award="Certificate in Microneedling")
    Application.objects.update(native_name="นูรุล")
    return certification.issue_certificate(enrollment=enrollment, by=registrar(), at=AT)


@pytest.fixture
def certificate(db):
    return issued()


@pytest.fixture
def seal(certificate):
    return certificate.seal
