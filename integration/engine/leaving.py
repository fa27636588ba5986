"""A merchant leaves: platforms are told, then everything of it is deleted, bit by bit.

One round does a part and comes to an end soon; the next goes on. What is deleted was
asked for by an owner, and nothing is read or written for the merchant meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils import timezone

from integration.engine import connect
from integration.errors import SyncFailure
from integration.models import Connection, Health, Tenant
from integration.models.scope import ManyRowsModel, TenantModel

logger = logging.getLogger(__name__)

# Rows that one statement deletes, and statements of one round.
SLICE = 1_000
ROUND = 40


def ask(tenant: Tenant, user: User | None = None) -> None:
    """Switch the merchant off and begin; there is no way back."""
    who = user.get_username() if user else "nobody"
    logger.warning("merchant %s is being deleted, asked by %s", tenant.slug, who)
    Tenant.objects.filter(pk=tenant.pk, leaving_at=None).update(
        active=False, leaving_at=timezone.now()
    )


def go_on() -> bool:
    """One round for whoever leaves; False: nobody does."""
    tenant = Tenant.objects.exclude(leaving_at=None).order_by("leaving_at").first()
    if tenant is None:
        return False
    _tell_platforms(tenant)
    if _forget(tenant):
        tenant.delete()
        logger.warning("merchant %s is gone", tenant.slug)
    return True


def _tell_platforms(tenant: Tenant) -> None:
    """Webhooks and tokens go there too; what cannot be told is noted in the log."""
    rows = Connection.objects.for_tenant(tenant)
    for connection in rows.exclude(health=Health.DISCONNECTED):
        try:
            left = connect.disconnect(connection)
        except SyncFailure as failure:
            left = failure.message
            Connection.objects.for_tenant(tenant).filter(pk=connection.pk).update(
                health=Health.DISCONNECTED
            )
        if left:
            logger.warning("left behind at %s: %s", connection.platform, left)


def _forget(tenant: Tenant) -> bool:
    """Delete the largest tables slice by slice; True when none has rows left.

    The database deletes the small ones together with the merchant.
    """
    statements = 0
    for model in _largest():
        while True:
            if statements >= ROUND:
                return False
            keys = list(
                model.objects.for_tenant(tenant)  # type: ignore[attr-defined]
                .order_by("pk")
                .values_list("pk", flat=True)[:SLICE]
            )
            if not keys:
                break
            rows = model.objects.for_tenant(tenant)  # type: ignore[attr-defined]
            rows.filter(pk__in=keys).delete()
            statements += 1
    return True


def _largest() -> Iterator[type[Model]]:
    """Models whose rows may be many: those written by the hundred thousand first."""
    models = [each for each in apps.get_models() if issubclass(each, TenantModel)]
    many = {"Delivery", "SyncError", "Run", "WebhookEvent", "CallUsage", "Notice"}
    yield from (each for each in models if issubclass(each, ManyRowsModel))
    yield from (each for each in models if each.__name__ in many)
