"""Pages to read: the institute, a course, a module, an article."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from iiwam.pages import not_kept, public_page, true_until
from iiwam.pieces import Pieces, content_stamp

from ..citations import References
from ..markdown import as_numbered, sources_of
from ..models import (
    CLINICAL_MODELS,
    Accreditation,
    Affiliation,
    Article,
    FacultyMember,
    InstituteFact,
    Intake,
    Module,
    Profession,
    SkinThickness,
)
from ..outward import structured_data
from ..page_parts import articles_of, asked_of, facts_of, front_lists, marked, with_parts, with_sources
from .answers import answer, missed_page, turning_points
from .eligibility import scope_panel

ARTICLES_PER_PAGE = 20
# Facts that introduce a section of their own on the institute's page.
WOVEN_FACTS = ("mission", "audience", "accreditation", "affiliations", "motto")
# What pages of courses and modules need besides the pieces that everybody is shown alike.
COURSE_FACTS = ("course", "audiences", "evidence", "picture", "structured")
MODULE_FACTS = ("course", "module", "picture", "structured")


@require_safe
@public_page()
def home(request):
    now = timezone.now()
    accepting = Intake.objects.accepting(now).upcoming(timezone.localdate(now))
    intakes = list(accepting.select_related("course").soonest_first()[:5])
    context = {
        "intakes": intakes,
        **front_lists(timezone.localdate(now)),
        "director": FacultyMember.objects.filter(is_director=True).first(),
        "articles": Article.objects.published()[:3],
        "structured": structured_data.script(structured_data.organization(), structured_data.website()),
    }
    return true_until(render(request, "courses/home.html", context), turning_points(intakes))


@require_safe
@public_page(choices=["profession", "country"])
def course(request, slug):
    now = timezone.now()
    pieces = Pieces("course", slug, stamp=content_stamp(request), at=now, seen=["ledgers", "is_draft"])
    told = pieces.told(lambda: told_of_course(request.user, slug, now), besides=COURSE_FACTS)
    course = told["course"]
    admitted = [audience.profession for audience in told["audiences"]]
    scope = scope_panel(request.GET, course, admitted, timezone.localdate(now))
    evidence = asked_of(scope["reader"], told["evidence"])
    context = {**told, "pieces": pieces, "scope": scope, "evidence": evidence}
    response = answer(request, "courses/course.html", context, published=course.is_published)
    if course.is_published:
        pieces.keep(turning_points(told.get("intakes", [])))
    if scope["form"].errors:
        return not_kept(response)
    return true_until(response, [pieces.until])


def told_of_course(user, slug, now) -> dict:
    """Everything that the page of a course tells, whoever reads it."""
    found = get_object_or_404(with_parts().visible_to(user), slug=slug)
    facts = facts_of(found, now)
    return {
        **facts,
        "articles": articles_of(found),
        "sources": sources_of(found.description),
        "picture": reverse("courses:picture", args=[found.slug]),
        "structured": structured_data.course_page(facts),
    }


@require_safe
@public_page()
def module(request, course_slug, slug):
    key = ("module", course_slug, slug)
    pieces = Pieces(*key, stamp=content_stamp(request), at=timezone.now(), seen=["is_draft"])
    told = pieces.told(lambda: told_of_module(request.user, course_slug, slug), besides=MODULE_FACTS)
    is_published = told["course"].is_published
    response = answer(request, "courses/module.html", {**told, "pieces": pieces}, published=is_published)
    if is_published:
        pieces.keep([])
    return true_until(response, [pieces.until])


def told_of_module(user, course_slug, slug) -> dict:
    """Everything that the page of a module tells, its rows numbered against the list of sources."""
    of_course = Module.objects.select_related("course").filter(course__slug=course_slug)
    modules = of_course.readable_by(user).with_contents()
    found = next((module for module in modules if module.slug == slug), None)
    if found is None:
        raise Http404
    references = References()
    position = modules.index(found)
    return {
        "course": found.course,
        "module": found,
        "modules": modules,
        "tables": clinical_tables(found, references),
        "thickness": measured_skin(found),
        "references": references.sources,
        "previous": modules[position - 1] if position else None,
        "next": modules[position + 1] if position + 1 < len(modules) else None,
        "articles": found.articles.published(),
        "picture": reverse("courses:picture", args=[found.course.slug]),
        "structured": structured_data.module_page(found),
    }


def clinical_tables(module, references) -> list[dict]:
    """The tables that a module of this kind is made of, their rows numbered against the list of sources."""
    tables = []
    for model in CLINICAL_MODELS:
        if model.kind == module.kind:
            cited = references.cite(with_sources(model).filter(module=module))
            if cited:
                tables.append({"template": f"courses/clinical/{model._meta.model_name}.html", "rows": cited})
    return tables


def measured_skin(module) -> list[SkinThickness]:
    """What the course knows of the skin's thickness, for the figures that draw a section of it."""
    if module.kind not in (Module.Kind.ANATOMY, Module.Kind.PROTOCOLS):
        return []
    return list(SkinThickness.objects.filter(module__course=module.course_id).order_by("module", "position"))


@require_safe
@public_page(choices=["page"])
def article_list(request):
    articles = Article.objects.published().select_related("author")
    page = Paginator(articles, ARTICLES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "missed_page": missed_page(request.GET.get("page"), page)}
    response = render(request, "courses/article_list.html", context)
    return not_kept(response) if context["missed_page"] else response


@require_safe
@public_page()
def article(request, slug):
    articles = Article.objects.visible_to(request.user).select_related("author")
    found = get_object_or_404(articles, slug=slug)
    sources = as_numbered(found.body, found.sources.all())
    context = {
        "article": found,
        "modules": found.modules.filter(course__published_at__isnull=False).select_related("course"),
        "sources": sources,
        "structured": structured_data.article_page(found, [source.citation for source in sources]),
    }
    return answer(request, "courses/article.html", context, published=found.is_published)


@require_safe
@public_page()
def about(request):
    facts = {fact.key: fact for fact in InstituteFact.objects.select_related("source")}
    context = {
        "told": {key: facts.pop(key, None) for key in WOVEN_FACTS},
        "facts": [fact for fact in facts.values() if fact.text or fact.link],
        "unknown": [fact for fact in facts.values() if not (fact.text or fact.link)],
        "director": FacultyMember.objects.filter(is_director=True).first(),
        "professions": Profession.objects.all(),
        "accreditations": marked(Accreditation.objects.stated(), timezone.localdate()),
        "affiliations": Affiliation.objects.all(),
    }
    return render(request, "courses/about.html", context)
