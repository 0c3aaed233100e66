"""Everything that can be wrong with the files, found before a single row is written."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Model

from courses import models
from courses.markdown import Library, render

from .files import ContentError, Entry

LINKABLE = {models.Course: "course", models.Module: "module", models.Article: "article"}


def check(entries: list[Entry]) -> None:
    """Every entry holds values that the database accepts, and its HTML and citations; else ContentError."""
    known = known_keys(entries)
    faults = list(repeated(entries))
    for entry in entries:
        own = [*unknown_names(entry), *clean(entry), *dangling(entry, known)]
        faults += [entry.fault(sentence) for sentence in own or broken_rules(entry)]
    if faults:
        raise ContentError(faults)
    library = library_of(known)
    by_key = {entry.key: entry for entry in entries if entry.shape.model is models.Module}
    faults = [entry.fault(sentence) for entry in entries for sentence in meaning(entry, library, by_key)]
    if faults:
        raise ContentError(faults)


def known_keys(entries: Iterable[Entry]) -> dict[type[Model], set[str]]:
    known: dict[type[Model], set[str]] = {}
    for entry in entries:
        known.setdefault(entry.shape.model, set()).add(entry.key)
    return known


def library_of(known: dict[type[Model], set[str]]) -> Library:
    places = (f"{scheme}:{key}" for model, scheme in LINKABLE.items() for key in known.get(model, ()))
    return Library(frozenset(known.get(models.Source, ())), frozenset(places))


def repeated(entries: list[Entry]) -> Iterator[str]:
    marks = [(entry, names) for entry in entries for names in {entry.shape.key, *entry.shape.unique_sets}]
    seen = Counter((entry.shape.model, names, held(entry, names)) for entry, names in marks)
    for entry, names in marks:
        if seen[entry.shape.model, names, held(entry, names)] > 1:
            yield entry.fault(f"another row has the same {' and '.join(names)}.")


def held(entry: Entry, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(entry.values.get(name) or "") for name in names)


def unknown_names(entry: Entry) -> Iterator[str]:
    known = {*entry.shape.fields, *entry.shape.links, *(["options"] if entry.shape.has_options else [])}
    for name in entry.values.keys() - known:
        yield f"“{name}” is not one of its fields."


def clean(entry: Entry) -> Iterator[str]:
    """Turn what TOML gave into what the field holds, default for what it left out."""
    for name, model_field in entry.shape.fields.items():
        value = entry.values.setdefault(name, None)
        if name in entry.shape.parents:
            if not value and not model_field.null:
                yield f"{name}: is missing."
            continue
        if value is None and model_field.has_default():
            entry.values[name] = model_field.get_default()
            continue
        if value is None and model_field.empty_strings_allowed:
            value = ""
        if isinstance(value, str):
            value = value.strip()
        try:
            entry.values[name] = model_field.clean(value, None)
        except ValidationError as error:
            yield f"{name}: {' '.join(error.messages)}"


def dangling(entry: Entry, known: dict[type[Model], set[str]]) -> Iterator[str]:
    for name, parent in entry.shape.parents.items():
        key = entry.values.get(name)
        if key and key not in known.get(parent, ()):
            yield f"{name}: there is no {parent._meta.verbose_name} “{key}”."
    for name, link in entry.shape.links.items():
        entry.values[name] = sorted(entry.values.get(name) or [])
        for key in entry.values[name]:
            if key not in known.get(link.related_model, ()):
                yield f"{name}: there is no {link.related_model._meta.verbose_name} “{key}”."


def broken_rules(entry: Entry) -> Iterator[str]:
    """Rules of the database that look at one row alone."""
    plain = {name: entry.values[name] for name in entry.shape.fields if name not in entry.shape.parents}
    # Which row a relation points to is not known yet; that it points to one is enough for a rule.
    related = {f"{name}_id": 0 for name in entry.shape.parents if entry.values.get(name)}
    row = entry.shape.model(**plain, **related)
    for rule in entry.shape.model._meta.constraints:
        if isinstance(rule, CheckConstraint):
            try:
                rule.validate(entry.shape.model, row)
            except ValidationError as error:
                yield " ".join(error.messages)


def meaning(entry: Entry, library: Library, modules: dict[str, Entry]) -> Iterator[str]:
    """Rules that the database cannot hold: texts that render, rows in the right module, answerable questions."""
    for source, target in entry.shape.html.items():
        try:
            rendered = render(entry.values[source], library)
        except ValidationError as error:
            yield f"{source}: {' '.join(error.messages)}"
            continue
        entry.html[target] = rendered.html
        entry.cited = list(rendered.source_keys) if entry.shape.cites else []
    if issubclass(entry.shape.model, models.ClinicalRow):
        kind = modules[entry.values["module"]].values["kind"]
        if kind != entry.shape.model.kind:
            yield f"belongs in a module of kind “{entry.shape.model.kind}”, not “{kind}”."
    if entry.shape.has_options:
        yield from unanswerable(entry)


def unanswerable(entry: Entry) -> Iterator[str]:
    options = entry.values["options"]
    right = sum(is_right for _text, is_right in options)
    if len({text for text, _right in options}) < len(options):
        yield "two of its options read the same."
    if any(not 0 < len(text) <= 300 for text, _right in options):
        yield "an option is empty or longer than 300 characters."
    if not right or right == len(options):
        yield "needs at least one right and one wrong option."
    elif entry.values["kind"] == models.Question.Kind.SINGLE and right > 1:
        yield f"has {right} right options, but may have one."
