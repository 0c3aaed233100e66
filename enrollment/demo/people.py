"""Who stands in a demonstration. Names are common ones, addresses end in .example, numbers begin with SAMPLE."""

import random
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils.text import slugify

from iiwam.accounts.people import register

DOMAIN = "demo.example"

STAFF = {
    "editor": ("Editor", "Elena Prasetyo"),
    "reviewer": ("Reviewer", "Rahim Yusof"),
    "second.reviewer": ("Reviewer", "Sunita Rao"),
    "assessor": ("Assessor", "Arun Chai"),
    "registrar": ("Registrar", "Grace Lim"),
    "owner": ("Owner", "Omar Tan"),
}


@dataclass(frozen=True)
class Country:
    code: str
    city: str
    register: str
    calling: str


COUNTRIES = {
    "MY": Country("MY", "Kuala Lumpur", "Malaysian Medical Council", "+6012345"),
    "PH": Country("PH", "Manila", "Professional Regulation Commission", "+63917555"),
    "TH": Country("TH", "Bangkok", "Medical Council of Thailand", "+6681234"),
    "KR": Country("KR", "Seoul", "Ministry of Health and Welfare", "+82101234"),
    "IN": Country("IN", "Chennai", "National Medical Commission", "+9198765"),
    "ID": Country("ID", "Jakarta", "Konsil Kedokteran Indonesia", "+62812345"),
    "KH": Country("KH", "Phnom Penh", "Medical Council of Cambodia", "+8551234"),
    "MM": Country("MM", "Yangon", "Myanmar Medical Council", "+95942345"),
}

# name, name in its own script, country, profession
PEOPLE = [
    ("Nurul Aisyah binti Hassan", "", "MY", "doctor"),
    ("Wei Ling Tan", "陈伟玲", "MY", "dentist"),
    ("Maria Santos", "", "PH", "nurse"),
    ("Siriporn Chaiyasit", "ศิริพร ชัยสิทธิ์", "TH", "doctor"),
    ("Kim Minji", "김민지", "KR", "doctor"),
    ("Priya Subramaniam", "", "IN", "dentist"),
    ("Dewi Lestari", "", "ID", "doctor"),
    ("Sok Sreymom", "សុខ ស្រីមុំ", "KH", "nurse"),
    ("Aye Chan Myint", "အေးချမ်းမြင့်", "MM", "doctor"),
    ("José Ramón de la Cruz", "", "PH", "doctor"),
    ("Anong Suwan", "อนงค์ สุวรรณ", "TH", "aesthetician"),
    ("Rajesh Kumar", "राजेश कुमार", "IN", "doctor"),
    ("Siti Rahmah", "", "ID", "spa-owner"),
    ("Park Jihoon", "박지훈", "KR", "dentist"),
    ("Chan Dara", "ចាន់ តារា", "KH", "doctor"),
    ("Thiri Zaw", "သီရိဇော်", "MM", "nurse"),
    ("Faridah Ismail", "", "MY", "nurse"),
    ("Arjun Mehta", "अर्जुन मेहता", "IN", "doctor"),
    ("Grace Villanueva", "", "PH", "aesthetician"),
    ("Budi Santoso", "", "ID", "dentist"),
    ("Lee Soyeon", "이소연", "KR", "nurse"),
    ("Vannak Chea", "វណ្ណៈ ជា", "KH", "spa-owner"),
    ("Kanya Thongdee", "กัญญา ทองดี", "TH", "dentist"),
    ("Mohd Faizal bin Omar", "", "MY", "doctor"),
]

QUALIFICATIONS = {
    "doctor": "Bachelor of Medicine and Surgery",
    "dentist": "Bachelor of Dental Surgery",
    "nurse": "Diploma in Nursing",
    "aesthetician": "Diploma in Beauty Therapy",
    "spa-owner": "Diploma in Spa Management",
}


def staff(password: str) -> dict:
    """One member of staff per role stands, by the first part of the address, with this password."""
    people = {}
    for name, (role, full_name) in STAFF.items():
        people[name] = person(f"{name}@{DOMAIN}", full_name, password, is_staff=True)
        people[name].groups.set(Group.objects.filter(name=role))
    return people


def applicant(number: int, password: str):
    """The person of this number stands; beyond the list the names come round again with a number."""
    return person(applicant_address(number), PEOPLE[number % len(PEOPLE)][0], password)


def applicant_address(number: int) -> str:
    name, again = PEOPLE[number % len(PEOPLE)][0], number // len(PEOPLE)
    local = ".".join(slugify(part) for part in name.split()[:2])
    return f"{local}{again or ''}@{DOMAIN}"


def person(email: str, full_name: str, password: str, *, is_staff: bool = False):
    user = get_user_model().objects.filter(email=email).first()
    if user is None:
        user = register(email=email, full_name=full_name, is_staff=is_staff)
    user.password = hashed(password)
    user.save(update_fields=["password"])
    return user


@cache
def hashed(password: str) -> str:
    """One slow hash serves all: these people share one password."""
    return make_password(password)


def answers(number: int, chance: random.Random, today: date) -> dict[str, dict]:
    """What this person writes into each section; professions are still slugs."""
    name, native, country, profession = PEOPLE[number % len(PEOPLE)]
    place = COUNTRIES[country]
    registered = profession in {"doctor", "dentist", "nurse"}
    return {
        "about": {
            "legal_name": name,
            "native_name": native,
            "birth_date": date(chance.randint(1968, 1998), chance.randint(1, 12), chance.randint(1, 28)),
            "nationality": place.code,
            "residence_country": place.code,
            "city": place.city,
            "phone": f"{place.calling}{chance.randint(1000, 9999)}",
        },
        "profession": {
            "profession": profession,
            "qualification": QUALIFICATIONS[profession],
            "years_in_practice": chance.randint(1, 25),
            "workplace": f"Sample Clinic, {place.city}",
        },
        "license": {
            "register_country": place.code if registered else "",
            "register_body": place.register if registered else "",
            "register_number": f"SAMPLE-{chance.randint(10000, 99999)}" if registered else "",
            "license_valid_from": date(today.year, 1, 1) if registered else None,
            "license_valid_until": date(today.year + 1, 12, 31) if registered else None,
            "standing": "clear" if registered else "",
        },
        "training": {
            "prior_training": chance.choice(["None.", "A two-day introduction to chemical peels."]),
        },
        "course": {
            "payer": chance.choice(["self", "employer"]),
            "payer_details": f"Accounts, Sample Clinic, {place.city}",
            "motivation": "I want to offer microneedling with a protocol that I can defend.",
        },
    }
