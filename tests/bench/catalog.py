"""A catalog of any size, made up from a fixed seed: the same on every machine, for measuring."""

import random
from datetime import UTC, date, datetime, timedelta

from courses.models import Course, CourseAudience, Intake, Module, Procedure, Profession, Subject, Topic
from courses.search import rebuild

PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)
COMMON = """skin needle laser peel scar acne melasma toxin filler thread device protocol consent infection pigment
    collagen epidermis dermis barrier anaesthesia aftercare erythema wound healing evidence""".split()  # noqa: SIM905
FIRST = "der kel fib mel epi lip pil vas neu sto cor ker ana cut tox gly sal hya ret bio".split()  # noqa: SIM905
MIDDLE = "ma lo ro ti na ri do ge la mo si ta".split()  # noqa: SIM905
LAST = "tis ose gen cyte blast phil derm lase ine ate oma ide al ic tion".split()  # noqa: SIM905
RARE = [first + one + two + last for first in FIRST for one in MIDDLE for two in ("", "ra") for last in LAST]
AWARDS = ["", "Certificate", "Certificate with distinction", "Diploma", "Advanced diploma", "Statement"]


class Writer:
    """Writes texts in which a few words are everywhere and most are rare, as in honest texts."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def words(self, number: int) -> str:
        pick = self.random
        return " ".join(
            pick.choice(COMMON) if pick.random() < 0.4 else RARE[int(len(RARE) * pick.random() ** 2)]
            for _ in range(number)
        )

    def title(self) -> str:
        return self.words(3).capitalize()


def fill(*, courses: int = 10_000, modules: int = 6, topics: int = 1, words: int = 60, seed: int = 7) -> None:
    """The database holds this many more published courses with modules, topics and intakes, and finds them."""
    writer, begun = Writer(seed), Course.objects.count()
    made = [course(writer, begun + number) for number in range(courses)]
    Course.objects.bulk_create(made, batch_size=500)
    tie(writer, made)
    for start in range(0, len(made), 500):
        write_modules(writer, made[start : start + 500], modules, topics, words)
    rebuild()


def course(writer: Writer, number: int) -> Course:
    pick = writer.random
    return Course(
        slug=f"bench-{number}",
        code=f"B{number}",
        title=f"{writer.title()} {number}",
        summary=writer.words(18).capitalize(),
        description_html=f"<p>{writer.words(120)}</p>",
        kind=pick.choice(Course.Kind.values),
        delivery=pick.choice(Course.Delivery.values),
        enrolment=pick.choice(Course.Enrolment.values),
        award=pick.choice(AWARDS),
        position=number,
        published_at=PUBLISHED,
    )


def tie(writer: Writer, courses: list[Course]) -> None:
    """Audiences, subjects, procedures and intakes."""
    pick = writer.random
    professions, subjects = rows(Profession, 6, name_plural="Profession"), rows(Subject, 8)
    procedures = rows(Procedure, 6)
    belongs, teaches = Course.subjects.through, Procedure.courses.through
    audiences, belonging, teaching, intakes = [], [], [], []
    for row in courses:
        audiences += [CourseAudience(course=row, profession=one) for one in pick.sample(professions, 2)]
        belonging += [belongs(course=row, subject=one) for one in pick.sample(subjects, 2)]
        teaching += [teaches(course=row, procedure=one) for one in pick.sample(procedures, pick.randrange(3))]
        intakes += [intake(pick, row, number) for number in range(2)]
    CourseAudience.objects.bulk_create(audiences, batch_size=1000)
    belongs.objects.bulk_create(belonging, batch_size=1000)
    teaches.objects.bulk_create(teaching, batch_size=1000)
    Intake.objects.bulk_create(intakes, batch_size=1000)


def rows(model, number: int, **names: str) -> list:
    """All rows of a small table, which has at least this many."""
    for n in range(model.objects.count(), number):
        words = {key: f"{name} {n}" for key, name in names.items()}
        model.objects.create(slug=f"bench-{n}", name=f"{model.__name__} {n}", **words)
    return list(model.objects.all())


def intake(pick: random.Random, course: Course, number: int) -> Intake:
    start = date(2099, 1, 1) + timedelta(days=pick.randrange(360))
    return Intake(
        course=course,
        code=f"{course.slug}-{number}",
        status=pick.choice(Intake.Status.values),
        starts_on=start,
        applications_close_at=datetime(2098, 12, 1, tzinfo=UTC),
        capacity=12,
        fee_minor=pick.randrange(1, 90) * 10_000,
        currency="MYR",
    )


def write_modules(writer: Writer, courses: list[Course], modules: int, topics: int, words: int) -> None:
    made = [
        Module(
            course=row,
            number=number,
            slug=f"module-{number}",
            title=writer.title(),
            summary=writer.words(20),
            kind=writer.random.choice(Module.Kind.values),
        )
        for row in courses
        for number in range(1, modules + 1)
    ]
    Module.objects.bulk_create(made, batch_size=1000)
    texts = [
        Topic(
            module=module,
            number=number,
            slug=f"topic-{number}",
            title=writer.title(),
            body_html=f"<p>{writer.words(words)}</p>",
        )
        for module in made
        for number in range(1, topics + 1)
    ]
    Topic.objects.bulk_create(texts, batch_size=1000)
