"""What an applicant answers, and how it is sent from the pages of the road."""

from django.contrib.messages import get_messages
from django.urls import reverse

from enrollment.forms.sections import fingerprint

ABOUT = {
    "legal_name": "Somchai Prasert",
    "native_name": "สมชาย ประเสริฐ",
    "birth_date_day": "17",
    "birth_date_month": "5",
    "birth_date_year": "1990",
    "nationality": "TH",
    "residence_country": "TH",
    "city": "Chiang Mai",
    "phone": "+66 81 234 5678",
    "access_needs": "",
}
PROFESSION = {
    "qualification": "MD, Chiang Mai University, 2014",
    "years_in_practice": "8",
    "workplace": "A clinic in Chiang Mai",
}
REGISTER = {
    "register_country": "TH",
    "register_body_other": "Medical Council of Thailand",
    "register_number": "12345/2014-A",
    "license_valid_from_day": "1",
    "license_valid_from_month": "1",
    "license_valid_from_year": "2026",
    "license_valid_until_day": "31",
    "license_valid_until_month": "12",
    "license_valid_until_year": "2099",
    "standing": "clear",
}
COURSE = {"payer": "self", "motivation": "To needle more safely."}


def address(name, application, *rest):
    return reverse(f"enrollment:{name}", args=[application.reference, *rest])


def save(client, application, section, answers, **more):
    data = {"seen": fingerprint(application, section), **answers, **more}
    response = client.post(address("section", application, section), data)
    application.refresh_from_db()
    return response


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def page(response):
    return response.content.decode()
