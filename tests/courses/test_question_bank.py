"""The bank of questions: each of the 56 facts of the assessment has its question, with reason, source and key."""

from collections import Counter

import pytest

from courses.loading import check, read_catalog
from courses.models import Module, Question, Source

# In the order of the facts, one to fifty-six.
FACTS = {
    "skin-anatomy-and-physiology": """
        thickest-facial-dermis thinnest-facial-dermis thickest-facial-epidermis seat-of-melanocytes
        layer-of-palms-and-soles coarse-collagen epidermal-turnover collagen-swap switch-to-proliferation
        dermis-of-men-and-women
    """,
    "devices-and-techniques": """
        fda-class us-rule use-outside-the-class minimum-age standard-roller-needles needle-diameter
        roller-c-8-length wound-shape rf-heat cross-contamination-control
    """,
    "pre-and-post-procedure-protocols": """
        end-point-needling end-point-radiofrequency depth-for-scars passes-for-scars anaesthesia-to-3-mm
        emla-dose methaemoglobinaemia-risk phototype-iv isotretinoin-review level-4-ceiling orbital-rim
    """,
    "treatment-applications": """
        least-responsive-scar scar-review-size alopecia-gain alopecia-schedule melasma-best-effect
        melasma-role striae-colour ageing-schedule plasma-on-the-scalp
    """,
    "side-effects-and-complications": """
        persistent-serious-events length-of-expected-reactions risk-factors granuloma-product
        tram-track-count herpes-onset hiv-cluster radiofrequency-notice steroid-in-granuloma
    """,
    "minimising-risk": """
        finding-topical-allergy cdc-besides-infection-control safe-injection used-needles uk-standard
        who-in-malaysia minimally-invasive
    """,
}
SEVERAL = {"persistent-serious-events", "risk-factors", "radiofrequency-notice", "safe-injection"}


@pytest.fixture(scope="module")
def catalog(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        entries = read_catalog()
        check(entries)
    return entries


@pytest.fixture
def of(catalog):
    return lambda model: [entry.values for entry in catalog if entry.shape.model is model]


def test_each_fact_has_its_question(of):
    written = {module: [] for module in FACTS}
    for row in sorted(of(Question), key=lambda row: row["position"]):
        written[row["module"].split("/")[1]].append(row["key"])
    assert written == {module: keys.split() for module, keys in FACTS.items()}
    assert sum(len(keys) for keys in written.values()) == 56


def test_each_question_has_a_key_that_fits_its_kind_and_says_why(of):
    for row in of(Question):
        right = sum(is_right for _text, is_right in row["options"])
        assert (right > 1) == (row["kind"] == "multiple") == (row["key"] in SEVERAL), row["key"]
        assert len(row["options"]) - right >= 1 and len(row["options"]) >= 4, row["key"]
        assert row["explanation"] and row["source"], row["key"]


def test_questions_that_must_be_right_rest_on_a_strong_source(of):
    strength = {row["key"]: row["strength"] for row in of(Source)}
    critical = {row["key"]: strength[row["source"]] for row in of(Question) if row["is_critical"]}
    assert critical == {
        "use-outside-the-class": "official",
        "methaemoglobinaemia-risk": "official",
        "granuloma-product": "reviewed",
    }


def test_an_attempt_is_a_draw_from_a_larger_bank(of):
    usable = Counter(row["module"] for row in of(Question) if not row["is_contested"])
    for row in of(Module):
        name = f"{row['course']}/{row['slug']}"
        assert 0 < row["questions_per_attempt"] < usable[name], name
        assert (row["attempts_allowed"], row["cool_off_hours"]) == (3, 24)


def test_right_answers_stand_in_every_place(of):
    single = [row for row in of(Question) if row["kind"] == "single"]
    places = Counter([right for _text, right in row["options"]].index(True) for row in single)
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) < 25


def test_questions_with_a_weak_source_are_for_study_alone(of):
    strength = {row["key"]: row["strength"] for row in of(Source)}
    contested = {row["key"] for row in of(Question) if row["is_contested"]}
    assert contested == {"collagen-swap", "roller-c-8-length", "wound-shape", "orbital-rim", "used-needles"}
    assert {row["key"] for row in of(Question) if strength[row["source"]] == "weak"} <= contested
