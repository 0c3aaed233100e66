"""Who can be awarded, counted in the database: the same people of whom `completion` says that they owe nothing."""

from datetime import date, timedelta
from random import Random

import pytest

from enrollment import completion, readiness
from enrollment.models import Application, AwardWaiver, CompletionRule, Enrollment, LogbookEntry, Payment
from tests.factories import (
    CompetencyFactory,
    CourseFactory,
    EnrollmentFactory,
    IntakeFactory,
    ModuleFactory,
    ProcedureFactory,
    QuestionFactory,
    StaffFactory,
    TopicFactory,
    TrainingDayFactory,
    UserFactory,
)

from .learners import AT, enrolled, finished

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
QUESTIONS_ASKED = 4
LICENCES = [None, date(2026, 2, 27), date(2026, 3, 20), date(2027, 1, 1)]
CASE = {
    "performed_on": date(2026, 1, 7),
    "patient_code": "P",
    "procedure": "Microneedling",
    "area": "Cheeks",
    "phototype": "III",
    "device": "Pen",
    "cartridge_lot": "L",
    "depth_mm": "1.5",
    "passes": 3,
    "outcome": "Erythema.",
}


def ready(at=AT):
    return set(readiness.ready(Enrollment.objects.all(), at=at))


def owing_nothing(at=AT):
    studying = Enrollment.objects.filter(status="active")
    standings = completion.standings(studying, at=at)
    return {one for one in studying if all(asked.done for asked in standings[one.pk])}


# One fact after another


def day(enrollment, days, **fields):
    starts = AT + days * DAY
    return TrainingDayFactory(intake=enrollment.intake, starts_at=starts, ends_at=starts + DAY / 3, **fields)


def licensed_until(enrollment, last_day):
    Application.objects.filter(pk=enrollment.application_id).update(license_valid_until=last_day)


def unread(enrollment):
    TopicFactory(module=enrollment.course.modules.get())
    return "reading"


def unpassed(enrollment):
    module = ModuleFactory(course=enrollment.course, number=2)
    QuestionFactory(module=module)
    return f"questions-{module.pk}"


def more_cases(enrollment):
    type(enrollment.course).objects.filter(pk=enrollment.course.pk).update(supervised_cases_required=2)
    return "cases"


def quota(enrollment):
    asked = CompletionRule.objects.create(
        course=enrollment.course,
        kind="quota",
        least=1,
        role="supervised",
        procedure=ProcedureFactory(),
        phototypes="V,VI",
    )
    return f"quota-{asked.pk}"


def absent(enrollment):
    day(enrollment, -3, kind="theory")
    return "attendance"


def unpaid(enrollment):
    Application.objects.filter(pk=enrollment.application_id).update(offer_fee_minor=100, offer_currency="MYR")
    return "fees"


def unlicensed_to_come(enrollment):
    CompletionRule.objects.create(kind="attendance", least=1, is_asked=False)
    day(enrollment, 9, kind="practice")
    licensed_until(enrollment, date(2026, 3, 5))
    return "license-20260305"


def unlicensed_there(enrollment):
    was = day(enrollment, -3, kind="practice")
    enrollment.attendance.create(training_day=was, is_present=True, marked_by=UserFactory(), marked_at=AT)
    licensed_until(enrollment, date(2026, 2, 20))
    return "license-20260220"


@pytest.mark.parametrize(
    "owe",
    [unread, unpassed, more_cases, quota, absent, unpaid, unlicensed_to_come, unlicensed_there],
)
def test_whoever_owes_one_thing_is_not_ready_until_it_is_waived(owe):
    enrollment = finished()
    assert ready() == {enrollment}
    key = owe(enrollment)
    assert ready() == owing_nothing() == set()
    AwardWaiver.objects.create(
        enrollment=enrollment, key=key, says="It", reason="Seen.", by=StaffFactory(), at=AT
    )
    assert ready() == owing_nothing() == {enrollment}


@pytest.mark.parametrize(
    ("judged", "is_ready"), [("", False), ("met", True), ("not_met met", True), ("met not_met", False)]
)
def test_newest_judgement_of_a_critical_skill_counts_and_nobody_waives_it(judged, is_ready):
    enrollment = finished()
    skill = CompetencyFactory(course=enrollment.course, is_critical=True)
    for hour, result in enumerate(judged.split()):
        enrollment.competency_checks.create(
            competency=skill, result=result, assessor=UserFactory(), checked_at=AT + hour * DAY / 24
        )
    AwardWaiver.objects.create(
        enrollment=enrollment, key=f"skill-{skill.pk}", says="It", reason="No.", by=StaffFactory(), at=AT
    )
    assert ready() == owing_nothing() == ({enrollment} if is_ready else set())


def test_course_without_content_awards_nobody_and_neither_is_who_left_ready():
    EnrollmentFactory()
    Enrollment.objects.filter(pk=finished().pk).update(status="withdrawn")
    assert ready() == owing_nothing() == set()


@pytest.mark.parametrize("number", [1, 3])
def test_question_costs_the_same_for_one_and_for_three(django_assert_num_queries, number):
    for _each in range(number):
        finished()
    with django_assert_num_queries(QUESTIONS_ASKED):
        assert readiness.ready(Enrollment.objects.all(), at=AT).count() == number


# Many at once


def world(chance: Random) -> None:
    """Three courses with rules of their own, and learners who have done nearly all, each in another way."""
    CompletionRule.objects.create(kind="reading", least=chance.choice([30, 60, 100]))
    for number in range(3):
        first = enrolled(topics=3, questions=1, cases=number)
        course, intakes = first.course, [first.intake, IntakeFactory(course=first.course)]
        CompetencyFactory(course=course, is_critical=chance.random() < 0.7)
        CompletionRule.objects.create(course=course, kind="attendance", least=chance.choice([50, 100]))
        CompletionRule.objects.create(course=course, kind="fees", is_asked=chance.random() < 0.7)
        CompletionRule.objects.create(course=course, kind="quota", least=1, role="observed")
        for intake in intakes:
            for days in (-9, -2, 4)[: chance.randrange(4)]:
                starts = AT + days * DAY
                TrainingDayFactory(intake=intake, starts_at=starts, ends_at=starts + DAY / 3)
        for _learner in range(12):
            done = Doings(EnrollmentFactory(application__intake=chance.choice(intakes)), chance)
            for act in (done.pay, done.study, done.practise, done.attend, done.be_excused):
                act()


class Doings:
    """What one learner has done, most of it."""

    def __init__(self, enrollment: Enrollment, chance: Random):
        self.enrollment, self.chance, self.by = enrollment, chance, StaffFactory()

    def mostly(self) -> bool:
        return self.chance.random() < 0.93

    def pay(self) -> None:
        Application.objects.filter(pk=self.enrollment.application_id).update(
            offer_fee_minor=self.chance.choice([None, 0, 100]),
            license_valid_until=self.chance.choice(LICENCES),
        )
        for part in (60, 40) if self.mostly() else (60,):
            Payment.objects.create(
                application=self.enrollment.application,
                amount_minor=part,
                currency="MYR",
                received_on=AT.date(),
                method="transfer",
                recorded_by=self.by,
                recorded_at=AT,
            )

    def study(self) -> None:
        module = self.enrollment.course.modules.get()
        for topic in module.topics.all():
            if self.mostly():
                self.enrollment.progress.create(topic=topic, read_at=AT)
        self.enrollment.attempts.create(
            module=module,
            number=1,
            questions=[],
            pass_mark=80,
            started_at=AT,
            submitted_at=AT,
            is_passed=self.mostly(),
        )

    def practise(self) -> None:
        for role in ["observed", "supervised", "supervised"]:
            LogbookEntry.objects.create(
                enrollment=self.enrollment,
                role=role,
                status="countersigned" if self.mostly() else "awaiting",
                assessor=self.by,
                submitted_at=AT,
                countersigned_at=AT,
                **CASE,
            )
        for skill in self.enrollment.course.competencies.all():
            for hour in range(2):
                self.enrollment.competency_checks.create(
                    competency=skill,
                    result="met" if self.mostly() else "not_met",
                    assessor=self.by,
                    checked_at=AT + hour * DAY / 24,
                )

    def attend(self) -> None:
        for one in self.enrollment.intake.training_days.all():
            self.enrollment.attendance.create(
                training_day=one, is_present=self.mostly(), marked_by=self.by, marked_at=AT
            )

    def be_excused(self) -> None:
        for key in ("reading", "fees", "attendance", "license-20260227"):
            if self.chance.random() < 0.2:
                self.enrollment.award_waivers.create(key=key, says="It", reason="Seen.", by=self.by, at=AT)


@pytest.mark.parametrize("seed", range(4))
def test_the_database_and_the_rules_in_words_name_the_same_people(seed):
    world(Random(seed))
    CourseFactory()
    named = owing_nothing()
    assert ready() == named
    assert 0 < len(named) < Enrollment.objects.count()
