"""The bank of a module as a file: written and read again, looked at before it is taken over, refused line by line."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from courses import question_bank as bank
from courses.models import Question
from tests.factories import ModuleFactory, QuestionFactory, SourceFactory, StaffFactory

pytestmark = pytest.mark.django_db
HEAD = "key,question,right,wrong,source"
PAGE = "/admin/courses/question/import/"
NEW = "depth,How deep?,0.5 mm,1 mm | 2 mm,CHO"


@pytest.fixture
def module():
    SourceFactory(key="CHO")
    return ModuleFactory()


@pytest.fixture
def office(client):
    rights = ["view_question", "add_question", "change_question"]
    client.force_login(StaffFactory(rights=rights))
    return client


def planned(module, *lines, head=HEAD):
    return bank.compare(module, bank.read("\n".join([head, *lines]).encode()))


def take(module, *lines, head=HEAD):
    rows = bank.read("\n".join([head, *lines]).encode())
    return bank.take_over(module=module, rows=rows, fingerprint=bank.compare(module, rows).fingerprint)


def acts(plan):
    return [(line.number, line.act) for line in plan.lines]


def faults(plan):
    return [fault for line in plan.lines for fault in line.faults]


def stored(question):
    return {
        "stem": question.stem,
        "kind": question.kind,
        "options": sorted(question.options.values_list("text", "is_correct")),
        "source": question.source.key,
        "critical": question.is_critical,
    }


# There and back


def test_bank_written_and_read_again_changes_nothing(module):
    QuestionFactory(module=module, stem="=1+1, is it not?\nSay why.", explanation='With, comma; "quotes".')
    QuestionFactory(
        module=module, kind="multiple", options=[("A", True), ("B", True), ("C", False)], is_critical=True
    )
    plan = bank.compare(module, bank.read(bank.written(module).encode()))
    assert acts(plan) == [(2, "same"), (3, "same")]
    assert not plan.can_be_taken


@pytest.mark.parametrize("parted_by", [",", ";", "\t"])
def test_file_of_any_spreadsheet_is_read(module, parted_by):
    lines = [HEAD.replace(",", parted_by), NEW.replace(",", parted_by)]
    content = b"\xef\xbb\xbf" + "\r\n".join(lines).encode()
    assert bank.read(content) == [
        {"key": "depth", "question": "How deep?", "right": "0.5 mm", "wrong": "1 mm | 2 mm", "source": "CHO"}
    ]


def test_new_question_is_added_at_the_end(module):
    first = QuestionFactory(module=module, position=7)
    ((question, is_new),) = take(module, NEW)
    assert is_new
    assert stored(question) == {
        "stem": "How deep?",
        "kind": "single",
        "options": [("0.5 mm", True), ("1 mm", False), ("2 mm", False)],
        "source": "CHO",
        "critical": False,
    }
    assert list(module.questions.order_by("position")) == [first, question]


def test_same_key_changes_and_a_missing_column_stays(module):
    question = QuestionFactory(module=module, key="depth", is_critical=True, explanation="Because.")
    kept = set(question.options.filter(text="Right").values_list("pk", flat=True))
    head = "key,question,right,wrong,source"
    line = f"depth,Anew?,Right | Also right,Wrong,{question.source.key}"
    (changed,) = planned(module, line, head=head).lines
    assert [name for name, _before, _after in changed.changes] == ["question", "kind", "right", "wrong"]
    take(module, line, head=head)
    question.refresh_from_db()
    assert stored(question) == {
        "stem": "Anew?",
        "kind": "multiple",
        "options": [("Also right", True), ("Right", True), ("Wrong", False)],
        "source": question.source.key,
        "critical": True,
    }
    assert question.explanation == "Because."
    assert kept < set(question.options.values_list("pk", flat=True))


def test_question_that_the_file_does_not_name_stays(module):
    other = QuestionFactory(module=module)
    plan = planned(module, NEW)
    assert plan.untouched == 1
    take(module, NEW)
    assert Question.objects.filter(pk=other.pk).exists()


def test_right_answers_do_not_come_first_by_rule(module):
    lines = [f"q{number},Which?,Right,Wrong | Worse | Worst,CHO" for number in range(12)]
    take(module, *lines)
    firsts = {question.options.first().is_correct for question in module.questions.all()}
    assert firsts == {True, False}


# Faults


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "columns are missing: key, question, right, wrong, source"),
        (b"key,question\na,b", "columns are missing: right, wrong, source"),
        (HEAD.encode() + b",colour\n", "not known: colour"),
        (HEAD.encode() + b",key\n" + NEW.encode(), "stands twice"),
        (HEAD.encode(), "has no questions"),
        (HEAD.encode() + b"\n,,,,\n", "has no questions"),
        ("é".encode("latin-1"), "not UTF-8"),
        (HEAD.encode() + b"\n\0", "not a text"),
        (HEAD.encode() + b'\n"unclosed', "not a table"),
        (b"x" * 500_001, "too large"),
        ((HEAD + "\nk,q,r,w,s" * 501).encode(), "more than 500"),
    ],
)
def test_file_that_is_no_bank_is_refused_whole(content, words):
    with pytest.raises(bank.UnreadableFile, match=words):
        bank.read(content)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (",Which?,A,B,CHO", "has no key"),
        ("two words,Which?,A,B,CHO", "may hold letters"),
        ("k,,A,B,CHO", "has no question"),
        ("k,Which?,,B,CHO", "has no right answer"),
        ("k,Which?,A,,CHO", "has no wrong answer"),
        ("k,Which?,A,A,CHO", "read the same"),
        ("k,Which?,A,B,NOWHERE", "no source “NOWHERE”"),
        (f"k,Which?,A,{'x' * 301},CHO", "longer than 300"),
        (f"k,{'x' * 4001},A,B,CHO", "longer than 4000"),
        ("k,Which?", "has no right answer"),
    ],
)
def test_faulty_line_is_named(module, line, words):
    plan = planned(module, NEW, line)
    assert acts(plan) == [(2, "new"), (3, "fault")]
    assert any(words in fault for fault in faults(plan))
    assert not plan.can_be_taken


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("single,yes,", "“single” and has several"),
        ("open,yes,", "“single” or “multiple”"),
        (",perhaps,", "“yes” or “no” under “critical”"),
        (",yes,31/03/2026", "as 2026-03-31"),
    ],
)
def test_word_that_is_no_answer_is_named(module, more, words):
    plan = planned(module, f"k,Which?,A | B,C,CHO,{more}", head=f"{HEAD},kind,critical,reviewed on")
    assert [words in fault for fault in faults(plan)] == [True]


def test_key_on_two_lines_is_a_fault_of_both(module):
    assert acts(planned(module, NEW, NEW)) == [(2, "fault"), (3, "fault")]


def test_nothing_is_taken_over_while_a_line_has_a_fault(module):
    with pytest.raises(bank.ImportRefused, match="has a fault"):
        take(module, NEW, "k,,A,B,CHO")
    assert not module.questions.exists()


def test_bank_that_changed_in_the_meantime_is_looked_at_again(module):
    rows = bank.read(f"{HEAD}\n{NEW}".encode())
    fingerprint = bank.compare(module, rows).fingerprint
    QuestionFactory(module=module)
    with pytest.raises(bank.ImportRefused, match="in the meantime"):
        bank.take_over(module=module, rows=rows, fingerprint=fingerprint)


# In the office


def upload(office, module, *lines):
    file = SimpleUploadedFile("bank.csv", "\n".join([HEAD, *lines]).encode())
    return office.post(PAGE, {"module": module.pk, "file": file})


def confirm(response):
    plan = response.context["plan"]
    return {
        "module": response.context["module"].pk,
        "content": response.context["content"].replace("\n", "\r\n"),
        "fingerprint": plan.fingerprint,
    }


def test_file_is_looked_at_then_taken_over(office, module):
    looked = upload(office, module, NEW)
    assert "1 new, 0 changed, 0 as they are, 0 with a fault." in looked.content.decode()
    assert not module.questions.exists()
    taken = office.post(PAGE, confirm(looked))
    assert taken["Location"] == f"/admin/courses/question/?module={module.pk}"
    assert list(module.questions.values_list("key", flat=True)) == ["depth"]
    assert LogEntry.objects.get().object_repr == "How deep?"
    assert office.get(taken["Location"]).status_code == 200


def test_confirming_twice_looks_again(office, module):
    posted = confirm(upload(office, module, NEW))
    office.post(PAGE, posted)
    again = office.post(PAGE, posted)
    assert "changed in the meantime" in again.content.decode()
    assert module.questions.count() == 1


def test_faults_are_shown_by_line(office, module):
    page = upload(office, module, NEW, "k,,A,B,CHO").content.decode()
    assert "It has no question." in page
    assert "Take it over" not in page


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"module": "x"},
        {"fingerprint": "x"},
        {"fingerprint": "0" * 64, "module": "1", "content": "x"},
        {"fingerprint": "0" * 64, "module": "9" * 40, "content": "a,b\n1,2"},
    ],
)
def test_nonsense_is_answered_with_the_form(office, module, data):
    assert office.post(PAGE, data, follow=True).status_code == 200


def test_file_of_a_module_is_downloaded(office, module):
    QuestionFactory(module=module, key="depth")
    response = office.get("/admin/courses/question/bank.csv", {"module": module.pk})
    assert response.content.decode("utf-8-sig").splitlines()[0] == ",".join(bank.COLUMNS)
    assert office.get("/admin/courses/question/bank.csv", {"module": "x"}).status_code == 302


def test_import_needs_the_right_to_add_and_change(client, module):
    client.force_login(StaffFactory(rights=["view_question"]))
    assert client.get(PAGE).status_code == 403
    client.force_login(StaffFactory(rights=["view_enrollment"]))
    assert client.get("/admin/courses/question/bank.csv", {"module": module.pk}).status_code == 403
