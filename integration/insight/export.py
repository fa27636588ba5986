"""Everything a merchant has, as lines of JSON; secrets and digests stay here."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField, Field, Model

from integration.models import Tenant
from integration.models.scope import TenantModel
from integration.models.sealed import SealedField
from synclog.cleaning import without_secrets

CHUNK = 2_000
# What opens a door, in whatever table it stands.
KEPT_BACK = {"hook_token", "prefix", "state", "episode"}
# Binary columns people can read; the others are digests.
BODIES = {"data", "body", "payload", "frozen"}


def lines(tenant: Tenant) -> Iterator[str]:
    """One JSON object a line: the table, then the row. Memory stays flat."""
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    yield encoder.encode({"table": "tenant", "name": tenant.name, "zone": tenant.zone})
    yield "\n"
    for model in apps.get_models():
        if not issubclass(model, TenantModel):
            continue
        rows = model.objects.for_tenant(tenant).order_by("pk")
        for row in rows.iterator(chunk_size=CHUNK):
            told = {"table": model._meta.model_name, **_told(row)}
            yield encoder.encode(told) + "\n"


def _told(row: Model) -> dict[str, Any]:
    """The columns of a row as JSON may hold them."""
    told = {}
    for field in row._meta.concrete_fields:
        if isinstance(field, SealedField) or field.name in KEPT_BACK:
            continue
        value = getattr(row, field.attname)
        if isinstance(field, BinaryField):
            if field.name in BODIES and value:
                told[field.name] = _read(bytes(value))
            continue
        told[field.attname] = _masked(field, value)
    return told


def _masked(field: Field[Any, Any], value: Any) -> Any:
    return without_secrets(value) if isinstance(value, dict | list) else value


def _read(body: bytes) -> Any:
    """A stored body, unpacked where it is packed; as text where it is no JSON."""
    with contextlib.suppress(zlib.error):
        body = zlib.decompress(body)
    try:
        return without_secrets(msgspec.json.decode(body))
    except msgspec.DecodeError:
        return body.decode("utf-8", "replace")
