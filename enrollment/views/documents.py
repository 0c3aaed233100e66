"""Evidence on screen: the page of slots, and each document as its pages or as the file itself, under strict headers."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import custody, papers
from .. import permissions as who
from ..evidence import pages
from ..forms.documents import EvidenceForm
from ..models import Application, Document
from ..opinions import may_change
from ..workflow import MoveRefused
from .finding import own_application, to_application
from .sections import closed, onward, show, staying

# Nothing that the file might be taken for can run, fetch, or be framed.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
DRAW_AGAIN_AFTER = "5"


# The page of slots


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, reference: str) -> HttpResponse:
    """The documents asked for: good files are kept at once, wrong ones are named with their reason."""
    application = own_application(request, reference)
    if not application.is_editable:
        return closed(request, application)
    if request.method != "POST" and not may_change(application, "evidence"):
        return closed(request, application, "evidence")
    if request.method != "POST":
        return show(request, application, "evidence", EvidenceForm(application=application))
    paper = earlier_paper(request, application)
    form = EvidenceForm(request.POST, request.FILES, application=application)
    form.is_valid()
    said = keep_files(application, request.user, form) + use_again(application, request.user, form, paper)
    if "part" in request.POST:
        return one_slot(request, application, form, said)
    for sentence in said:
        messages.success(request, sentence)
    if form.errors:
        return show(request, application, "evidence", form.as_it_stands())
    if paper:
        return redirect(f"{staying(request, application, 'evidence')}#slot-{paper.kind}")
    return onward(request, application, "evidence")


def earlier_paper(request: HttpRequest, application: Application) -> Document | None:
    """The paper of another application of this person that they press to use again, if they do."""
    if not (named := request.POST.get("again", "")):
        return None
    mine = Document.objects.filter(application__applicant=request.user).exclude(application=application)
    return get_object_or_404(mine, pk=int(named) if named.isdecimal() and len(named) < 19 else 0)


def use_again(application: Application, by, form: EvidenceForm, paper: Document | None) -> list[str]:
    """A copy of the paper lies in its slot, or the slot says why not."""
    if paper is None:
        return []
    try:
        document = papers.use_again(application=application, by=by, source=paper)
    except MoveRefused as refused:
        form.add_error(paper.kind if paper.kind in form.fields else None, str(refused))
        return []
    return [_("“%s” is used again. Nothing else to do for it.") % document.original_name]


def keep_files(application: Application, by, form: EvidenceForm) -> list[str]:
    """Every good file lies in its slot; sentences on how many arrived, and of which we already had a copy."""
    known, said, new = {document.pk for document in form.held}, [], 0
    for good in form.good_files():
        slot = good.slot
        try:
            document = custody.attach_document(
                application=application,
                by=by,
                kind=slot.kind,
                label=slot.label,
                file=good.file,
                replaces=good.replaces,
            )
        except MoveRefused as refused:
            form.add_error(slot.kind, str(refused))
            continue
        if document.pk in known:
            said.append(_("“%s” is here already, so we kept one copy.") % good.file.name)
        new += document.pk not in known
        known.add(document.pk)
    return (
        [ngettext("One file received.", "%(number)s files received.", new) % {"number": new}, *said]
        if new
        else said
    )


def one_slot(
    request: HttpRequest, application: Application, form: EvidenceForm, said: list[str]
) -> HttpResponse:
    """The slot alone, for the script that sent a file and stays on the page."""
    fresh = form.as_it_stands()
    row = fresh.row(request.POST["part"])
    if row is None:
        raise Http404
    slot, bound = row
    context = {"application": application, "slot": slot, "bound": bound, "said": said}
    return render(request, "enrollment/applicant/parts/slot.html", context)


@login_required
@require_POST
def remove_document(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    application = own_application(request, reference)
    document = get_object_or_404(application.documents, pk=pk)
    try:
        custody.remove_document(document=document, by=request.user)
        messages.success(request, _("“%s” has been removed.") % document.original_name)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    if application.is_editable:
        return redirect("enrollment:section", application.reference, "evidence")
    return to_application(application)


# One document


@login_required
@require_safe
def preview(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The pages of one's own document as pictures, as the reviewers see them."""
    application = own_application(request, reference)
    document = get_object_or_404(application.documents.kept(), pk=pk)
    # An earlier paper is looked at from the application in which it may be used again.
    mine = Application.objects.of(request.user)
    home = mine.filter(reference=request.GET.get("for") or reference).first()
    context = {"application": application, "document": document, "home": home}
    return render(request, "enrollment/applicant/preview.html", context)


@login_required
@require_safe
def document(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The file itself, for its owner and the reviewers of that application; each opening is on record."""
    record, content = seen(request, reference, pk)
    response = FileResponse(content, content_type=record.content_type)
    is_picture = record.content_type in ("image/jpeg", "image/png")
    response["Content-Disposition"] = content_disposition_header(not is_picture, record.original_name)
    return guarded(response)


@login_required
@require_safe
def document_page(request: HttpRequest, reference: str, pk: int, number: int, size: str) -> HttpResponse:
    """A page as a picture drawn by us, for the same people; each look is on record, with its page."""
    if size not in pages.SIZES:
        raise Http404
    record, content = seen(request, reference, pk, page=number)
    with content:
        try:
            picture = pages.draw(content.read(), record.content_type, number=number, size=size)
        except pages.NotDrawn as failure:
            raise Http404 from failure
        except pages.TooBusy:
            return guarded(HttpResponse(status=503, headers={"Retry-After": DRAW_AGAIN_AFTER}))
    return guarded(HttpResponse(picture, content_type="image/webp"))


def seen(request: HttpRequest, reference: str, pk: int, **look) -> tuple[Document, Callable]:
    """The document and its open file, with the look on record; not found for whoever may not look, or when it is gone."""
    records = Document.objects.kept().select_related("application")
    record = get_object_or_404(records, pk=pk, application__reference=reference)
    if not who.may_see_document(request.user, record):
        raise Http404
    if not 1 <= look.get("page", 1) <= record.pages:
        raise Http404
    try:
        content = record.file.open("rb")
        custody.view_document(document=record, by=request.user, **look)
    except (FileNotFoundError, MoveRefused) as lost:
        raise Http404 from lost
    return record, content


def guarded(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
