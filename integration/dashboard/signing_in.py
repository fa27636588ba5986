"""How people sign in: by an account that came of an invitation, never by a form."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integration.engine.addresses import settle
from integration.models.sealed import SealBroken, keyring
from integration.web import second_factor
from integration.web.request_log import address_of

logger = logging.getLogger(__name__)
# What people are told by mail when it was done in their name.
DEEDS = {
    "account/email/password_changed": _("Your password was changed"),
    "account/email/password_reset": _("Your password was set anew"),
    "account/email/password_set": _("A password was set"),
    "account/email/email_changed": _("Your e-mail address was changed"),
    "account/email/email_deleted": _("An e-mail address was removed"),
    "mfa/email/totp_activated": _("An authenticator app was set up"),
    "mfa/email/totp_deactivated": _("The authenticator app was removed"),
    "mfa/email/webauthn_added": _("A passkey was added"),
    "mfa/email/webauthn_removed": _("A passkey was removed"),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made"),
}
TOLD = "account/email/told"


class InvitedOnly(DefaultAccountAdapter):
    """Nobody signs up by themselves; links in mail are built from our own address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an invitation makes the account."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether somebody may be sent on to `url`: a page of ours, without a host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where the person sits, as the request log has it."""
        return address_of(request)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in; an address from the console is the person's from then on."""
        super().login(request, user)
        if isinstance(user, User):
            settle(user)

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """How somebody confirms who they are: by the second factor, if there is one."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if second_factor.has_one(user):
            return [way for way in ways if way["id"] != "reauthenticate"]
        return ways

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link to a new password. The request's host has no say in it."""
        whose, _dash, token = key.partition("-")
        given = {"uidb36": whose, "key": token}
        return _ours(reverse("account_reset_password_from_key", kwargs=given))

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: Any
    ) -> str:
        """The link that proves an address."""
        return _ours(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Send it, or note that it did not go: no page fails for want of mail."""
        deed = DEEDS.get(template_prefix)
        known = {
            **context,
            "deed": deed,
            "current_site": SimpleNamespace(name="Weft", domain=settings.PUBLIC.netloc),
            "account_url": _ours(reverse("person")),
            "reset_url": _ours(reverse("account_reset_password")),
        }
        try:
            super().send_mail(TOLD if deed else template_prefix, email, known)
        except OSError as failure:
            logger.error("a mail could not be sent: %s", type(failure).__name__)

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        """Tries are counted by account; the host they are made at must not matter."""
        return str(credentials.get("email") or credentials.get("username", "")).lower()


class SealedFactors(DefaultMFAAdapter):
    """Secrets of second factors are stored encrypted, as all of Weft's are."""

    def encrypt(self, text: str) -> str:
        """What is stored in place of a secret."""
        return keyring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret. SealBroken where its key is gone."""
        try:
            return keyring().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise SealBroken("a second factor's secret cannot be opened") from None

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """What a passkey is called until the person names it."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Where a passkey belongs: to the host it is made at, which browsers check."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Weft"}


def _ours(path: str) -> str:
    return f"{settings.WEFT_PUBLIC_URL}{path}"
