"""Forms of an assessor's signature: a password, or what a passkey answered to a challenge made from what is signed."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiwam.accounts import passkeys

from ..models import Signature
from ..practice import Confirmation


class SignForm(forms.Form):
    """One of both, at the moment of signing; `confirmation` is what the verb takes."""

    use_required_attribute = False
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        help_text=gettext_lazy("Confirms that it is you who signs."),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "class": "w20"}),
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, kept: dict | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.kept, self.confirmation = user, kept, None
        # A passkey may answer in its place, and still it is not what a reader would call optional.
        self.fields["password"].asked_for = True

    def clean(self):
        answers = super().clean()
        if self.errors:
            return answers
        if answers.get("credential"):
            self.confirmation = self.by_passkey(answers["credential"])
        elif problem := self.problem_of_password(answers.get("password", "")):
            self.add_error("password", problem)
        else:
            self.confirmation = Confirmation(Signature.Method.PASSWORD)
        return answers

    def problem_of_password(self, password: str) -> str:
        if not self.user.has_usable_password():
            return _("Your account has no password yet. Set one under “Account”, then sign.")
        if not password:
            return _("Enter your password, or use your passkey")
        return "" if self.user.check_password(password) else _("This password is not right.")

    def by_passkey(self, credential) -> Confirmation:
        """The proof; another answer is a problem of the form, and the next page asks anew."""
        try:
            if self.kept is None:
                raise passkeys.PasskeyRefused
            evidence = passkeys.answer(self.user, self.kept["state"], credential)
        except passkeys.PasskeyRefused as refused:
            raise forms.ValidationError(
                _("The passkey did not sign this entry. Try again, or use your password.")
            ) from refused
        evidence["nonce"] = self.kept["nonce"]
        return Confirmation(Signature.Method.PASSKEY, salt=self.kept["salt"], evidence=evidence)


class CounterForm(SignForm):
    """Why a signed entry is taken back, and the signature under it."""

    note = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The learner reads this, and it stays in the history. No patient’s name."),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": gettext_lazy("Say why the entry is taken back")},
    )
    field_order = ["note", "password", "credential"]


class ReturnForm(forms.Form):
    """Why an entry goes back to the learner."""

    use_required_attribute = False
    note = forms.CharField(
        label=gettext_lazy("What to correct"),
        help_text=gettext_lazy("The learner reads this."),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
    )
