"""What can be found, derived from what is published: afresh as a whole, or for what an editor has just changed."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from unicodedata import normalize

from django.db import transaction
from django.db.models import CharField, F, Field, Prefetch, Q, TextField

from ..models import CLINICAL_MODELS, Article, Course, Module, SearchDocument, SearchEntry, SearchWord, Topic
from ..models.clinical import ClinicalRow
from .engines import Keys, store
from .words import folded_in_place, keys_of, letters_of, vocabulary_of

COURSES_AT_ONCE = 100
CITATIONS = re.compile(r"<sup\b.*?</sup>", re.DOTALL)
INLINE = re.compile(r"</?(?:a|strong|em|s|code)\b[^>]*>")
TAG = re.compile(r"<[^>]*>")
# Cells, lines and headings end without a stop; a dot between keeps an excerpt readable.
ENDS = re.compile(r"</(?:h[2-6]|t[hd]|li)>")
DOTS = re.compile(r"(?:\s*·)+\s*")
Kind = SearchDocument.Kind
# After the topics of their module.
ROWS_PLACE = 500


@dataclass
class Group:
    """The documents that come and go together: those of a course, or the one of an article that leads to none."""

    entry: SearchEntry | None = None
    entry_keys: Keys = field(default_factory=dict)
    documents: list[SearchDocument] = field(default_factory=list)
    keys: list[Keys] = field(default_factory=list)
    vocabulary: set[str] = field(default_factory=set)

    def add(self, document: SearchDocument, **texts: str) -> None:
        """Texts by class: A is the title, C a summary, D the rest."""
        # Letters with their accents, not letters and accents: a place in one text is then the same place in the other.
        document.text = normalize("NFC", document.text)
        plain = folded_in_place(document.text)
        document.plain = None if plain == document.text.lower() else plain
        self.documents.append(document)
        self.keys.append({name: keys_of(text) for name, text in texts.items()})
        self.vocabulary |= vocabulary_of(" ".join(texts.values()))

    def enter(self, course: Course, **texts: str) -> None:
        """The course is found by these texts and by all its documents, whose titles count as headings of it."""
        self.entry = SearchEntry(course=course)
        self.entry_keys = {name: keys_of(text) for name, text in texts.items()}
        self.vocabulary |= vocabulary_of(" ".join(texts.values()))
        for keys in self.keys:
            self.entry_keys["B"] |= keys["A"]
            self.entry_keys["D"] |= keys.get("C", set()) | keys.get("D", set())

    def lend(self) -> None:
        lender = self.entry or self.documents[0]
        lender.words = " ".join(sorted(self.vocabulary))


@transaction.atomic
def rebuild() -> int:
    """Everything that is published, and nothing else, can be found; how many courses that is."""
    SearchEntry.objects.all().delete()
    SearchDocument.objects.all().delete()
    SearchWord.objects.all().delete()
    published = list(Course.objects.published().order_by("pk").values_list("pk", flat=True))
    lent: Counter[str] = Counter()
    for start in range(0, len(published), COURSES_AT_ONCE):
        lent += write(groups_of(published[start : start + COURSES_AT_ONCE]))
    lent += write(groups_of_articles(Article.objects.published()))
    words = [SearchWord(word=word, letters=letters_of(word), uses=lent[word]) for word in sorted(lent)]
    SearchWord.objects.bulk_create(words, batch_size=2000)
    return len(published)


@transaction.atomic
def refresh(*, courses: Collection[int] = (), articles: Collection[int] = ()) -> None:
    """What can be found of these courses and articles is what the public may read of them now."""
    touched = set(courses) | courses_touched_by(articles)
    articles = {*articles, *Article.objects.filter(modules__course__in=touched).values_list("pk", flat=True)}
    forget(courses=touched, articles=articles)
    add(groups_of(Course.objects.published().filter(pk__in=touched).values_list("pk", flat=True)))
    add(groups_of_articles(Article.objects.published().filter(pk__in=articles)))


def forget(*, courses: Collection[int], articles: Collection[int]) -> None:
    """The documents of these courses, and those that these articles have alone, are gone with the words they lent."""
    # Two editors who save at once would take the same words back twice.
    list(Course.objects.select_for_update().filter(pk__in=courses).order_by("pk").values_list("pk"))
    list(Article.objects.select_for_update().filter(pk__in=articles).order_by("pk").values_list("pk"))
    lent = remove(SearchEntry.objects.filter(course__in=courses))
    lent += remove(
        SearchDocument.objects.filter(Q(course__in=courses) | Q(article__in=articles, course=None))
    )
    count_words(lent, -1)
    SearchWord.objects.filter(word__in=lent, uses__lte=0).delete()


def courses_touched_by(articles: Collection[int]) -> set[int]:
    """Courses that an article leads to, or led to when it was last looked at."""
    before = SearchDocument.objects.filter(article__in=articles, course__isnull=False)
    now = Module.objects.filter(articles__in=articles)
    return {*before.values_list("course", flat=True), *now.values_list("course", flat=True)}


def remove(rows) -> Counter[str]:
    """The rows are gone; how many of them had lent each word."""
    texts = rows.exclude(words="").values_list("words", flat=True)
    lent = Counter(word for text in texts for word in text.split())
    rows.delete()
    return lent


def add(groups: Iterable[Group]) -> None:
    lent = write(groups)
    words = [SearchWord(word=word, letters=letters_of(word)) for word in sorted(lent)]
    SearchWord.objects.bulk_create(words, ignore_conflicts=True)
    count_words(lent, 1)


def write(groups: Iterable[Group]) -> Counter[str]:
    """The documents of these groups are stored; in how many of them each word occurs."""
    groups = list(groups)
    for group in groups:
        group.lend()
    courses = [group for group in groups if group.entry]
    store([group.entry for group in courses], [group.entry_keys for group in courses])
    documents = [document for group in groups for document in group.documents]
    store(documents, [keys for group in groups for keys in group.keys])
    return Counter(word for group in groups for word in group.vocabulary)


def count_words(lent: Counter, sign: int) -> None:
    by_number: dict[int, list[str]] = {}
    for word, number in lent.items():
        by_number.setdefault(number, []).append(word)
    for number, words in by_number.items():
        SearchWord.objects.filter(word__in=words).update(uses=F("uses") + sign * number)


# What is said of whom


def groups_of(courses: Iterable[int]) -> Iterator[Group]:
    """The documents of each of these courses; the course's own answers for everything that is in it."""
    topics = Prefetch("topics", Topic.objects.order_by("number"))
    articles = Prefetch("articles", Article.objects.published(), to_attr="read")
    rows = [rows_name(model) for model in CLINICAL_MODELS]
    modules = Prefetch("modules", Module.objects.order_by("number").prefetch_related(topics, articles, *rows))
    for course in Course.objects.filter(pk__in=list(courses)).prefetch_related(modules):
        yield group_of(course)


def group_of(course: Course) -> Group:
    group, modules = Group(), list(course.modules.all())
    for module in modules:
        add_module(group, course, module)
    for article in {article.pk: article for module in modules for article in module.read}.values():
        add_article(group, article, course)
    more = f"{course.outcomes} {plain(course.description_html)}"
    group.enter(course, A=f"{course.title} {course.code}", B=course.award, C=course.summary, D=more)
    return group


def add_module(group: Group, course: Course, module: Module) -> None:
    text = " · ".join([module.summary, *module.outcome_list])
    document = SearchDocument(kind=Kind.MODULE, course=course, module=module, title=module.title, text=text)
    document.place = module.number * 1000
    group.add(document, A=module.title, C=text)
    for topic in module.topics.all():
        text = plain(topic.body_html)
        document = SearchDocument(
            kind=Kind.TOPIC, course=course, module=module, topic=topic, title=topic.title, text=text
        )
        document.place = module.number * 1000 + topic.number
        group.add(document, A=topic.title, D=text)

    for number, row in enumerate(rows_of(module), start=ROWS_PLACE):
        text = " · ".join(filter(None, (str(getattr(row, field.name)) for field in texts_of(type(row)))))
        document = SearchDocument(
            kind=Kind.ROW, course=course, module=module, anchor=row.anchor, title=str(row)[:200], text=text
        )
        document.place = module.number * 1000 + number
        group.add(document, A=document.title, D=text)


def rows_of(module: Module) -> Iterator[ClinicalRow]:
    """The clinical rows that the page of the module shows."""
    for model in CLINICAL_MODELS:
        if model.kind == module.kind:
            yield from getattr(module, rows_name(model)).all()


def rows_name(model: type[ClinicalRow]) -> str:
    return f"{model._meta.model_name}_rows"


@cache
def texts_of(model: type[ClinicalRow]) -> list[Field]:
    """What a row says in words, its note last: neither its stable name nor a choice from a list."""
    told = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField) and not field.choices and field.name != "key"
    ]
    return sorted(told, key=lambda field: field.name == "note")


def add_article(group: Group, article: Article, course: Course | None) -> None:
    text = f"{article.summary} {plain(article.body_html)}"
    document = SearchDocument(
        kind=Kind.ARTICLE, course=course, article=article, title=article.title, text=text, place=10_000_000
    )
    group.add(document, A=article.title, C=article.summary, D=text)


def groups_of_articles(articles) -> Iterator[Group]:
    """The document of each of these articles that leads to no published course."""
    for article in articles.exclude(modules__course__published_at__isnull=False):
        group = Group()
        add_article(group, article, None)
        yield group


def plain(html: str) -> str:
    """The words of rendered Markdown, without the numbers of its sources."""
    text = TAG.sub(" ", INLINE.sub("", ENDS.sub(" · ", CITATIONS.sub("", html))))
    return DOTS.sub(" · ", " ".join(unescape(text).split())).strip(" ·")
