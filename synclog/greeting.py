"""A test mail: shows a person that mail of Weft's arrives."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from integration.models import Priority, Tenant
from synclog import journal
from synclog.models import Notice
from synclog.wording import subject_line


def owe(tenant: Tenant, user: User) -> Notice:
    """One mail to this person, sent like every other."""
    now = timezone.now()
    with translation.override(tenant.language):
        subject = _("Mail from Weft arrives")
    notice = Notice(
        tenant=tenant,
        episode=f"greeting:{tenant.pk}:{user.pk}:{now:%Y%m%dT%H%M%S%f}",
        template="greeting",
        subject=subject_line(subject),
        context={"merchant": tenant.name},
        to=[user.email],
        priority=Priority.MANUAL,
    )
    notice.save()
    journal.audit(tenant, "asked for a test mail", user.email, user=user)
    return notice
