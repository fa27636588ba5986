"""A code of an authenticator app opens one session, however long it would be valid."""

from __future__ import annotations

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.core.cache import cache


class _Once(forms.BaseAuthenticateForm):
    def clean_code(self) -> str:
        """The code, unless it was used: allauth remembers it for one period alone."""
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(filter(str.isdigit, code))
            periods = 2 * app_settings.TOTP_TOLERANCE + 1
            used = f"weft.code:{self.user.pk}:{digits}"
            if not cache.add(used, True, periods * app_settings.TOTP_PERIOD):
                raise get_adapter().validation_error("incorrect_code")
        return code


class OnceToSignIn(_Once, forms.AuthenticateForm):
    """The second step of signing in."""


class OnceToConfirm(_Once, forms.ReauthenticateForm):
    """Confirming that it is still the same person."""
