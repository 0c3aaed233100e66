"""May this reader take a course, and practise at home what it teaches? It informs; people decide."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .models import Course, CourseAudience, EvidenceRequirement, Procedure, Profession, ScopeRule

# A reader compares a few courses; whoever finds more is shown the way to the catalog.
MOST_COURSES = 12
LICENSE_PAPERS = {"registration", "practising-certificate"}
Standing = ScopeRule.Standing
# Of two rules that are equally close to a cell, the stricter one decides.
STRICTEST = [Standing.NOT_ELIGIBLE, Standing.TRAIN_ONLY, Standing.UNKNOWN, Standing.MAY_TRAIN]


class LicenseStatus(models.TextChoices):
    CURRENT = "current", _("Current")
    APPLIED = "applied", _("Applied for, not granted yet")
    LAPSED = "lapsed", _("Lapsed or withdrawn")
    NONE = "none", _("None, or my profession has no register")


@dataclass(frozen=True)
class Reader:
    """Somebody who asks: a profession and where it is practised, and what they said about licence and years."""

    profession: Profession
    country: str
    license_status: str = ""
    years: int | None = None

    @property
    def license_words(self) -> str:
        return LicenseStatus(self.license_status).label

    @property
    def lacks_license(self) -> bool:
        """Whether they said that the licence which their profession needs is not current."""
        said_otherwise = self.license_status not in {"", LicenseStatus.CURRENT}
        return self.profession.is_registered and said_otherwise


@dataclass
class Verdict:
    """What one rule says about one or several procedures; without a rule nothing is known."""

    rule: ScopeRule | None
    standing: ScopeRule.Standing
    review: ScopeRule.Review
    reasons: list[str]
    procedures: list[Procedure] = field(default_factory=list)

    @property
    def words(self) -> tuple:
        """What a reader reads of it; equal for rules that say the same."""
        rule = self.rule
        return (self.standing, rule.rule, rule.ask, rule.source, rule.reviewed_on) if rule else ()


@dataclass
class Offer:
    """A course that admits the reader's profession, and what stands between the two."""

    course: Course
    is_open: bool
    obstacles: list[str]

    @property
    def can_apply(self) -> bool:
        return self.is_open and not self.obstacles


@dataclass
class Paper:
    """A document that some of the courses ask for."""

    requirement: EvidenceRequirement
    courses: list[Course]
    is_required: bool


@dataclass
class Eligibility:
    """The whole answer."""

    reader: Reader
    verdicts: list[Verdict]
    offers: list[Offer]
    papers: list[Paper]
    has_more: bool

    @property
    def open_offers(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.can_apply]

    @property
    def asking(self) -> int:
        """How many courses ask for documents at all."""
        return len({course.pk for paper in self.papers for course in paper.courses})

    @property
    def other_offers(self) -> list[Offer]:
        return [offer for offer in self.offers if not offer.can_apply]


def eligibility(reader: Reader, *, at: datetime | None = None) -> Eligibility:
    """What this reader may apply to, practise at home, must show and would pay, as far as the catalog knows."""
    profession, at = reader.profession, at or timezone.now()
    taught = taught_procedures()
    rules = list(ScopeRule.objects.concerning(profession, reader.country))
    procedures = list({procedure.pk: procedure for procedure, _course in taught}.values())
    procedures.sort(key=lambda procedure: (procedure.position, procedure.name))
    verdicts = judge(reader, procedures, rules, timezone.localdate(at))
    courses, has_more = courses_admitting(profession, at)
    asked = evidence_of(courses, reader)
    barred = barred_courses(verdicts, taught)
    offers = [offer(reader, course, asked.get(course.pk, []), barred, at) for course in courses]
    wanted = [one.course for one in offers if one.course.pk not in barred]
    return Eligibility(reader, verdicts, offers, papers(wanted, asked), has_more)


def scope_of(reader: Reader, course: Course, on: date) -> list[Verdict]:
    """What the rules say about the procedures of one course, or about all when it names none."""
    rules = list(ScopeRule.objects.concerning(reader.profession, reader.country))
    return judge(reader, list(course.procedures.all()), rules, on)


# Rules


def judge(reader: Reader, procedures: list[Procedure], rules: list[ScopeRule], on: date) -> list[Verdict]:
    """One verdict for all procedures of which a reader would read the same, naming them."""
    verdicts: dict[tuple, Verdict] = {}
    for procedure in procedures or [None]:
        found = verdict(reader, closest(rules, procedure), on)
        said = verdicts.setdefault(found.words, found)
        if procedure:
            said.procedures.append(procedure)
    return list(verdicts.values())


def closest(rules: Iterable[ScopeRule], procedure: Procedure | None) -> ScopeRule | None:
    """The rule that names most of the cell; among equals the strictest."""
    own = procedure.pk if procedure else None
    fitting = [rule for rule in rules if rule.procedure_id in {None, own}]
    return min(fitting, key=distance, default=None)


def distance(rule: ScopeRule) -> tuple[int, int]:
    left_open = (not rule.country) + (rule.procedure_id is None)
    return left_open, STRICTEST.index(Standing(rule.standing))


def verdict(reader: Reader, rule: ScopeRule | None, on: date) -> Verdict:
    if rule is None:
        return Verdict(None, Standing.UNKNOWN, ScopeRule.Review.NEVER, [])
    standing, reasons = Standing(rule.standing), []
    if standing == Standing.MAY_TRAIN:
        reasons = unmet(reader, rule)
        standing = Standing.TRAIN_ONLY if reasons else standing
    return Verdict(rule, standing, rule.review(on), reasons)


def unmet(reader: Reader, rule: ScopeRule) -> list[str]:
    """Conditions of practising that the reader says they do not meet today."""
    reasons = []
    if reader.lacks_license:
        reasons.append(_("You said that your licence is not current. Until it is, do not practise."))
    if rule.min_years and reader.years is not None and reader.years < rule.min_years:
        asked = ngettext(
            "The rule asks for %(asked)s year in practice; you said %(years)s.",
            "The rule asks for %(asked)s years in practice; you said %(years)s.",
            rule.min_years,
        )
        reasons.append(asked % {"asked": rule.min_years, "years": reader.years})
    return reasons


# Courses


def taught_procedures() -> list[tuple[Procedure, int]]:
    """Every procedure that a public course teaches, with that course's number."""
    links = Procedure.courses.through.objects.filter(course__published_at__isnull=False)
    return [(link.procedure, link.course_id) for link in links.select_related("procedure")]


def courses_admitting(profession: Profession, at: datetime) -> tuple[list[Course], bool]:
    """Public courses for this profession, those that take applications first, and whether there are more."""
    admitted = CourseAudience.objects.filter(course=OuterRef("pk"), profession=profession)
    found = Course.objects.published().filter(Exists(admitted)).with_next_intake(at)
    order = found.order_by("-enrolment", "next_start", "position", "title")
    courses = Course.objects.bring_next_intakes(order[: MOST_COURSES + 1])
    return courses[:MOST_COURSES], len(courses) > MOST_COURSES


def evidence_of(courses: list[Course], reader: Reader) -> dict[int, list[EvidenceRequirement]]:
    """What each of these courses asks this reader to show."""
    asked: dict[int, list[EvidenceRequirement]] = {}
    rows = EvidenceRequirement.objects.filter(course__in=courses).asked_of(reader.profession)
    for requirement in rows.asked_in(reader.country).for_everyone_first():
        asked.setdefault(requirement.course_id, []).append(requirement)
    return asked


def barred_courses(verdicts: list[Verdict], taught: list[tuple[Procedure, int]]) -> set[int]:
    """Courses with a procedure that the reader may not even train in."""
    closed = {
        procedure.pk
        for verdict in verdicts
        if verdict.standing == Standing.NOT_ELIGIBLE
        for procedure in verdict.procedures
    }
    return {course for procedure, course in taught if procedure.pk in closed}


def offer(reader: Reader, course: Course, asked: list, barred: set[int], at: datetime) -> Offer:
    obstacles = []
    if course.pk in barred:
        obstacles.append(_("A rule below closes this course to you."))
    elif reader.lacks_license and needs_license(asked):
        obstacles.append(_("Apply once your licence is current: the course asks for proof of it."))
    is_open = course.next_intake is not None and course.next_intake.accepts_applications(at)
    return Offer(course, is_open, obstacles)


def needs_license(asked: Iterable[EvidenceRequirement]) -> bool:
    return any(one.is_required and one.kind in LICENSE_PAPERS for one in asked)


def papers(courses: list[Course], asked: dict[int, list[EvidenceRequirement]]) -> list[Paper]:
    """Each document once, with the courses that ask for it; what some course requires comes first."""
    found: dict[tuple[str, str], Paper] = {}
    for course in courses:
        for one in asked.get(course.pk, []):
            paper = found.setdefault((one.kind, one.label), Paper(one, [], False))
            paper.courses.append(course)
            paper.is_required |= one.is_required
    return sorted(found.values(), key=lambda paper: not paper.is_required)
