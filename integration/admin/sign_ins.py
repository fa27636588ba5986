"""Keeps addresses and second factors out of the staff admin: each is its person's own.

Who lost a second factor is helped by `manage.py reset_second_factor`.
"""

from __future__ import annotations

from importlib import import_module

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib import admin


def hide_sign_ins() -> None:
    """Take out what allauth registers by itself."""
    # Imported first: they would register their models again if they came later.
    for module in ("allauth.account.admin", "allauth.mfa.admin"):
        import_module(module)
    for model in (EmailAddress, EmailConfirmation, Authenticator):
        if admin.site.is_registered(model):
            admin.site.unregister(model)
