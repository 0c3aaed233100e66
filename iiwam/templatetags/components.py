"""Page components, available in every template without a load.

An attribute that is not listed here is refused with a TemplateSyntaxError, so a slip of the pen shows at once.
Blocks end with `end<name>`. Words come translated: `{% go _("All courses") url %}`.

tag                     attributes (first ones may be positional)            gives
----------------------  ---------------------------------------------------  ------------------------------------------
icon                    name                                                 line icon; always beside a word
status_tag              label tone=info|ok|half|wait|stop|none|off           status by shape, word and color
badge                   label                                                outlined neutral attribute
sample                  label="sample"                                       marks a value that real data will replace
note ... (block)        tone=info|ok|wait|stop title icon role id            notice above what it concerns
toast ... (block)       -                                                    said once after a redirect
heading                 text level=1-4 look=h2|h3|h4 id                      heading of one level, looking like another
panel ... (block)       title id span=5|7 look                               ruled group with its h2
slide ... (block)       title meta level                                     slide label: night head, then your content
empty_state ... (block) title level                                          emblem, what is empty; the block says why
button                  label kind=primary|secondary|stop small wide name    <button>; hidden adds words for screen
                        value form type icon hidden                          readers only
link_button             label href kind small wide icon hidden               a link that looks like a button
go                      label href                                           onward link with an arrow
field                   field                                                label, hint, error, control of a bound field
error_summary           form [form ...] title                                goes BEFORE the h1; nothing when no errors
breadcrumbs             label url label url ... label                        last label is the page itself
nav_item                label url prefix                                     masthead link; knows whether it is current
pager                   page label                                           numbers of a Paginator page; keeps the query
definitions ... (block) actions=True                                         <dl class="dl">; actions: room for Change links
facts ... (block)       -                                                    <dl class="facts"> of a catalog entry
fact                    term value note sample=True change change_hint lang  one row of definitions or facts
definition ... (block)  term change change_hint                              one row whose value is markup
tasks ... (block)       -                                                    task list
task                    label url status tone hint                           its row; without url it cannot start yet
timeline ... (block)    -                                                    timeline on the graduated rule
timeline_item (block)   title state=done|now|todo meta status tone level     its stop; the block may hold what to do
progress_ring           done total part=0..1 label                           ring with one arc per part (figures.css)
segments                done total half label                                row of segments (figures.css)
pins                    taken total                                          seats: taken filled, free ringed (figures.css)
emblem                  -                                                    the house mark

Pages that use a ring, segments, pins or a figure fill the block `figures` of base.html with `{{ block.super }}`
left out: `{% block figures %}{% stylesheet "css/figures.css" %}{% endblock %}`.
stylesheet              path                                                 <link rel="stylesheet">
"""

import math
from functools import partial
from inspect import signature

from django import template
from django.template import TemplateSyntaxError
from django.template.base import kwarg_re
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiwam.templatetags.icons import ICONS

register = template.Library()

TAG_TONES = ("info", "ok", "half", "wait", "stop", "none", "off")
NOTE_ICONS = {"info": "info", "ok": "check", "wait": "alert", "stop": "ban"}
BUTTON_KINDS = {"primary": "", "secondary": "btn-2", "stop": "btn-stop"}
TIMELINE_STATES = ("done", "now", "todo")
PIN = '<circle{} r="{}" cx="{}" cy="{}"/>'
PINS = {False: ("", "5"), True: (' class="on"', "4.6")}


def strict(name, function):
    """The registered tag refuses attributes its function does not know, and says which ones it does."""
    compile_tag = register.tags[name]
    attributes = [word for word in signature(function).parameters if word not in ("content", "context")]

    def compile_strictly(parser, token):
        for bit in token.split_contents()[1:]:
            given = kwarg_re.match(bit)
            if given and given[1] and given[1] not in attributes:
                raise TemplateSyntaxError(
                    f"{{% {name} %}} does not take '{given[1]}'. It takes: {', '.join(attributes) or 'nothing'}."
                )
        return compile_tag(parser, token)

    register.tags[name] = compile_strictly


def component(function=None, *, block=False, takes_context=None):
    """Register a function as a tag of its name that takes its parameters and no others."""
    if function is None:
        return partial(component, block=block, takes_context=takes_context)
    make = register.simple_block_tag if block else register.simple_tag
    make(takes_context=takes_context)(function)
    strict(function.__name__, function)
    return function


def one_of(tag, attribute, value, allowed):
    """The value, when it is among the allowed ones."""
    if value not in allowed:
        raise TemplateSyntaxError(
            f"{{% {tag} %}} has no {attribute} '{value}'. It has: {', '.join(map(str, allowed))}."
        )
    return value


def render(component_name, /, **context):
    return render_to_string(f"components/{component_name}.html", context)


# Words, marks and tags


@component
def icon(name):
    return ICONS[one_of("icon", "name", name, ICONS)]


@component
def emblem():
    return render("emblem")


@component
def status_tag(label, tone="info"):
    one_of("status_tag", "tone", tone, TAG_TONES)
    return format_html('<span class="tag tag-{}">{}</span>', tone, label)


@component
def badge(label):
    return format_html('<span class="badge">{}</span>', label)


@component
def sample(label=None):
    return format_html('<span class="sample">{}</span>', label or _("sample"))


@component
def heading(text, level=2, look="", id=""):  # noqa: A002
    one_of("heading", "level", level, (1, 2, 3, 4))
    return render("heading", text=text, tag=f"h{level}", look=look, id=id)


@component
def stylesheet(path):
    return format_html('<link rel="stylesheet" href="{}">', static(path))


# Messages


@component(block=True)
def note(content, tone="info", title="", icon="", role="", id=""):  # noqa: A002
    one_of("note", "tone", tone, NOTE_ICONS)
    return render(
        "note", content=content, tone=tone, title=title, icon=icon or NOTE_ICONS[tone], role=role, id=id
    )


@component(block=True)
def toast(content):
    return render("toast", content=content)


@component(block=True)
def empty_state(content, title, level=2):
    return render("empty_state", content=content, title=title, tag=f"h{level}")


# Groups


@component(block=True)
def panel(content, title, id="", span="", look=""):  # noqa: A002
    return render("panel", content=content, title=title, id=id or slugify(title), span=span, look=look)


@component(block=True)
def slide(content, title, meta="", level=2):
    return render("slide", content=content, title=title, meta=meta, tag=f"h{level}")


@component(block=True)
def definitions(content, actions=False):
    return format_html('<dl class="dl{}">{}</dl>', " dl-act" if actions else "", content)


@component(block=True)
def facts(content):
    return format_html('<dl class="facts">{}</dl>', content)


@component
def fact(term, value, note="", sample=False, change="", change_hint="", lang=""):
    return render(
        "fact",
        term=term,
        value=value,
        note=note,
        sample=sample,
        change=change,
        change_hint=change_hint or term,
        lang=lang,
    )


@component(block=True)
def definition(content, term, change="", change_hint=""):
    return render("fact", term=term, value=content, change=change, change_hint=change_hint or term)


# Actions and wayfinding


@component
def button(
    label, kind="primary", small=False, wide=False, name="", value="", form="", type="", icon="", hidden=""
):  # noqa: A002
    look = button_look("button", kind, small, wide)
    return render(
        "button",
        label=label,
        look=look,
        name=name,
        value=value,
        form=form,
        type=type,
        icon=icon,
        hidden=hidden,
    )


@component
def link_button(label, href, kind="primary", small=False, wide=False, icon="", hidden=""):
    look = button_look("link_button", kind, small, wide)
    return render("link_button", label=label, look=look, href=href, icon=icon, hidden=hidden)


def button_look(tag, kind, small, wide):
    one_of(tag, "kind", kind, BUTTON_KINDS)
    return " ".join(filter(None, ["btn", BUTTON_KINDS[kind], small and "btn-s", wide and "btn-w"]))


@component
def go(label, href):
    return format_html('<a class="go" href="{}">{} {}</a>', href, label, icon("right"))


@component
def breadcrumbs(*trail):
    if len(trail) % 2 == 0:
        raise TemplateSyntaxError(
            "{% breadcrumbs %} takes pairs of label and url, then the label of the page itself."
        )
    return render("breadcrumbs", steps=list(zip(trail[:-1:2], trail[1::2], strict=True)), here=trail[-1])


@component(takes_context=True)
def nav_item(context, label, url, prefix=""):
    path = getattr(context.get("request"), "path", "")
    under = prefix or url
    current = "page" if path == url else "true" if under and path.startswith(under) else ""
    return render("nav_item", label=label, url=url, current=current)


@component(takes_context=True)
def pager(context, page, label=""):
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return render("pager", request=context["request"], page=page, numbers=numbers, label=label or _("Pages"))


# Forms


@component
def field(field):
    return field.as_field_group()


@component
def error_summary(*forms, title=""):
    problems = [problem for form in forms for problem in problems_of(form)]
    if not problems:
        return ""
    count = len(problems)
    words = ngettext("There is a problem with one answer", "There are problems with %(count)s answers", count)
    return render("error_summary", problems=problems, title=title or words % {"count": count})


def problems_of(form):
    """Every error of the form as (id of the control or nothing, words), form-wide ones first."""
    for error in form.non_field_errors():
        yield "", error
    for bound in (form[name] for name in form.fields if name in form.errors):
        yield from (("" if bound.is_hidden else bound.first_control, problem) for problem in bound.problems)


# Steps and progress


@component(block=True)
def tasks(content):
    return format_html('<ul class="tasks">{}</ul>', content)


@component
def task(label, status, url="", tone="none", hint=""):
    return render("task", label=label, url=url, status=status, tone=tone, hint=hint)


@component(block=True)
def timeline(content):
    return format_html('<ol class="tl">{}</ol>', content)


@component(block=True)
def timeline_item(content, title, state="todo", meta="", status="", tone="info", level=2):
    one_of("timeline_item", "state", state, TIMELINE_STATES)
    return render(
        "timeline_item",
        content=content,
        title=title,
        state=state,
        meta=meta,
        status=status,
        tone=tone,
        tag=f"h{level}",
    )


@component
def progress_ring(done, total, part=0, label=""):
    arcs, percent = ring_arcs(done, total, part), math.floor(100 * (done + part) / total) if total else 0
    return render(
        "progress_ring", arcs=arcs, percent=percent, done=done, total=total, label=label or _("of course")
    )


def ring_arcs(done, total, part):
    """One arc per part on a circle of length 100: (kind, length, rest, offset), with a gap between parts."""
    share = 100 / total if total else 100
    full = share - 1.6
    for number in range(total):
        start = -(number * share + 0.8)
        yield "", full, 100 - full, start
        filled = 1 if number < done else part if number == done else 0
        if filled:
            yield "arc-d" if filled == 1 else "arc-n", full * filled, 100 - full * filled, start


@component
def segments(done, total, half=0, label=""):
    states = ["on"] * done + ["half"] * half + [""] * max(0, total - done - half)
    words = label or _("%(done)s of %(total)s done") % {"done": done, "total": total}
    return render("segments", states=states, label=words)


@component
def pins(taken, total):
    circles = "".join(
        PIN.format(*PINS[n >= taken], 7 + 16 * (n % 12), 7 + 16 * (n // 12)) for n in range(total)
    )
    height = 16 * math.ceil(total / 12) - 2 if total else 0
    return mark_safe(  # noqa: S308 - numbers alone
        f'<svg class="pins" viewBox="0 0 190 {height}" aria-hidden="true">{circles}</svg>'
    )
