"""Whose an e-mail address is: proved by an invitation, or given by the installation."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet


def settle(user: User) -> None:
    """Count the account's own address as proved, where no address of it is yet.

    It came of an invitation or of whoever runs the installation: people change it by
    a link sent to the new one alone. Left be where it is proved to be somebody else's.
    """
    email = user.email.lower()
    proved = EmailAddress.objects.filter(verified=True)
    if not email or proved.filter(Q(user=user) | Q(email=email)).exists():
        return
    EmailAddress.objects.filter(user=user, primary=True).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )


def whose(email: str) -> QuerySet[User]:
    """Who signs in with this address; a wish to, not confirmed yet, does not count."""
    proved = EmailAddress.objects.filter(email__iexact=email, verified=True)
    users: QuerySet[User] = User.objects.filter(
        Q(email__iexact=email) | Q(pk__in=proved.values("user"))
    )
    return users.order_by("pk")
