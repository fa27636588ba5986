"""People signed in, with what the session then says of how they did."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import User
from django.test import Client, RequestFactory


def sign_in(
    client: Client, user: User, *, second_factor: bool = True, confirmed: bool = False
) -> Client:
    """The client, with a session as signing in by the pages leaves it.

    With a second factor the person gets an authenticator app; `confirmed`: they have
    shown just now that it is them.
    """
    client.force_login(user)
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    record_authentication(request, user, "password", reauthenticated=confirmed)
    if second_factor:
        factor = authenticator(user)
        record_authentication(
            request,
            user,
            "mfa",
            id=factor.pk,
            type=factor.type,
            reauthenticated=confirmed,
        )
    request.session.save()
    return client


def authenticator(user: User) -> Authenticator:
    """The person's authenticator app, set up where there was none."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    return found.first() or TOTP.activate(user, generate_totp_secret()).instance
