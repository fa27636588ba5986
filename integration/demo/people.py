"""Who may look at the demonstration: the owner of both merchants, and the staff."""

from __future__ import annotations

import secrets

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.models import User

from integration.models import Member, Role, Tenant

OWNER = "merchant@example.com"
STAFF = "staff@example.com"
# Recovery codes that are said: each opens the staff pages once.
SAID = 4


def make(tenant: Tenant) -> list[str]:
    """Both people; what is to be said about signing in as them."""
    password = secrets.token_urlsafe(9)
    owner = User.objects.create_user(OWNER, OWNER, password, first_name="Demo owner")
    staff = User.objects.create_superuser(STAFF, STAFF, password)
    for user in (owner, staff):
        EmailAddress.objects.create(
            user=user, email=user.email, primary=True, verified=True
        )
    owns(tenant)
    # Staff pages open with a second factor alone: a code instead of an app will do.
    TOTP.activate(staff, generate_totp_secret())
    codes = RecoveryCodes.activate(staff).get_unused_codes()[:SAID]
    return [
        f"Both merchants: sign in at {settings.WEFT_PUBLIC_URL}/ as {OWNER} "
        f"with the password {password}",
        f"Staff pages: {settings.WEFT_PUBLIC_URL}/admin/ as {STAFF}, the same "
        f"password, and one of these codes, each once: {' '.join(codes)}",
    ]


def owns(tenant: Tenant) -> None:
    """The owner owns this merchant too, where there is one."""
    owner = User.objects.filter(username=OWNER).first()
    if owner is not None:
        Member.objects.create(tenant=tenant, user=owner, role=Role.OWNER)
