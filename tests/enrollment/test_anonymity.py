"""What gives a patient away, and what only looks as if it did: two lists of sentences."""

from datetime import date

import pytest

from enrollment.anonymity import sign_in_code, sign_of_identity

ON = date(2026, 3, 2)

GIVES_AWAY = {
    "a Malaysian identity card number": ["IC 850412-14-5678.", "850412 14 5678"],
    "an identity number": [
        "850412145678",
        "NIK 3174012304880001",
        "1100701234567",
        "CCCD 079185001234",
        "Passport A12345678",
        "MRN: 00451237",
    ],
    "a Thai identity number": ["1-1007-01234-56-7"],
    "a Korean resident number": ["880412-2345678"],
    "a Singaporean identity number": ["S8512345D"],
    "a Philippine identity number": ["1234-5678-9012-3456"],
    "a Myanmar identity number": ["12/OUKAMA(N)123456"],
    "a Hong Kong identity number": ["A123456(7)"],
    "a Taiwanese identity number": ["A123456789"],
    "an email address": ["Photographs sent to aminah.r@example.org."],
    "a telephone number": [
        "Call +60 12-345 6789 tomorrow.",
        "+66 81 234 5678",
        "+82-10-1234-5678",
        "012-345 6789",
        "0812 3456 7890",
        "٠١٢-٣٤٥ ٦٧٨٩",
    ],
    "a date of birth": [
        "Born 12/4/1985.",
        "DOB 12-04-85",
        "12.04.1985",
        "1985-04-12",
        "12 April 1985",
        "April 12, 1985",
        "tarikh lahir 12/4/85",
        "12/04/2528",
    ],
    "a name": [
        "Siti Aminah tolerated it well.",
        "Redness in Nurul Huda after an hour.",
        "Mrs Tan came back.",
        "Puan Rohani felt warm.",
        "Mr. Lim",
        "Dr Wong showed the passes.",
        "Ahmad bin Yusof",
        "KUMAR a/l RAMASAMY".title().replace("A/L", "a/l"),
        "Patient Maria Weber was calm.",
        "Name: Gunther",
        "Anna Schmidt reported itching.",
        "patient Aminah",
        "Somchai complained of pain.",
        "Nguyen Thi Lan",
        "Kim Soyeon",
        "Tan Wei Ming",
        "김민수 씨",
        "王小姐",
        "คุณสมชาย",
    ],
}
SAYS_NOTHING = [
    "Uniform pinpoint bleeding, then even redness.",
    "Stretching the skin kept the depth even.",
    "Lidocaine 2.5 % / prilocaine 2.5 %, 60 minutes, removed before",
    "Microneedling for acne scars",
    "Cheeks, forehead and chin",
    "Patient had Fitzpatrick Type IV skin and tanned easily.",
    "Tan skin; Low downtime was expected.",
    "Next visit on 30/03/2026, reviewed on 28 February 2026.",
    "4 to 6 passes, 0.5 to 1.5 mm, 10 minutes each side.",
    "Erythema at 0, 30, 60 and 120 minutes.",
    "Vitamin C was not used. Zinc Oxide after a day.",
    "EMLA 5 g under film for 60 min; time on 09:10, off 10:10.",
    "The client asked about melasma and was told what is known.",
    "La Roche-Posay Cicaplast was applied.",
    "Dr. Pen Ultima A6 at speed 4",
    "SkinPen Precision",
    "Ratio 1:100000; 12,000 punctures per minute; 0.25 mm needles, 36 pins",
    "Temperature 36.6, pulse 72, pressure 120/80.",
    "She was born to heal well, as the trainer said.",
    "คุณภาพผิวดีขึ้น",
    "She reported no pain. He felt warmth.",
]
LOTS = ["LOT-7", "SAMPLE-512", "20240315", "2024-03-15", "230415-01", "0123456789", "DP4/22.1", "A1B2-0045"]


@pytest.mark.parametrize(
    "what, text", [(what, text) for what, texts in GIVES_AWAY.items() for text in texts], ids=str
)
def test_what_gives_a_patient_away_is_named(what, text):
    sentence = sign_of_identity(text, on=ON)
    assert sentence is not None
    assert sentence.endswith(f"looks like {what}. A patient is known here by a code alone, so leave it out.")


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_words_of_the_trade_pass(text):
    assert sign_of_identity(text, on=ON) is None


@pytest.mark.parametrize("lot", LOTS)
def test_lots_are_no_dates_and_no_telephones(lot):
    assert sign_of_identity(lot, on=ON, field="cartridge_lot") is None


@pytest.mark.parametrize("text", ["850412-14-5678", "Siti Aminah", "+60 12-345 6789"])
def test_a_package_carries_no_person_either(text):
    assert sign_of_identity(text, on=ON, field="cartridge_lot") is not None


@pytest.mark.parametrize("code, what", [("LIM-12", "name"), ("ALI-7", "name"), ("P-1985", "year of birth")])
def test_a_code_is_neither_a_name_nor_a_year(code, what):
    assert f"looks like a {what}" in sign_in_code(code)


@pytest.mark.parametrize("code", ["P-014", "MN-3", "AB1234", "KL-0007"])
def test_a_code_of_their_own_passes(code):
    assert sign_in_code(code) is None


@pytest.mark.parametrize("text", ["", "\x00", "9" * 2000, "A " * 1000, "Aa " * 700, "+" * 2000, "0" * 2000])
def test_odd_input_is_answered_at_once(text):
    sign_of_identity(text, on=ON)
