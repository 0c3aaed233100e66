"""Learners at the points of the road where tests of study and certification begin."""

from datetime import UTC, datetime

from enrollment import practice, study
from enrollment.models import Enrollment
from tests.factories import (
    EnrollmentFactory,
    IntakeFactory,
    LogbookEntryFactory,
    ModuleFactory,
    QuestionFactory,
    StaffFactory,
    TopicFactory,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


CONFIRMED = practice.Confirmation("password")


def assessor():
    return StaffFactory(full_name="Arun Chai", rights=["countersign_logbookentry"])


def registrar():
    return StaffFactory(full_name="Grace Lim", rights=["issue_certificate", "revoke_certificate"])


def enrolled(*, topics: int = 2, questions: int = 2, cases: int = 0, **intake) -> Enrollment:
    """Somebody on a course with one module of so many topics and questions."""
    intake = IntakeFactory(**intake)
    intake.course.supervised_cases_required = cases
    intake.course.save()
    module = ModuleFactory(course=intake.course, number=1)
    for _number in range(topics):
        TopicFactory(module=module)
    for _number in range(questions):
        QuestionFactory(module=module)
    return EnrollmentFactory(
        application__intake=intake,
        application__legal_name="Nurul Aisyah binti Rahman",
    )


def module_of(enrollment: Enrollment):
    return enrollment.course.modules.get()


def read_everything(enrollment: Enrollment) -> None:
    for topic in module_of(enrollment).topics.all():
        study.record_progress(enrollment=enrollment, topic=topic, by=enrollment.learner, at=AT)


def right_answers(attempt) -> dict[str, list[int]]:
    return {str(question["id"]): question["right"] for question in attempt.questions}


def pass_questions(enrollment: Enrollment):
    learner = enrollment.learner
    attempt = study.start_attempt(enrollment=enrollment, module=module_of(enrollment), by=learner, at=AT)
    return study.grade_attempt(attempt=attempt, answers=right_answers(attempt), by=learner, at=AT)


def countersigned_case(enrollment: Enrollment, by=None, **fields):
    entry = LogbookEntryFactory(enrollment=enrollment, **fields)
    practice.submit_entry(entry=entry, by=enrollment.learner, at=AT)
    return practice.countersign(entry=entry, by=by or assessor(), confirmed=CONFIRMED, at=AT)


def finished(*, cases: int = 1, **intake) -> Enrollment:
    """Somebody who has done all that the course asks for."""
    enrollment = enrolled(cases=cases, **intake)
    read_everything(enrollment)
    pass_questions(enrollment)
    for _number in range(cases):
        countersigned_case(enrollment)
    return enrollment
