"""How far a person is walked, and by which verbs. The clock is handed in, so a record can lie in the past."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO

from django.utils.text import slugify
from PIL import Image, ImageDraw

from courses.models import Profession, Topic
from enrollment import admissions, attendance, certification, payments, practice, reading, study
from enrollment.completeness import DECLARATIONS, evidence_slots
from enrollment.evidence import CheckedFile
from enrollment.models import Application, Enrollment, LogbookEntry, ReviewDuty

from . import people

DAY = timedelta(days=1)
SAMPLE = practice.Confirmation("sample")
FILLED = ("about", "profession", "license", "training", "course")


class Walker:
    """Walks people along the road; knows the staff, the dice and the password, and nothing of the database."""

    def __init__(self, *, staff: dict, chance: random.Random, password: str):
        self.staff, self.chance, self.password = staff, chance, password
        self.number = 0

    def begin(self, intake, at: datetime, *, sections=FILLED) -> Application:
        """The next person has a draft with these sections filled."""
        user = people.applicant(self.number, self.password)
        application = admissions.start_application(applicant=user, intake=intake, at=at)
        written = people.answers(self.number, self.chance, at.date())
        written["profession"]["profession"] = Profession.objects.get(slug=written["profession"]["profession"])
        for section in sections:
            application = admissions.save_section(
                application=application, by=user, section=section, values=written[section], at=at
            )
        self.number += 1
        return application

    @contextmanager
    def coming_back(self, learner) -> Iterator[None]:
        """Whoever walks here is this person, and afterwards the next one in line."""
        waiting, numbers = self.number, range(self.number)
        self.number = next(one for one in numbers if people.applicant_address(one) == learner.email)
        yield
        self.number = waiting

    def reviewers_of(self, intake) -> list:
        """Both reviewers have this intake, unless it is the full one, which only the first of them has."""
        names = ["reviewer"] if intake.code.endswith("-full") else ["reviewer", "second.reviewer"]
        for name in names:
            ReviewDuty.objects.get_or_create(reviewer=self.staff[name], intake=intake)
        return [self.staff[name] for name in names]

    def submit(self, intake, at: datetime) -> Application:
        self.reviewers_of(intake)
        application = self.begin(intake, at)
        for slot in evidence_slots(application):
            if slot.is_required:
                admissions.attach_document(
                    application=application,
                    by=application.applicant,
                    kind=slot.kind,
                    label=slot.label,
                    file=sample_scan(slot.label),
                )
        admissions.agree(application=application, by=application.applicant, declarations=DECLARATIONS, at=at)
        return admissions.submit_application(application=application, by=application.applicant, at=at)

    def review(self, intake, at: datetime) -> Application:
        application = self.submit(intake, at)
        chosen = self.staff[self.chance.choice(["reviewer", "second.reviewer"])]
        reviewer = chosen if chosen in self.reviewers_of(intake) else self.staff["reviewer"]
        return admissions.start_review(
            application=application, by=reviewer, note="Complete; the review begins.", at=at + DAY
        )

    def request(self, intake, at: datetime) -> Application:
        application = self.review(intake, at)
        document = application.documents.first()
        admissions.assess_document(
            document=document,
            by=application.reviewer,
            accepted=False,
            reason="The second page is missing.",
            at=at + 2 * DAY,
        )
        return admissions.request_information(
            application=application,
            by=application.reviewer,
            at=at + 2 * DAY,
            note=f"Please send “{document.label}” again with both pages.",
        )

    def consider(self, intake, at: datetime, recommendation: str) -> Application:
        application = self.review(intake, at)
        admissions.record_review(
            application=application,
            by=application.reviewer,
            recommendation=recommendation,
            note="Read with the documents beside it.",
        )
        return application

    def offer(self, intake, at: datetime) -> Application:
        application = self.review(intake, at)
        for document in application.documents.all():
            admissions.assess_document(
                document=document, by=application.reviewer, accepted=True, at=at + 2 * DAY
            )
        admissions.record_review(
            application=application,
            by=application.reviewer,
            recommendation="offer",
            note="Evidence is in order.",
        )
        return admissions.offer_place(
            application=application, by=application.reviewer, note="Evidence is in order.", at=at + 3 * DAY
        )

    def wait(self, intake, at: datetime) -> Application:
        application = self.consider(intake, at, "waitlist")
        return admissions.waitlist(
            application=application, by=application.reviewer, note="Every seat is taken.", at=at + 3 * DAY
        )

    def decline(self, intake, at: datetime) -> Application:
        application = self.consider(intake, at, "decline")
        return admissions.decline(
            application=application,
            by=application.reviewer,
            at=at + 3 * DAY,
            note="The practising certificate that we received belongs to another person.",
        )

    def withdraw(self, intake, at: datetime) -> Application:
        application = self.submit(intake, at)
        return admissions.withdraw(application=application, by=application.applicant, at=at + DAY)

    def enroll(self, intake, at: datetime) -> Enrollment:
        application = self.offer(intake, at)
        return admissions.accept_offer(application=application, by=application.applicant, at=at + 4 * DAY)

    def pay(self, enrollment: Enrollment, at: datetime) -> Enrollment:
        """The deposit came; a slip of the pen stands corrected before it."""
        registrar, application = self.staff["registrar"], enrollment.application
        account = payments.account(application)
        words = {
            "received_on": at.date(),
            "method": "transfer",
            "reference": f"SAMPLE-{self.chance.randint(10000, 99999)}",
        }
        slip = payments.record_payment(
            application=application, by=registrar, amount_minor=account.confirms_minor * 10, at=at, **words
        )
        payments.correct_payment(payment=slip, by=registrar, note="A zero too many.", at=at)
        payments.record_payment(
            application=application, by=registrar, amount_minor=account.confirms_minor, at=at, **words
        )
        return enrollment

    def sponsor(self, enrollment: Enrollment, at: datetime) -> Enrollment:
        payments.record_sponsor(
            application=enrollment.application,
            by=self.staff["registrar"],
            sponsor="Sample Clinic Group",
            note="Letter of undertaking received.",
            at=at,
        )
        return enrollment

    def leave(self, intake, at: datetime) -> Application:
        enrollment = self.enroll(intake, at)
        return admissions.leave(
            application=enrollment.application,
            by=enrollment.learner,
            at=at + 10 * DAY,
            note="A new post abroad leaves no time for the course.",
        )

    def study(self, intake, at: datetime, *, modules: int, cases: int, signed: int) -> Enrollment:
        """This many modules read and passed, this many cases logged, the first of them countersigned."""
        enrollment = self.enroll(intake, at)
        for module in intake.course.modules.all()[:modules]:
            self.pass_module(enrollment, module, at + 8 * DAY)
        for number in range(cases):
            self.log_case(enrollment, number, at + 8 * DAY, is_signed=number < signed)
        return enrollment

    def pass_module(self, enrollment: Enrollment, module, at: datetime) -> None:
        """Every topic read for as long as it takes; the questions passed, by some only when they try again."""
        learner, begun = enrollment.learner, at
        for topic in Topic.objects.filter(module=module).select_related("module"):
            reading.open_topic(enrollment=enrollment, topic=topic, by=learner, at=begun)
            begun += timedelta(minutes=topic.reading_minutes)
            reading.finish_topic(enrollment=enrollment, topic=topic, by=learner, is_reported=False, at=begun)
        if not study.deciding_questions().filter(module=module).exists():
            return
        if not self.answer(enrollment, module, begun, slips=0.15):
            self.answer(enrollment, module, begun + timedelta(hours=module.cool_off_hours + 1), slips=0)

    def answer(self, enrollment: Enrollment, module, at: datetime, *, slips: float) -> bool:
        """An attempt in which each question is missed with this chance; whether it passed."""
        learner = enrollment.learner
        attempt = study.start_attempt(
            enrollment=enrollment, module=module, by=learner, at=at, seed=self.chance.randrange(1_000_000)
        )
        given = {
            str(question["id"]): [] if self.chance.random() < slips else question["right"]
            for question in attempt.questions
        }
        done = at + timedelta(minutes=12)
        return study.grade_attempt(attempt=attempt, answers=given, by=learner, at=done).is_passed

    def log_case(self, enrollment: Enrollment, number: int, at: datetime, *, is_signed: bool) -> LogbookEntry:
        learner, area = enrollment.learner, self.chance.choice(["Cheeks", "Forehead", "Chin", "Temples"])
        entry = practice.log_practice(
            enrollment=enrollment,
            by=learner,
            at=at,
            performed_on=at.date(),
            patient_code=f"P-{number + 1:03}",
            procedure="Microneedling, atrophic acne scars",
            area=area,
            phototype=self.chance.choice(["III", "IV", "V"]),
            device="Motorised pen",
            cartridge_lot=f"SAMPLE-{self.chance.randint(100, 999)}",
            depth_mm=self.chance.choice(["0.50", "1.00", "1.50"]),
            passes=self.chance.randint(4, 6),
            anesthetic="Lidocaine 2.5 % / prilocaine 2.5 %, 60 minutes, removed before",
            role=LogbookEntry.Role.SUPERVISED,
            outcome="Uniform pinpoint bleeding, then even redness.",
            reflection="Stretching the skin kept the depth even.",
        )
        practice.submit_entry(entry=entry, by=learner, at=at)
        return (
            practice.countersign(entry=entry, by=self.staff["assessor"], confirmed=SAMPLE, at=at + DAY)
            if is_signed
            else entry
        )

    def finish(self, intake, at: datetime) -> Enrollment:
        """Everything that the award asks for is done, seen and paid."""
        needed = intake.course.supervised_cases_required
        enrollment = self.study(
            intake, at, modules=intake.course.modules.count(), cases=needed, signed=needed
        )
        self.show_skills(enrollment, at + 9 * DAY)
        self.attend(enrollment)
        return self.settle(enrollment, at + 10 * DAY)

    def attend(self, enrollment: Enrollment) -> None:
        """The learner was there on every training day, and the assessor ticked the list when it ended."""
        for day in enrollment.intake.training_days.all():
            attendance.mark_attendance(
                enrollment=enrollment,
                training_day=day,
                is_present=True,
                by=self.staff["assessor"],
                at=day.ends_at,
            )

    def show_skills(self, enrollment: Enrollment, at: datetime, *, most: int | None = None) -> None:
        """An assessor saw these skills, and each was met."""
        judged = {skill: ("met", "") for skill in enrollment.course.competencies.all()[:most]}
        practice.check_competencies(enrollment=enrollment, judged=judged, by=self.staff["assessor"], at=at)

    def settle(self, enrollment: Enrollment, at: datetime) -> Enrollment:
        """The whole fee came."""
        payments.record_payment(
            application=enrollment.application,
            by=self.staff["registrar"],
            amount_minor=payments.account(enrollment.application).due_minor,
            at=at,
            received_on=at.date(),
            method="transfer",
            reference=f"SAMPLE-{self.chance.randint(10000, 99999)}",
        )
        return enrollment

    def certify(self, intake, at: datetime, issued_at: datetime):
        enrollment = self.finish(intake, at)
        return certification.issue_certificate(
            enrollment=enrollment, by=self.staff["registrar"], at=issued_at
        )

    def revoke(self, intake, at: datetime, issued_at: datetime):
        certificate = self.certify(intake, at, issued_at)
        return certification.revoke(
            certificate=certificate,
            by=self.staff["registrar"],
            reason_class="issued_in_error",
            at=issued_at + 5 * DAY,
            note="Issued for the wrong person with the same name.",
        )


def sample_scan(label: str) -> CheckedFile:
    """A picture that says that it is a sample, in place of a real document."""
    picture = Image.new("RGB", (1240, 877), "#faf9fc")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 1200, 837), outline="#3c247f", width=4)
    draw.text((80, 90), "SAMPLE, NOT A REAL DOCUMENT", fill="#c83063", font_size=40)
    draw.text((80, 170), label, fill="#1c1536", font_size=52)
    content = BytesIO()
    picture.save(content, "PNG")
    return CheckedFile(f"{slugify(label)[:60]}.png", "image/png", content.getvalue())
