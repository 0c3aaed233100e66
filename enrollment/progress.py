"""How far a learner is: one picture per enrollment, drawn from a fixed number of questions to the database."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from courses.models import Module, Topic

from . import study
from .models import Attempt, Certificate, Enrollment, LogbookEntry, TopicProgress


class Step(NamedTuple):
    """The one thing to do next."""

    title: str
    hint: str
    url: str
    label: str


@dataclass
class ModuleProgress:
    """A module as this learner stands in it."""

    enrollment: Enrollment
    module: Module
    topics: list[Topic]
    read: set[int]
    has_questions: bool
    is_passed: bool
    is_under_way: bool

    @property
    def read_count(self) -> int:
        return sum(topic.pk in self.read for topic in self.topics)

    @property
    def next_topic(self) -> Topic | None:
        return next((topic for topic in self.topics if topic.pk not in self.read), None)

    @property
    def owes_questions(self) -> bool:
        return self.has_questions and not self.is_passed

    @property
    def is_done(self) -> bool:
        return not self.owes_questions and self.next_topic is None

    @property
    def steps_total(self) -> int:
        return len(self.topics) + self.has_questions

    @property
    def steps_done(self) -> int:
        return self.read_count + (self.has_questions and self.is_passed)

    @property
    def tag(self) -> tuple[str, str]:
        if self.is_done:
            return (_("Passed") if self.has_questions else _("Read")), "ok"
        if self.steps_done or self.is_under_way:
            return _("In progress"), "half"
        return _("Not started"), "none"

    @property
    def url(self) -> str:
        return reverse("enrollment:learn_module", args=[self.enrollment.pk, self.module.slug])

    @property
    def questions_url(self) -> str:
        return reverse("enrollment:questions", args=[self.enrollment.pk, self.module.slug])

    def topic_url(self, topic: Topic) -> str:
        return reverse("enrollment:learn_topic", args=[self.enrollment.pk, self.module.slug, topic.slug])


@dataclass
class Picture:
    """One enrollment: its modules, its logbook, its certificate."""

    enrollment: Enrollment
    modules: list[ModuleProgress]
    entries: Counter = field(default_factory=Counter)
    counted: int = 0
    certificate: Certificate | None = None

    @property
    def done(self) -> int:
        return sum(module.is_done for module in self.modules)

    @cached_property
    def current(self) -> ModuleProgress | None:
        return next((module for module in self.modules if not module.is_done), None)

    @property
    def part(self) -> float:
        """How much of the module under way is done, for the open arc of the ring; only when those before it are."""
        current = self.current
        if current is None or self.modules.index(current) != self.done:
            return 0
        return current.steps_done / current.steps_total

    @property
    def required(self) -> int:
        return self.enrollment.intake.course.supervised_cases_required

    @property
    def counting(self) -> int:
        return min(self.counted, self.required)

    @property
    def waiting(self) -> int:
        return self.entries[LogbookEntry.Status.AWAITING]

    @property
    def waiting_segments(self) -> int:
        return max(0, min(self.waiting, self.required - self.counting))

    @property
    def returned(self) -> int:
        return self.entries[LogbookEntry.Status.RETURNED]

    @property
    def next_step(self) -> Step | None:
        """In the order of study; nothing when it is the institute's turn."""
        if self.enrollment.status != Enrollment.Status.ACTIVE:
            return None
        if current := self.current:
            return step_in_module(current)
        if self.counting < self.required:
            return step_in_logbook(self)
        return None


def step_in_module(progress: ModuleProgress) -> Step:
    name = _("Module %(number)s, %(title)s") % {
        "number": progress.module.number,
        "title": progress.module.title,
    }
    if topic := progress.next_topic:
        label = _("Continue") if progress.read_count else _("Start reading")
        hint = _("Next: %(topic)s, %(minutes)s min.") % {
            "topic": topic.title,
            "minutes": topic.reading_minutes,
        }
        return Step(name, hint, progress.topic_url(topic), label)
    hint = _("All topics are read. Next: the questions of this module.")
    return Step(
        name,
        hint,
        progress.questions_url,
        _("Resume the questions") if progress.is_under_way else _("Go to the questions"),
    )


def step_in_logbook(picture: Picture) -> Step:
    hint = _("%(done)s of %(total)s supervised cases are countersigned.") % {
        "done": picture.counting,
        "total": picture.required,
    }
    url = reverse("enrollment:logbook", args=[picture.enrollment.pk])
    return Step(_("Supervised practice"), hint, url, _("Open the logbook"))


def pictures(enrollments: Iterable[Enrollment]) -> list[Picture]:
    """One picture per enrollment; the number of queries does not grow with them."""
    enrollments = list(enrollments)
    modules = modules_by_course({enrollment.intake.course_id for enrollment in enrollments})
    read, attempts = topics_read(enrollments), attempts_of(enrollments)
    with_questions = set(study.deciding_questions().values_list("module", flat=True))
    entries, counted = entries_of(enrollments)
    certificates = {one.enrollment_id: one for one in Certificate.objects.filter(enrollment__in=enrollments)}
    return [
        Picture(
            enrollment,
            [
                ModuleProgress(
                    enrollment=enrollment,
                    module=module,
                    topics=list(module.topics.all()),
                    read=read[enrollment.pk],
                    has_questions=module.pk in with_questions,
                    is_passed=(module.pk, "passed") in attempts[enrollment.pk],
                    is_under_way=(module.pk, "open") in attempts[enrollment.pk],
                )
                for module in modules[enrollment.intake.course_id]
            ],
            entries[enrollment.pk],
            counted[enrollment.pk],
            certificates.get(enrollment.pk),
        )
        for enrollment in enrollments
    ]


def picture_of(enrollment: Enrollment) -> Picture:
    return pictures([enrollment])[0]


def modules_by_course(courses: set[int]) -> dict[int, list[Module]]:
    """Modules with their topics, without the text of them."""
    modules = Module.objects.filter(course__in=courses).order_by("number").prefetch_related(light_topics())
    by_course = defaultdict(list)
    for module in modules:
        by_course[module.course_id].append(module)
    return by_course


def light_topics() -> Prefetch:
    return Prefetch("topics", Topic.objects.defer("body", "body_html").order_by("number"))


def topics_read(enrollments: list[Enrollment]) -> dict[int, set[int]]:
    read = defaultdict(set)
    rows = TopicProgress.objects.filter(enrollment__in=enrollments).values_list("enrollment", "topic")
    for enrollment, topic in rows:
        read[enrollment].add(topic)
    return read


def attempts_of(enrollments: list[Enrollment]) -> dict[int, set[tuple[int, str]]]:
    states = defaultdict(set)
    rows = Attempt.objects.filter(enrollment__in=enrollments)
    for enrollment, module, submitted, passed in rows.values_list(
        "enrollment", "module", "submitted_at", "is_passed"
    ):
        states[enrollment].add((module, "passed" if passed else "failed" if submitted else "open"))
    return states


def entries_of(enrollments: list[Enrollment]) -> tuple[dict[int, Counter], Counter]:
    """How many logbook entries stand in each state, and how many count."""
    states, counted = defaultdict(Counter), Counter()
    for enrollment, status, role in LogbookEntry.objects.filter(enrollment__in=enrollments).values_list(
        "enrollment", "status", "role"
    ):
        states[enrollment][status] += 1
        counted[enrollment] += (
            status == LogbookEntry.Status.COUNTERSIGNED and role == LogbookEntry.Role.SUPERVISED
        )
    return states, counted
