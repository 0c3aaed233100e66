"""How far a learner is: one picture per enrollment, drawn from a fixed number of questions to the database."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from courses.models import Module, Topic

from . import reading, study
from .models import Attempt, Certificate, Enrollment, ExtraAttempt, LogbookEntry, Reading, TopicProgress


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
    reached: dict[int, int]
    has_questions: bool
    turn: study.Turn
    is_under_way: bool

    @property
    def is_passed(self) -> bool:
        return self.turn.is_passed

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
    def columns(self) -> list[tuple[Topic, int]]:
        """Each topic with how far it is read, from 0 to 100."""
        return [
            (topic, 100 if topic.pk in self.read else min(99, self.reached.get(topic.pk, 0)))
            for topic in self.topics
        ]

    def is_held(self, at: datetime) -> bool:
        """Whether all that is left is an attempt that may not begin yet, or not any more."""
        return (
            self.next_topic is None
            and self.owes_questions
            and not self.is_under_way
            and not self.turn.may_begin(at)
        )

    @property
    def steps_total(self) -> int:
        return len(self.topics) + self.has_questions

    @property
    def steps_done(self) -> int:
        return self.read_count + (self.has_questions and self.is_passed)

    @property
    def is_begun(self) -> bool:
        return bool(self.steps_done) or any(percent for _topic, percent in self.columns)

    @property
    def tag(self) -> tuple[str, str]:
        if self.is_done:
            return (_("Passed") if self.has_questions else _("Read")), "ok"
        if self.is_begun or self.is_under_way:
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
    at: datetime
    time_read: timedelta = timedelta()
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
        """In the order of study, past a module whose questions have to wait; nothing when it is the institute's turn."""
        if self.enrollment.status != Enrollment.Status.ACTIVE:
            return None
        open_ones = [module for module in self.modules if not module.is_done]
        if current := next((module for module in open_ones if not module.is_held(self.at)), None):
            return step_in_module(current)
        if self.counting < self.required:
            return step_in_logbook(self)
        return step_that_waits(open_ones[0]) if open_ones else None


def step_in_module(progress: ModuleProgress) -> Step:
    name = name_of(progress)
    if topic := progress.next_topic:
        reached = progress.reached.get(topic.pk, 0)
        label = _("Continue") if progress.read_count or reached else _("Start reading")
        words = _("Next: %(topic)s, %(minutes)s min.")
        if reached:
            words = _("Next: %(topic)s, %(minutes)s min, %(reached)s%% read.")
        hint = words % {"topic": topic.title, "minutes": topic.reading_minutes, "reached": reached}
        return Step(name, hint, progress.topic_url(topic), label)
    if progress.is_under_way:
        hint, label = _("Your answers so far are kept."), _("Resume the questions")
    else:
        hint = _("All topics are read. Next: the questions of this module.")
        label = _("Go to the questions")
    return Step(name, hint, progress.questions_url, label)


def step_that_waits(progress: ModuleProgress) -> Step:
    if progress.turn.is_spent:
        hint = _("Every attempt is used. The office can allow another.")
    else:
        hint = _("Not passed yet. The wait until the next attempt is not over.")
    return Step(name_of(progress), hint, progress.questions_url, _("See your last answers"))


def name_of(progress: ModuleProgress) -> str:
    words = {"number": progress.module.number, "title": progress.module.title}
    return _("Module %(number)s, %(title)s") % words


def step_in_logbook(picture: Picture) -> Step:
    hint = _("%(done)s of %(total)s supervised cases are countersigned.") % {
        "done": picture.counting,
        "total": picture.required,
    }
    url = reverse("enrollment:logbook", args=[picture.enrollment.pk])
    return Step(_("Supervised practice"), hint, url, _("Open the logbook"))


def pictures(enrollments: Iterable[Enrollment], at: datetime | None = None) -> list[Picture]:
    """One picture per enrollment; the number of queries does not grow with them."""
    enrollments, at = list(enrollments), at or timezone.now()
    modules = modules_by_course({enrollment.intake.course_id for enrollment in enrollments})
    read, reached, time_read = (
        topics_read(enrollments),
        topics_reached(enrollments),
        reading.counted(enrollments),
    )
    attempts, extra = attempts_of(enrollments), extra_attempts_of(enrollments)
    with_questions = set(study.deciding_questions().values_list("module", flat=True))
    entries, counted = entries_of(enrollments)
    held = Certificate.objects.filter(enrollment__in=enrollments).order_by("issued_at", "pk")
    certificates = {one.enrollment_id: one for one in held}

    def part(enrollment: Enrollment, module: Module) -> ModuleProgress:
        key = (enrollment.pk, module.pk)
        return ModuleProgress(
            enrollment=enrollment,
            module=module,
            topics=list(module.topics.all()),
            read=read[enrollment.pk],
            reached=reached[enrollment.pk],
            has_questions=module.pk in with_questions,
            turn=study.turn(module, attempts[key], extra[key]),
            is_under_way=any(submitted is None for submitted, _passed in attempts[key]),
        )

    return [
        Picture(
            enrollment,
            [part(enrollment, module) for module in modules[enrollment.intake.course_id]],
            at,
            time_read.get(enrollment.pk, timedelta()),
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


def topics_reached(enrollments: list[Enrollment]) -> dict[int, dict[int, int]]:
    """How far each topic was read, in per cent."""
    reached = defaultdict(dict)
    for one in Reading.objects.filter(enrollment__in=enrollments, place__gt=0):
        reached[one.enrollment_id][one.topic_id] = one.percent
    return reached


def attempts_of(enrollments: list[Enrollment]) -> dict[tuple[int, int], list[tuple[datetime | None, bool]]]:
    """By enrollment and module: when each attempt was submitted, and whether it passed."""
    states = defaultdict(list)
    rows = Attempt.objects.filter(enrollment__in=enrollments)
    for enrollment, module, submitted, passed in rows.values_list(
        "enrollment", "module", "submitted_at", "is_passed"
    ):
        states[enrollment, module].append((submitted, passed))
    return states


def extra_attempts_of(enrollments: list[Enrollment]) -> Counter:
    given = ExtraAttempt.objects.filter(enrollment__in=enrollments)
    return Counter(given.values_list("enrollment", "module"))


def entries_of(enrollments: list[Enrollment]) -> tuple[dict[int, Counter], Counter]:
    """How many logbook entries stand in each state, and how many count."""
    states, counted = defaultdict(Counter), Counter()
    written = LogbookEntry.objects.filter(enrollment__in=enrollments).order_by()
    for enrollment, status in written.values_list("enrollment", "status"):
        states[enrollment][status] += 1
    counted.update(written.counting().values_list("enrollment", flat=True))
    return states, counted
