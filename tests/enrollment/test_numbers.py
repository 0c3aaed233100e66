"""Certificate numbers: every slip of a finger shows, every friendly spelling is understood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment import numbers
from enrollment.numbers import ALPHABET, mint, read

courses = st.text(alphabet=ALPHABET, min_size=1, max_size=12)
years = st.integers(2000, 2999)


def test_number_has_the_printed_form():
    assert [len(part) for part in mint("MN", 2026).split("-")] == [5, 2, 4, 4, 4, 4, 1]
    assert mint("MN", 2026).startswith("IIWAM-MN-2026-")


def test_number_carries_sixty_random_bits():
    assert len({mint("MN", 2026)[14:28] for _turn in range(500)}) == 500
    assert 32**12 == 2**60


def test_number_fits_its_column():
    assert len(mint("ABCDEFGHJKMNPQ", 2026)) == 40


def test_course_code_is_folded_into_the_alphabet():
    assert mint("bot-olui", 2026).startswith("IIWAM-B0T01V1-2026-")


def test_course_without_a_usable_code_still_gets_a_number():
    number = mint("--", 2026)
    assert number.startswith("IIWAM-X-2026-")
    assert read(number) == number


@given(courses, years)
def test_minted_number_reads_as_itself(course, year):
    number = mint(course, year)
    assert read(number) == number


@given(courses, years)
@settings(max_examples=25, deadline=None)
def test_every_single_wrong_character_is_caught(course, year):
    number = mint(course, year)
    for place, meant in enumerate(number):
        if meant == "-":
            continue
        for wrong in ALPHABET:
            if numbers.fold(wrong) != numbers.fold(meant):
                assert read(number[:place] + wrong + number[place + 1 :]) is None


@given(courses, years)
@settings(max_examples=25, deadline=None)
def test_every_swap_of_two_characters_is_caught(course, year):
    number = mint(course, year)
    places = [place for place, character in enumerate(number) if character != "-"]
    for one in places:
        for other in places:
            if numbers.fold(number[one]) != numbers.fold(number[other]):
                swapped = list(number)
                swapped[one], swapped[other] = swapped[other], swapped[one]
                assert read("".join(swapped)) is None


def test_weights_of_all_places_differ_and_none_is_zero():
    assert sorted(numbers.POWERS) == list(range(1, 32))


@given(courses, years)
def test_friendly_spellings_are_understood(course, year):
    number = mint(course, year)
    bare = number.replace("-", "")
    assert {
        read(spelling)
        for spelling in (
            number.lower(),
            number.replace("-", " "),
            number.replace("-", " – "),
            f"  {number}\n",
            bare,
            bare.lower(),
            number.replace("0", "O"),
            number.replace("0", "o").replace("1", "l"),
            number.replace("1", "I"),
            number.replace("V", "U"),
        )
    } == {number}


def test_prefix_may_be_left_out():
    number = mint("MN", 2026)
    assert read(number.removeprefix("IIWAM-")) == number


@given(st.text(max_size=300))
def test_anything_else_is_refused_without_an_error(text):
    assert read(text) is None or read(text) == read(read(text))


@pytest.mark.parametrize(
    "text", ["", "IIWAM", "-" * 50, "١٢٣٤", "IIWAM-MN-20A6-0000-0000-0000-0", "9" * 10_000]
)
def test_what_is_no_number_is_refused(text):
    assert read(text) is None
