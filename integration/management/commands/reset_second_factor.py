"""`manage.py reset_second_factor`: for who lost the phone, the key and the codes."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import filter_users_by_email
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.management import named
from integration.models import Member
from synclog import journal


class Command(BaseCommand):
    """Make sure by another way that the person is who they say they are."""

    help = "Take a person's second factor away and end their sessions"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """The password stays; where a second factor is required a new one is set up."""
        named.needs_database()
        found = filter_users_by_email(options["email"], prefer_verified=True)
        if not found:
            raise CommandError(f"There is no account of {options['email']}.")
        user = found[0]
        Authenticator.objects.filter(user=user).delete()
        for session in Session.objects.iterator():
            if session.get_decoded().get("_auth_user_id") == str(user.pk):
                session.delete()
        for member in Member.objects.filter(user=user):
            journal.audit(member.tenant_id, "second_factor_reset", user.get_username())
        self.stdout.write(f"{user.get_username()} signs in with the password alone.")
