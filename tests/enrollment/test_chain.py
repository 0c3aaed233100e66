"""The logbook's chain: what is signed stays, and whoever changes it behind the site's back is noticed."""

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from enrollment import chain, guards, practice
from enrollment.models import ChainHead, Event, Letter, LogbookEntry, Signature
from enrollment.workflow import MoveRefused
from iiwam.accounts import own_data
from tests.factories import LogbookEntryFactory, UserFactory

from .learners import AT, CONFIRMED, assessor, countersigned_case, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment():
    return enrolled()


@pytest.fixture
def three(enrollment):
    return [countersigned_case(enrollment) for _number in range(3)]


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def behind_the_guards(statement, *values):
    """What somebody does who has the database to themselves."""
    guards.lift("default")
    sql(statement, *values)
    guards.set_up("default")


def faults(**noted):
    return list(chain.faults(**noted))


# What is signed


def test_signatures_count_on_and_each_holds_the_one_before(three):
    links = list(Signature.objects.order_by("number"))
    assert [(link.number, link.entry, link.method) for link in links] == [
        (number, entry, "password") for number, entry in enumerate(three, start=1)
    ]
    assert [link.previous for link in links] == [chain.BEGINNING, links[0].digest, links[1].digest]
    assert faults() == []


def test_bytes_are_those_of_the_document():
    facts = {"b": 1, "a": "Ärmel", "c": None}
    assert chain.canonical(facts) == '{"a":"Ärmel","b":1,"c":null}'.encode()
    assert chain.words("00", "Even.") == hashlib.sha256(b"00:Even.").hexdigest()


def test_content_does_not_depend_on_how_a_number_was_given(enrollment):
    entry = LogbookEntryFactory(enrollment=enrollment, depth_mm="1.5")
    given = chain.content_of(entry, "00")
    entry.refresh_from_db()
    assert chain.content_of(entry, "00") == given


# What the database refuses


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE enrollment_logbookentry SET area = 'Chin' WHERE id = %s",
        "UPDATE enrollment_logbookentry SET status = 'draft' WHERE id = %s",
        "UPDATE enrollment_logbookentry SET outcome = 'Better.' WHERE id = %s",
        "UPDATE enrollment_logbookentry SET outcome = '[erased]', reflection = '', passes = 1 WHERE id = %s",
        "DELETE FROM enrollment_logbookentry WHERE id = %s",
        "UPDATE enrollment_signature SET digest = 'x' WHERE entry_id = %s",
        "UPDATE enrollment_signature SET salt = 'x' WHERE entry_id = %s",
        "DELETE FROM enrollment_signature WHERE entry_id = %s",
    ],
)
def test_database_changes_nothing_that_is_signed(three, statement):
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        sql(statement, three[1].pk)
    assert faults() == []


def test_database_changes_what_is_not_signed(enrollment):
    entry = LogbookEntryFactory(enrollment=enrollment)
    sql("UPDATE enrollment_logbookentry SET area = 'Chin' WHERE id = %s", entry.pk)
    sql("DELETE FROM enrollment_logbookentry WHERE id = %s", entry.pk)
    assert not LogbookEntry.objects.exists()


def test_erasure_takes_words_and_salt_and_leaves_the_chain(enrollment, three):
    learner = enrollment.learner
    enrollment.status = "withdrawn"
    enrollment.save()
    enrollment.application.status = "withdrawn"
    enrollment.application.save()
    own_data.erase(person=learner, by=learner)
    assert set(LogbookEntry.objects.values_list("outcome", "reflection")) == {("[erased]", "")}
    assert set(Signature.objects.values_list("salt", flat=True)) == {""}
    assert faults() == []


# What is noticed all the same


def test_changed_entry_is_found(three):
    behind_the_guards("UPDATE enrollment_logbookentry SET area = 'Chin' WHERE id = %s", three[1].pk)
    assert faults() == [f"Entry {three[1].pk} was changed after link 2 was signed."]


def test_entry_whose_words_were_replaced_by_the_mark_of_erasure_is_found(three):
    change = "UPDATE enrollment_logbookentry SET outcome = '[erased]', reflection = '' WHERE id = %s"
    sql(change, three[0].pk)
    assert faults() == [f"Entry {three[0].pk} was changed after link 1 was signed."]


def test_another_assessor_is_found(three):
    change = "UPDATE enrollment_logbookentry SET assessor_id = %s WHERE id = %s"
    behind_the_guards(change, UserFactory().pk, three[2].pk)
    assert faults() == [f"Entry {three[2].pk} no longer says who countersigned it and when, as link 3 does."]


def test_changed_link_is_found(three):
    behind_the_guards("UPDATE enrollment_signature SET method = 'passkey' WHERE number = 2")
    assert faults() == [
        "Link 2 was changed: its digest is another.",
        "The passkey of link 2 did not sign this entry.",
    ]


def test_link_changed_with_its_digest_breaks_the_one_behind_it(three):
    link = Signature.objects.get(number=2)
    link.signed_at += timedelta(days=1)
    change = "UPDATE enrollment_signature SET signed_at = %s, digest = %s WHERE number = 2"
    behind_the_guards(change, link.signed_at, chain.link_of(link))
    assert "Link 3 does not follow the one before it." in faults()


def test_exchanged_links_are_found(three):
    for old, new in ((1, 9), (2, 1), (9, 2)):
        behind_the_guards("UPDATE enrollment_signature SET number = %s WHERE number = %s", new, old)
    assert {
        "Link 1 does not follow the one before it.",
        "Link 1 was changed: its digest is another.",
        "Link 2 was changed: its digest is another.",
    } <= set(faults())


def test_link_missing_in_the_middle_is_found(three):
    behind_the_guards("DELETE FROM enrollment_signature WHERE number = 2")
    assert faults()[0] == "Link 2 is missing: the next one is 3."


def test_links_cut_off_at_the_end_are_found(three):
    behind_the_guards("DELETE FROM enrollment_signature WHERE number >= 2")
    assert faults() == [
        "The chain ends at link 1, and should end at link 3: the last ones were cut off or added.",
        f"Entry {three[1].pk} is countersigned, and no link stands for it.",
        f"Entry {three[2].pk} is countersigned, and no link stands for it.",
    ]


def test_end_cut_off_with_everything_that_counts_it_is_found_by_history_and_by_a_noted_link(three):
    last = Signature.objects.get(number=3)
    second = Signature.objects.get(number=2)
    behind_the_guards("DELETE FROM enrollment_signature WHERE number = 3")
    behind_the_guards("UPDATE enrollment_logbookentry SET status = 'draft' WHERE id = %s", three[2].pk)
    ChainHead.objects.update(count=2, digest=second.digest)
    assert faults(heads={3: last.digest[:12], 2: second.digest}) == [
        f"The history of entry {three[2].pk} tells of a signature, and no link stands for it.",
        f"Link 3 is not {last.digest[:12]}, as it was noted elsewhere.",
    ]


def test_lost_end_is_found(three):
    ChainHead.objects.all().delete()
    assert faults() == [
        "The chain ends at link 3, and should end at link 0: the last ones were cut off or added."
    ]


# The command


def run(**options):
    out, err = StringIO(), StringIO()
    call_command("verify_logbook", stdout=out, stderr=err, **options)
    return out.getvalue()


def test_command_says_where_the_chain_ends(three):
    last = Signature.objects.get(number=3)
    assert run() == f"The logbook is as it was signed. It ends at link 3: {last.digest}\n"
    assert run(noted=[f"3:{last.digest[:8].upper()}"]).startswith("The logbook is as it was signed.")


def test_command_of_an_empty_logbook():
    assert run() == "The logbook is as it was signed. Nothing is signed yet.\n"


@pytest.mark.parametrize("noted", ["3:deadbeef00", "9:deadbeef00", "nonsense", "3:ab", ":", "٣:deadbeef"])
def test_command_fails_with_what_does_not_hold(three, noted):
    with pytest.raises(CommandError):
        run(noted=[noted])


# Counter-entries


def take_back(entry, **given):
    given = {"by": assessor(), "note": "Another case was meant.", "confirmed": CONFIRMED, "at": AT} | given
    return practice.counter(entry=entry, **given)


def test_counter_entry_follows_and_neither_counts(enrollment):
    entry = countersigned_case(enrollment)
    assert enrollment.logbook.counting().count() == 1
    answer = take_back(entry)
    assert (answer.counters, answer.status, answer.procedure) == (entry, "countersigned", entry.procedure)
    assert enrollment.logbook.counting().count() == 0
    assert [link.entry for link in Signature.objects.order_by("number")] == [entry, answer]
    assert [(event.move, event.note) for event in answer.history.all()] == [
        ("log", ""),
        ("counter", "Another case was meant."),
    ]
    letter = Letter.objects.get(name="entry-countered")
    assert "Another case was meant." in letter.body_text
    assert faults() == []


def test_case_is_logged_anew_after_a_counter_entry(enrollment):
    entry = countersigned_case(enrollment, patient_code="P-014")
    take_back(entry)
    countersigned_case(enrollment, patient_code="P-014")
    assert enrollment.logbook.counting().count() == 1
    assert faults() == []


def test_counter_entry_needs_a_signed_standing_entry_and_a_reason(enrollment):
    entry = countersigned_case(enrollment)
    with pytest.raises(MoveRefused, match="Give a reason"):
        take_back(entry, note=" ")
    with pytest.raises(MoveRefused, match="looks like a name"):
        take_back(entry, note="It was Siti Aminah, not the other.")
    with pytest.raises(MoveRefused, match="Only an assessor"):
        take_back(entry, by=enrollment.learner)
    answer = take_back(entry)
    entry.refresh_from_db()
    with pytest.raises(MoveRefused, match="follows this entry already"):
        take_back(entry)
    with pytest.raises(MoveRefused, match="itself a counter-entry"):
        take_back(answer)
    with pytest.raises(MoveRefused, match="Only a signed entry"):
        take_back(LogbookEntryFactory(enrollment=enrollment, status="awaiting"))
    assert Signature.objects.count() == 2
    assert Event.objects.filter(move="counter").count() == 1


def test_letter_carries_the_fingerprint_away(enrollment):
    countersigned_case(enrollment)
    link = Signature.objects.get()
    letter = Letter.objects.get(name="entry-countersigned")
    assert link.digest in letter.body_text
    assert "signature number 1" in letter.body_text
