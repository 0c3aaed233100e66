"""Who on the staff may do what: each role's rights, by name, with the least that its work needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

EDITOR, REVIEWER, ASSESSOR, REGISTRAR, OWNER = "Editor", "Reviewer", "Assessor", "Registrar", "Owner"


def rights(app: str, acts: str, *models: str) -> frozenset[str]:
    """Every act on every model, such as `courses.change_topic`."""
    return frozenset(f"{app}.{act}_{model}" for act in acts.split() for model in models)


CLINICAL = (
    "skinlayer",
    "skinthickness",
    "device",
    "needledepth",
    "protocolstep",
    "indication",
    "complication",
    "riskcontrol",
)
# Lines of a syllabus that an editor writes and strikes out again.
LINES = (
    *("courseaudience", "evidencerequirement", "coursefaculty", "competency"),
    *("topic", "question", "option", "source", "trainingday", "scoperule"),
    *("frequentquestion", "policy"),
    "residencefee",
    *CLINICAL,
)
# What others refer to: an editor takes it from the public, and only the owner deletes it.
WHOLES = (
    *("course", "module", "article", "facultymember", "accreditation", "subject", "profession"),
    *("affiliation", "intake", "procedure"),
)

EDITORS = (
    rights("courses", "view add change delete", *LINES)
    | rights("courses", "view add change", *WHOLES)
    | rights("courses", "view change", "institutefact")
    | rights("courses", "publish", "course")
    | rights("enrollment", "view", "itemresponse")
)
REVIEWERS = rights("enrollment", "view review decide", "application")
OFFICE = rights("enrollment", "view add delete", "reviewduty") | rights(
    "enrollment", "view add change delete", "letterwording"
)
PLANNERS = rights("enrollment", "view add change delete", "reviewplan", "criterion") | {
    "enrollment.review_every_intake"
}
ASSESSORS = rights("enrollment", "view countersign", "logbookentry") | rights(
    "enrollment", "view", "attendance", "enrollment"
)
# Points and hours: what schemes are, what goes to them, what learners have of them.
CPD = (
    rights("courses", "view add change", "cpdscheme", "titlerule")
    | rights("courses", "delete", "titlerule")
    | rights("enrollment", "view", "cpdsubmission", "cpdentry", "cpdreturn")
    | rights("enrollment", "run report", "cpd")
)
# What the application form asks of whom, and what courses expect.
FORM = ("register", "extraquestion", "statement")
FORM_RULES = ("formrule", "entryrule", "completionrule", "renewalrule")
REGISTRARS = (
    rights("enrollment", "view", "enrollment", "logbookentry", "event", "attendance")
    | rights("enrollment", "view issue revoke", "certificate")
    | rights("enrollment", "view change", "letter")
    | rights("enrollment", "view add", "payment")
    | rights("enrollment", "view add change", *FORM)
    | rights("enrollment", "view add change delete", *FORM_RULES)
    | OFFICE
    | CPD
    | rights("courses", "view", "course", "interest")
    | rights("courses", "view change", "enquiry")
    | rights("courses", "view add change", "intake")
    | rights("courses", "view add change delete", "trainingday", "residencefee")
)
OWNERS = (
    EDITORS
    | REVIEWERS
    | ASSESSORS
    | REGISTRARS
    | PLANNERS
    | rights("courses", "delete", *WHOLES, "interest", "enquiry")
    | rights("courses", "add delete", "institutefact")
    | rights("enrollment", "view", "evidenceevent")
    | rights("enrollment", "view add change delete", "retentionclock")
    | rights("accounts", "view add change erase", "user")
    | rights("accounts", "view", "role")
    | rights("accounts", "view change", "job")
)

ROLES: dict[str, frozenset[str]] = {
    EDITOR: EDITORS,
    REVIEWER: REVIEWERS,
    ASSESSOR: ASSESSORS,
    REGISTRAR: REGISTRARS,
    OWNER: OWNERS,
}


class UnknownRight(Exception):
    """A role names rights that no app has; the text lists them."""


@dataclass(frozen=True)
class Change:
    """What became of one role."""

    role: str
    is_new: bool
    given: list[str]
    taken: list[str]


@transaction.atomic
def apply_roles() -> list[Change]:
    """Each role holds exactly the rights of the table; says what changed. UnknownRight when one does not exist."""
    known = all_rights()
    if unknown := frozenset().union(*ROLES.values()) - known.keys():
        raise UnknownRight(", ".join(sorted(unknown)))
    changes = [apply_role(role, wanted, known) for role, wanted in ROLES.items()]
    return [change for change in changes if change.is_new or change.given or change.taken]


def apply_role(role: str, wanted: frozenset[str], known: dict[str, int]) -> Change:
    group, is_new = Group.objects.get_or_create(name=role)
    held = held_rights(group)
    if held != wanted:
        group.permissions.set(known[right] for right in wanted)
    return Change(role, is_new, sorted(wanted - held), sorted(held - wanted))


def held_rights(group: Group) -> frozenset[str]:
    return frozenset(named(group.permissions.all()).values_list("right", flat=True))


def all_rights() -> dict[str, int]:
    return dict(named(Permission.objects.all()).values_list("right", "pk"))


def named(permissions) -> Iterable:
    return permissions.annotate(
        right=Concat(F("content_type__app_label"), Value("."), F("codename"))
    ).order_by()
