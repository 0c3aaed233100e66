"""What search engines are told, as schema.org: only what the page itself shows, from the same records.

Samples are left out, for a machine cannot read the mark that says they are made up.
"""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from ..models import Accreditation, Article, Course, Intake, Module

INSTITUTE = "International Institute of Wellness & Aesthetic Medicine"
MODES = {
    Course.Delivery.ONLINE: "online",
    Course.Delivery.ONSITE: "onsite",
    Course.Delivery.BLENDED: "blended",
}
# Within a script element only these could end it, or be read as markup.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def script(*things: dict) -> SafeString:
    """The things as the text of a data block, which no sign in a title can break out of."""
    text = json.dumps({"@context": "https://schema.org", "@graph": things}, ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))  # noqa: S308


Step = tuple[str | Promise, str]


def at(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def known(**facts: Any) -> dict:
    """What is known of a thing; what is to be confirmed is not said at all."""
    return {
        name.replace("at_", "@", 1): fact for name, fact in facts.items() if fact not in (None, "", [], {})
    }


# The institute and the way to a page


def organization() -> dict:
    return known(
        at_type="EducationalOrganization",
        at_id=at("/#institute"),
        name=INSTITUTE,
        alternateName="IIWAM",
        url=at("/"),
        logo=at(reverse("picture")),
    )


def website() -> dict:
    search = {
        "@type": "EntryPoint",
        "urlTemplate": at(f"{reverse('courses:catalog')}?q={{search_term_string}}"),
    }
    return known(
        at_type="WebSite",
        at_id=at("/#site"),
        name="IIWAM",
        url=at("/"),
        publisher={"@id": at("/#institute")},
        potentialAction={
            "@type": "SearchAction",
            "target": search,
            "query-input": "required name=search_term_string",
        },
    )


def breadcrumbs(*steps: Step) -> dict:
    """The way from home to a page: names with their addresses."""
    items = [
        {"@type": "ListItem", "position": number, "name": str(name), "item": at(path)}
        for number, (name, path) in enumerate([(_("Home"), "/"), *steps], start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


# Pages


def course_page(facts: dict[str, Any]) -> SafeString:
    """The course that these facts are told of, with its place on the site."""
    here: Course = facts["course"]
    told = course(
        here,
        intakes=facts["intakes"],
        approvals=facts["cpd"],
        audiences=[audience.profession.name for audience in facts["audiences"]],
        modules=facts["modules"],
    )
    way = breadcrumbs((_("Courses"), reverse("courses:catalog")), (here.title, here.get_absolute_url()))
    return script(told, way, organization())


def module_page(here: Module) -> SafeString:
    above = (here.course.title, here.course.get_absolute_url())
    way = breadcrumbs(
        (_("Courses"), reverse("courses:catalog")), above, (here.title, here.get_absolute_url())
    )
    return script(module(here), way, organization())


def article_page(here: Article, citations: Iterable[str]) -> SafeString:
    way = breadcrumbs((_("Articles"), reverse("courses:article_list")), (here.title, here.get_absolute_url()))
    return script(article(here, citations=citations), way, organization())


# A course


def course(
    course: Course,
    *,
    intakes: Iterable[Intake],
    approvals: Iterable[Accreditation],
    audiences: Iterable[str],
    modules: Iterable[Module],
) -> dict:
    """The course with its runs; `approvals` are those in force today, for nobody else's points may be told."""
    address = at(course.get_absolute_url())
    real = [intake for intake in intakes if not intake.is_sample]
    return known(
        at_type="Course",
        at_id=f"{address}#course",
        url=address,
        name=course.title,
        description=course.summary,
        courseCode=course.code,
        provider={"@id": at("/#institute")},
        image=at(reverse("courses:picture", args=[course.slug])),
        availableLanguage=course.languages,
        teaches=course.outcome_list,
        coursePrerequisites=course.entry_requirement_list,
        audience=[{"@type": "EducationalAudience", "educationalRole": name} for name in audiences],
        educationalCredentialAwarded=credential(course),
        numberOfCredits=[points(approval) for approval in approvals],
        syllabusSections=[syllabus(module) for module in modules],
        hasCourseInstance=[instance(course, intake) for intake in real],
    )


def credential(course: Course) -> dict:
    if not course.award:
        return {}
    category = "diploma" if course.kind == Course.Kind.DIPLOMA else "certificate"
    return known(at_type="EducationalOccupationalCredential", name=course.award, credentialCategory=category)


def points(approval: Accreditation) -> dict:
    return known(
        at_type="StructuredValue",
        value=number(approval.cpd_points),
        unitText=approval.unit_title,
        name=f"{approval.body}, {approval.reference}",
    )


def syllabus(module: Module) -> dict:
    return known(
        at_type="Syllabus", name=module.title, description=module.summary, timeRequired=hours(module.hours)
    )


def instance(course: Course, intake: Intake) -> dict:
    return known(
        at_type="CourseInstance",
        name=f"{course.title} ({intake.code})",
        courseMode=MODES.get(course.delivery),
        startDate=day(intake.starts_on),
        endDate=day(intake.ends_on),
        courseWorkload=hours(sum(filter(None, [course.hours_theory, course.hours_practical]))),
        location={"@type": "Place", "name": intake.place} if intake.place else {},
        offers=offer(course, intake),
    )


def offer(course: Course, intake: Intake) -> dict:
    if intake.fee_minor is None:
        return {}
    return known(
        at_type="Offer",
        price=str(Decimal(intake.fee_minor).scaleb(-get_currency_precision(intake.currency))),
        priceCurrency=intake.currency,
        category="Paid",
        url=f"{at(course.get_absolute_url())}#intakes",
        validThrough=intake.applications_close_at.isoformat(),
    )


# A module, an article


def module(module: Module) -> dict:
    address = at(module.get_absolute_url())
    return known(
        at_type="LearningResource",
        at_id=f"{address}#module",
        url=address,
        name=module.title,
        description=module.summary,
        teaches=module.outcome_list,
        timeRequired=hours(module.hours),
        isPartOf={
            "@type": "Course",
            "@id": f"{at(module.course.get_absolute_url())}#course",
            "name": module.course.title,
            "description": module.course.summary,
        },
        provider={"@id": at("/#institute")},
    )


def article(article: Article, *, citations: Iterable[str]) -> dict:
    address = at(article.get_absolute_url())
    institute = {"@id": at("/#institute")}
    author = {"@type": "Person", "name": article.author.name} if article.author else institute
    return known(
        at_type="Article",
        at_id=f"{address}#article",
        mainEntityOfPage=address,
        headline=article.title,
        description=article.summary,
        datePublished=article.published_at and article.published_at.isoformat(),
        author=author,
        publisher=institute,
        image=at(reverse("picture")),
        citation=list(citations),
    )


def number(value: Decimal) -> float | int:
    return int(value) if value == int(value) else float(value)


def hours(value: Decimal | None) -> str | None:
    """A duration as ISO 8601 writes it."""
    minutes = int((value or 0) * 60)
    whole, rest = divmod(minutes, 60)
    return f"PT{whole}H{f'{rest}M' if rest else ''}" if minutes else None


def day(value: date | None) -> str | None:
    return value and value.isoformat()
