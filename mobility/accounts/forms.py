"""The forms of signing in, of one's own account, and of the accounts of others."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

_ADDRESS = [
    InputRequired(_l("Enter your e-mail address.")),
    Length(max=254, message=_l("This address is too long.")),
]


def _password(missing: Any) -> list[Any]:
    return [InputRequired(missing), Length(max=256, message=_l("This password is too long."))]


class SignInForm(FlaskForm):
    email = EmailField(_l("E-mail address"), _ADDRESS)
    password = PasswordField(_l("Password"), _password(_l("Enter your password.")))


class ForgotForm(FlaskForm):
    email = EmailField(_l("E-mail address"), _ADDRESS)


class CodeForm(FlaskForm):
    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), Length(max=40, message=_l("This code is too long."))],
    )


class ConfirmForm(FlaskForm):
    password = PasswordField(_l("Password"), _password(_l("Enter your password.")))


class NewPasswordForm(FlaskForm):
    password = PasswordField(_l("New password"), _password(_l("Enter a new password.")))


class AcceptForm(NewPasswordForm):
    name = StringField(
        _l("Your name"),
        [InputRequired(_l("Enter your name.")), Length(max=120, message=_l("This name is too long."))],
    )


class ChangePasswordForm(NewPasswordForm):
    old = PasswordField(_l("Present password"), _password(_l("Enter your present password.")))
