"""Where staff work, and its home page, on which every app says what waits for the person who looks.

An app registers a question in its own admin module:

    @office.waiting
    def applications_to_review(request):
        if request.user.has_perm("enrollment.view_application"):
            waiting = Application.objects.awaiting_review()
            yield _("Applications to review"), office.counted(waiting), reverse(...)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from allauth.account.decorators import secure_admin_login
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.views.main import ChangeList, ChangeListSearchForm
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, resolve
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from iiwam.accounts.sealing import keyring

QUESTIONS: list[Callable[..., Iterable[tuple]]] = []
# Beyond this nobody's day depends on the number, and counting on would cost more with every year.
MOST = 1_000

# Whom or what staff look for, by the name of the field: mostly people, whom no address may name.
SOUGHT = frozenset({"q", "person", "viewer"})
LONGEST_SOUGHT = 300
PURPOSE = "iiwam office searches"


@dataclass(frozen=True)
class Waiting:
    label: str
    count: int
    url: str

    @property
    def shown(self) -> str:
        """The number as it is read: counted up to the most, and said to be more beyond it."""
        most = number_format(MOST, force_grouping=True)
        return f"{most}+" if self.count > MOST else number_format(self.count, force_grouping=True)


def waiting(question):
    """The question is asked whenever somebody opens the office; it yields (label, count, address) as often as it likes."""
    QUESTIONS.append(question)
    return question


def counted(records: QuerySet) -> int:
    """How many there are; one more than the most that is counted stands for all that are more."""
    return records.order_by()[: MOST + 1].count()


def what_waits(request) -> list[Waiting]:
    """Everything this person may see that waits, what is most first; what is done with comes last, at nought."""
    answers = [Waiting(*answer) for question in QUESTIONS for answer in question(request) or ()]
    return sorted(answers, key=lambda waiting: waiting.count == 0)


# Searching


def sealed(words: str) -> str:
    """What is sought, as logs and histories may keep it: this site alone can read it."""
    return keyring(PURPOSE).encrypt(words.replace("\0", "")[:LONGEST_SOUGHT].encode()).decode()


def unsealed(words: str) -> str:
    """What is sought; words that were never sealed are taken as they stand."""
    try:
        return keyring(PURPOSE).decrypt(words.encode(errors="replace")).decode()
    except InvalidToken:
        return words


def read(asked: QueryDict) -> QueryDict:
    """The question of an address, with what is sought in plain words."""
    plain = asked.copy()
    for name in SOUGHT & plain.keys():
        plain[name] = unsealed(plain[name])
    return plain


class SoughtForm(ChangeListSearchForm):
    def clean_q(self) -> str:
        return unsealed(self.cleaned_data["q"])


# Every list of the office reads its question by this; its links go on carrying the words as they came.
ChangeList.search_form_class = SoughtForm


class OfficeSite(AdminSite):
    """Its door is the site's own sign-in, with the same rate limit and second factor."""

    site_header = site_title = _("IIWAM office")
    index_title = _("What waits")
    empty_value_display = "–"

    def index(self, request, extra_context=None):
        return super().index(request, {"waiting": what_waits(request), **(extra_context or {})})

    def get_urls(self):
        return [
            path("search/", self.admin_view(require_POST(self.search)), name="search"),
            *super().get_urls(),
        ]

    def search(self, request: HttpRequest) -> HttpResponse:
        """The list again, narrowed to what is sought, at an address that does not name it."""
        where = request.POST.get("where", "")
        if not (resolve(where).url_name or "").endswith("_changelist"):
            raise Http404
        asked = [
            (name, sealed(value) if name in SOUGHT else value)
            for name, values in request.POST.lists()
            for value in values
            if value and name not in ("csrfmiddlewaretoken", "where")
        ]
        return redirect(f"{where}?{urlencode(asked)}")

    def get_app_list(self, request, app_label=None):
        """What is built on the others comes first: it is what staff come for."""
        order = {config.label: number for number, config in enumerate(apps.get_app_configs())}
        listed = super().get_app_list(request, app_label)
        return sorted(listed, key=lambda app: -order[app["app_label"]])

    def login(self, request, extra_context=None):
        return secure_admin_login(super().login)(request, extra_context)

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")
