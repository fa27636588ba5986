"""No query forgets whose rows it wants, and no row points into another's house."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from integration.models import (
    Connection,
    ForeignTenant,
    Tenant,
    TenantModel,
    UnscopedQuery,
)

ROOT = Path(__file__).resolve().parents[2]
TENANT_MODELS = [
    model
    for model in apps.get_models()
    if issubclass(model, TenantModel) and not model._meta.proxy
]
# Who may work for all merchants at once: what is handed work without asking whose,
# what follows up on rows that are scoped already, and staff.
FOR_ALL_TENANTS = (
    "integration/engine/",
    "integration/hooks/",
    "integration/models/scope.py",
    "integration/admin/",
    "integration/management/",
    "integration/demo/",
    "synclog/",
)


def test_there_are_tenant_models() -> None:
    assert len(TENANT_MODELS) > 15


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model.__name__)
def test_a_query_that_does_not_say_whose_is_refused(
    model: type[TenantModel], db: None
) -> None:
    for ask in ("all", "count", "first", "exists", "create", "get", "filter"):
        with pytest.raises(UnscopedQuery, match=model.__name__):
            getattr(model.objects, ask)()
    with pytest.raises(UnscopedQuery):
        model.objects.bulk_create([])


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model.__name__)
def test_a_scoped_query_gives_one_merchant_s_rows(
    model: type[TenantModel], db: None
) -> None:
    acme = Tenant.objects.create(slug="acme", name="Acme")
    wanted = str(model.objects.for_tenant(acme).query)
    assert f'"tenant_id" = {acme.pk}' in wanted


def pointers() -> list[tuple[type[TenantModel], str]]:
    """Every foreign key from a tenant's row to a tenant's row."""
    return [
        (model, field.name)
        for model in TENANT_MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and issubclass(field.related_model, TenantModel)
    ]


@pytest.mark.parametrize(
    ("model", "name"), pointers(), ids=lambda part: getattr(part, "__name__", part)
)
def test_a_row_that_points_at_another_merchant_s_is_not_saved(
    model: type[TenantModel], name: str, db: None
) -> None:
    acme = Tenant.objects.create(slug="acme", name="Acme")
    beta = Tenant.objects.create(slug="beta", name="Beta")
    row = model(tenant=acme)
    for other, pointer in pointers():
        if other is model:
            owner = beta if pointer == name else acme
            related: Any = model._meta.get_field(pointer).related_model
            setattr(row, pointer, related(pk=1, tenant=owner))
    with pytest.raises(ForeignTenant, match=name):
        row.save()
    assert not model.everywhere.exists()


def test_a_row_moved_to_another_merchant_is_not_saved(db: None) -> None:
    acme = Tenant.objects.create(slug="acme", name="Acme")
    beta = Tenant.objects.create(slug="beta", name="Beta")
    mine, theirs = (
        Connection.everywhere.create(tenant=each, platform="crystal", account="a")
        for each in (acme, beta)
    )
    from integration.models import Cursor

    cursor = Cursor.everywhere.create(tenant=acme, connection=mine, stream="products")
    cursor.connection = theirs
    with pytest.raises(ForeignTenant):
        cursor.save()


def everywhere_users() -> set[str]:
    """The modules that query all merchants' rows."""
    return {
        str(path.relative_to(ROOT))
        for package in ("integration", "connectors", "synclog")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "everywhere"
    }


def test_only_named_places_work_for_all_merchants() -> None:
    users = everywhere_users()
    assert "integration/engine/claim.py" in users
    assert [path for path in users if not path.startswith(FOR_ALL_TENANTS)] == []


def test_no_place_outside_the_models_makes_its_own_unscoped_manager() -> None:
    """`_base_manager` and a bare QuerySet would go past the guard."""
    allowed = {
        "integration/models/scope.py",
        "integration/engine/housekeeping.py",
        "integration/management/commands/rotate_keys.py",
    }
    users = {
        str(path.relative_to(ROOT))
        for package in ("integration", "connectors", "synclog")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Attribute) and node.attr in _BACK_DOORS)
        or (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "QuerySet")
    }
    assert users - allowed == set()


_BACK_DOORS = ("_base_manager", "_default_manager")
