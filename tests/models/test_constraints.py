"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from integration.models import (
    CallBudget,
    Connection,
    Cursor,
    Delivery,
    Link,
    MatchKey,
    Override,
    Record,
    Route,
    Run,
    Sighting,
    Tenant,
    Work,
)


class Stage:
    """One tenant with two connections, a route and a record."""

    def __init__(self) -> None:
        self.tenant = Tenant.objects.create(slug="acme", name="Acme")
        self.source, self.target = (
            Connection.everywhere.create(
                tenant=self.tenant, platform=platform, account="a", label=platform
            )
            for platform in ("crystal", "woocommerce")
        )
        self.route = self.make(
            Route, kind="product", source=self.source, target=self.target
        )
        self.record = self.make(Record, kind="product", label="Mug")

    def make(self, model: type[models.Model], **fields: Any) -> Any:
        return model._default_manager.create(tenant=self.tenant, **fields)


@pytest.fixture
def stage(db: None) -> Stage:
    return Stage()


Twice = Callable[[Stage], Any]

ONCE: dict[str, Twice] = {
    "a connection per account": lambda s: s.make(
        Connection, platform="crystal", account="a"
    ),
    "a route per kind and ends": lambda s: s.make(
        Route, kind="product", source=s.source, target=s.target
    ),
    "a cursor per list": lambda s: s.make(
        Cursor, connection=s.source, stream="products"
    ),
    "a record per external id": lambda s: s.make(
        Link,
        connection=s.source,
        kind="product",
        external_id="1",
        record=s.make(Record, kind="product"),
    ),
    "an external id per record": lambda s: s.make(
        Link,
        connection=s.source,
        kind="product",
        external_id=str(timezone.now().timestamp()),
        record=s.record,
    ),
    "a key per record and source": lambda s: s.make(
        MatchKey,
        record=s.record,
        connection=s.source,
        kind="product",
        name="sku",
        value="A",
    ),
    "a sighting per row": lambda s: s.make(
        Sighting,
        connection=s.source,
        stream="products",
        external_id="1",
        raw_digest=b"x",
        seen_at=timezone.now(),
    ),
    "an open delivery per record": lambda s: s.make(
        Delivery, route=s.route, record=s.record, kind="product"
    ),
    "an equal queued run": lambda s: s.make(
        Run,
        connection=s.source,
        stream="products",
        selection={},
        selection_key="k",
        cause="t",
    ),
    "a full read at a time": lambda s: s.make(
        Run,
        connection=s.source,
        stream="products",
        selection={},
        selection_key=str(timezone.now().timestamp()),
        cause="t",
        everything=True,
        state="running",
    ),
    "an override per field": lambda s: s.make(
        Override,
        connection=s.source,
        kind="product",
        direction="read",
        field="title",
        path="a",
    ),
    "a budget per window": lambda s: CallBudget.objects.create(
        platform="crystal", account="a", window=1000, allowed=1
    ),
}


@pytest.mark.parametrize("what", ONCE)
def test_there_is_only_ever_one(stage: Stage, what: str) -> None:
    made = ONCE[what]
    if what not in ("a connection per account", "a route per kind and ends"):
        made(stage)
    with pytest.raises(IntegrityError), transaction.atomic():
        made(stage)


def test_an_ended_delivery_makes_room_for_the_next(stage: Stage) -> None:
    for state in ("done", "closed", "gave_up", "parked", "planned"):
        stage.make(
            Delivery,
            route=stage.route,
            record=stage.record,
            kind="product",
            state=state,
        )


def test_a_route_goes_somewhere(stage: Stage) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        stage.make(Route, kind="stock", source=stage.source, target=stage.source)


def test_a_match_key_says_something(stage: Stage) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        stage.make(
            MatchKey,
            record=stage.record,
            connection=stage.source,
            kind="product",
            name="sku",
            value="",
        )


def test_every_constraint_and_index_has_a_name_of_its_own() -> None:
    from django.apps import apps

    names = [
        each.name
        for model in apps.get_models()
        if model._meta.app_label in ("integration", "synclog")
        for each in (*model._meta.constraints, *model._meta.indexes)
    ]
    assert len(names) > 25
    assert len(set(names)) == len(names)


def test_all_work_is_durable_alike() -> None:
    from django.apps import apps

    work = [model for model in apps.get_models() if issubclass(model, Work)]
    assert {model.__name__ for model in work} == {"Run", "Delivery", "Notice"}
