"""Tenant isolation: every row carries its tenant, and no query forgets it by accident.

`Model.objects` answers nothing until told whose rows are meant. Code that works for
all tenants (the engine claiming due work, the staff admin) says so with
`Model.everywhere`, which a test allows in named modules alone.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self

from django.db import models


class UnscopedQuery(RuntimeError):
    """A query on tenants' rows that does not say whose."""


class ForeignTenant(ValueError):
    """A row of one tenant was about to point at a row of another."""


class ScopedManager(models.Manager[Any]):
    """Refuses every query but `for_tenant`."""

    def get_queryset(self) -> NoReturn:
        raise UnscopedQuery(
            f"{self.model.__name__}.objects needs for_tenant(tenant); "
            "code for all tenants says .everywhere"
        )

    def for_tenant(self, tenant: models.Model | int) -> models.QuerySet[Any]:
        """The rows of one tenant (a Tenant, or its primary key)."""
        key = tenant.pk if isinstance(tenant, models.Model) else tenant
        return models.QuerySet(self.model, using=self._db).filter(tenant_id=key)


class TenantModel(models.Model):
    """A row that belongs to one tenant, with all it points at."""

    tenant = models.ForeignKey("integration.Tenant", models.CASCADE, related_name="+")

    everywhere: ClassVar[models.Manager[Self]] = models.Manager()
    objects: ClassVar[ScopedManager] = ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "everywhere"
        default_manager_name = "everywhere"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, unless it points outside its tenant (ForeignTenant)."""
        self.check_tenant()
        super().save(*args, **kwargs)

    def check_tenant(self) -> None:
        """Raise ForeignTenant where a foreign key leaves the tenant."""
        for field in self._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or field.name == "tenant":
                continue
            if not issubclass(field.related_model, TenantModel):
                continue
            target = getattr(self, field.name)
            if target is not None and target.tenant_id != self.tenant_id:
                where = f"{self._meta.label}.{field.name}"
                raise ForeignTenant(f"{where} leaves its tenant")


class ManyRowsModel(TenantModel):
    """A row of one of the largest tables, written by the hundred thousand.

    Its own indexes begin with what it is asked by, so the tenant has none. Nor does the
    database look for tenant, connection and record anew with every row: such rows are
    written under the tenant's lock alone, and none of the three goes without that lock.
    """

    tenant = models.ForeignKey(
        "integration.Tenant",
        models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta(TenantModel.Meta):
        abstract = True
