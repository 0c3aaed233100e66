from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from .citations import References
from .markdown import as_numbered, sources_of
from .models import (
    CLINICAL_MODELS,
    Accreditation,
    Affiliation,
    Article,
    Course,
    CourseAudience,
    FacultyMember,
    InstituteFact,
    Intake,
    Module,
    Profession,
)
from .search import Question

COURSES_PER_PAGE = 20
ARTICLES_PER_PAGE = 20
# Facts that introduce a section of their own on the institute's page.
WOVEN_FACTS = ("mission", "audience", "accreditation", "affiliations", "motto")


@require_safe
def home(request):
    now = timezone.now()
    intakes = Intake.objects.accepting(now).upcoming(timezone.localdate(now))
    context = {
        "intakes": list(intakes.select_related("course").soonest_first()[:5]),
        "accreditations": Accreditation.objects.stated(),
        "professions": Profession.objects.all(),
        "affiliations": Affiliation.objects.all(),
        "director": FacultyMember.objects.filter(is_director=True).first(),
        "articles": Article.objects.published()[:3],
    }
    return render(request, "courses/home.html", context)


@require_safe
def catalog(request):
    question = Question(request.GET)
    courses = Course.objects.published()
    found, total = question.count(courses)
    answers = question.matching(courses.with_next_intake(timezone.now()).with_depths())
    paginator = Paginator(answers.prefetch_related(audiences()), COURSES_PER_PAGE)
    # The facets have counted already; asking once more would read the same rows.
    paginator.count = found
    page = paginator.get_page(request.GET.get("page"))
    courses = Course.objects.bring_next_intakes(page.object_list)
    context = {
        "question": question,
        "page": page,
        "courses": courses,
        "intakes": [course.next_intake for course in courses if course.next_intake],
        "total": total,
        "missed_page": missed_page(request.GET.get("page"), page),
    }
    return render(request, "courses/catalog.html", context)


def missed_page(asked: str | None, page) -> bool:
    """Whether somebody asked for a page that is not the one they get."""
    return asked is not None and asked != str(page.number)


def audiences() -> Prefetch:
    return Prefetch("audiences", CourseAudience.objects.select_related("profession"))


@require_safe
def course(request, slug):
    found = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
    now = timezone.now()
    today = timezone.localdate(now)
    accreditations = Accreditation.objects.concerning(found)
    intakes = list(found.intakes.shown_on_course_page(today))
    accepting = [intake for intake in intakes if intake.accepts_applications(now)]
    context = {
        "course": found,
        "now": now,
        "audiences": found.audiences.select_related("profession"),
        "evidence": found.evidence_requirements.for_everyone_first(),
        "modules": found.modules.with_contents(),
        "intakes": intakes,
        "accepting": accepting,
        "next": next(iter(accepting or intakes), None),
        "faculty": found.course_faculty.select_related("member"),
        "accreditations": accreditations,
        "cpd": [record for record in accreditations if record.cpd_points and record.is_in_force(today)],
        "articles": Article.objects.published().about_course(found),
        "sources": sources_of(found.description),
    }
    return answer(request, "courses/course.html", context, published=found.is_published)


@require_safe
def module(request, course_slug, slug):
    of_course = Module.objects.select_related("course").filter(course__slug=course_slug)
    modules = of_course.readable_by(request.user).with_contents()
    found = next((module for module in modules if module.slug == slug), None)
    if found is None:
        raise Http404
    references = References()
    position = modules.index(found)
    context = {
        "course": found.course,
        "module": found,
        "modules": modules,
        "tables": clinical_tables(found, references),
        "references": references.sources,
        "previous": modules[position - 1] if position else None,
        "next": modules[position + 1] if position + 1 < len(modules) else None,
        "articles": found.articles.published(),
    }
    return answer(request, "courses/module.html", context, published=found.course.is_published)


def clinical_tables(module, references) -> list[dict]:
    """The tables that a module of this kind is made of, their rows numbered against the list of sources."""
    tables = []
    for model in CLINICAL_MODELS:
        if model.kind == module.kind:
            rows = model.objects.filter(module=module).select_related("source")
            cited = references.cite(rows.prefetch_related("more_sources"))
            if cited:
                tables.append({"template": f"courses/clinical/{model._meta.model_name}.html", "rows": cited})
    return tables


@require_safe
def article_list(request):
    articles = Article.objects.published().select_related("author")
    page = Paginator(articles, ARTICLES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "missed_page": missed_page(request.GET.get("page"), page)}
    return render(request, "courses/article_list.html", context)


@require_safe
def article(request, slug):
    articles = Article.objects.visible_to(request.user).select_related("author")
    found = get_object_or_404(articles, slug=slug)
    context = {
        "article": found,
        "modules": found.modules.filter(course__published_at__isnull=False).select_related("course"),
        "sources": as_numbered(found.body, found.sources.all()),
    }
    return answer(request, "courses/article.html", context, published=found.is_published)


@require_safe
def about(request):
    facts = {fact.key: fact for fact in InstituteFact.objects.select_related("source")}
    context = {
        "told": {key: facts.pop(key, None) for key in WOVEN_FACTS},
        "facts": [fact for fact in facts.values() if fact.text or fact.link],
        "unknown": [fact for fact in facts.values() if not (fact.text or fact.link)],
        "director": FacultyMember.objects.filter(is_director=True).first(),
        "professions": Profession.objects.all(),
        "accreditations": Accreditation.objects.stated(),
        "affiliations": Affiliation.objects.all(),
    }
    return render(request, "courses/about.html", context)


def answer(request, template, context, *, published: bool):
    """A page; a draft says that it is one, and no cache or search engine keeps it."""
    response = render(request, template, {**context, "is_draft": not published})
    if not published:
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex"
    return response
