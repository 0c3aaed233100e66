"""allauth's forms in the words of this house: labels instead of placeholders, each error saying what to do."""

from allauth.account import forms as account
from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

NEW_PASSWORD_HINT = _("At least 10 characters. Three or four words that do not belong together are good.")


class Plain:
    """Whatever a form of allauth says about its fields is replaced by what stands in `words`."""

    words = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            label, hint, required = self.words.get(name, (field.label, field.help_text, None))
            field.label, field.help_text = label, hint
            if required:
                field.error_messages["required"] = required


class EmailWords(Plain):
    words = {"email": (_("Email address"), "", _("Enter your email address"))}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["invalid"] = _("Enter an address like name@example.org")


class LoginForm(Plain, account.LoginForm):
    words = {
        "login": (_("Email address"), "", _("Enter your email address")),
        "password": (_("Password"), "", _("Enter your password")),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["login"].error_messages["invalid"] = _("Enter an address like name@example.org")


class SignupForm(EmailWords, account.SignupForm):
    words = {
        **EmailWords.words,
        "password1": (_("Password"), NEW_PASSWORD_HINT, _("Choose a password")),
        "password2": (_("Password again"), "", _("Enter the password a second time")),
    }


class ResetPasswordForm(EmailWords, account.ResetPasswordForm):
    pass


class ChangeEmailForm(EmailWords, account.AddEmailForm):
    words = {"email": (_("New email address"), "", _("Enter your new email address"))}


class NewPasswordWords(Plain):
    words = {
        "oldpassword": (_("Present password"), "", _("Enter your present password")),
        "password1": (_("New password"), NEW_PASSWORD_HINT, _("Choose a password")),
        "password2": (_("New password again"), "", _("Enter the password a second time")),
    }


class ChangePasswordForm(NewPasswordWords, account.ChangePasswordForm):
    pass


class SetPasswordForm(NewPasswordWords, account.SetPasswordForm):
    pass


class ResetPasswordKeyForm(NewPasswordWords, account.ResetPasswordKeyForm):
    pass


class LinkForm(account.UserTokenForm):
    """The link to a new password; a closed account keeps the one it has."""

    def clean(self):
        answers = super().clean()
        if not self.reset_user.is_active:
            raise account_adapter().validation_error("invalid_password_reset")
        return answers


class ReauthenticateForm(Plain, account.ReauthenticateForm):
    words = {"password": (_("Password"), "", _("Enter your password"))}


class OneTimeCode(Plain):
    """A code from the app is taken once, for as long as the clock would still take it."""

    words = {"code": (_("Code"), _("Six digits from your app, or a recovery code"), _("Enter the code"))}

    def clean_code(self) -> str:
        code = super().clean_code()
        if not first_use(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


def first_use(authenticator: Authenticator, code: str) -> bool:
    """Whether this person has not shown this code before while it was good (RFC 6238, section 5.2)."""
    steps = 2 * app_settings.TOTP_TOLERANCE + 1
    key = f"second-factor-used:{authenticator.user_id}:{''.join(code.split())}"
    return cache.add(key, True, timeout=steps * app_settings.TOTP_PERIOD)


class AuthenticateForm(OneTimeCode, mfa.AuthenticateForm):
    pass


class ConfirmFactorForm(OneTimeCode, mfa.ReauthenticateForm):
    pass


class ActivateAppForm(Plain, ActivateTOTPForm):
    words = {"code": (_("Code from the app"), _("Six digits"), _("Enter the code that the app shows"))}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class KeyWords(Plain):
    words = {
        "name": (_("Name of the key"), _("So that you know it again, such as “My telephone”"), None),
        "passwordless": (
            _("Also sign in with it instead of a password"),
            _("Leave this out for a small security key that only confirms your password."),
            None,
        ),
    }


class AddKeyForm(KeyWords, AddWebAuthnForm):
    pass


class RenameKeyForm(KeyWords, EditWebAuthnForm):
    pass


class NameForm(forms.ModelForm):
    class Meta:
        model = get_user_model()
        fields = ["full_name"]
        help_texts = {"full_name": _("As our emails should address you.")}
        widgets = {"full_name": forms.TextInput({"autocomplete": "name"})}


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label=_("Erase my data and close my account. I know that this cannot be undone."),
        error_messages={"required": _("Tick the box if you want your data erased.")},
    )


class EraseOnRequestForm(forms.Form):
    """What the office writes down when it erases somebody who has written in."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "For example, the letter or email that asked for it, with its date. It stays in the history."
        ),
        error_messages={"required": _("Say why: the history keeps it.")},
    )
    identified = forms.CharField(
        label=_("How you know that it is this person"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "For example, called back on the number we hold. Copy no number of a document here: this stays."
        ),
        error_messages={"required": _("Say how you made sure: anybody could write in.")},
    )
    sure = forms.BooleanField(
        label=_("Erase this person. I know that this cannot be undone."),
        error_messages={"required": _("Tick the box if this person is to be erased.")},
    )
