"""A write in the making, and the frozen form in which it survives its worker."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from integration.canonical.codec import digest
from integration.canonical.record import Record as Canonical
from integration.contract.messages import Action, Outgoing
from integration.models import Delivery, Link

_encoder = msgspec.json.Encoder(decimal_format="number", order="deterministic")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(slots=True)
class Draft:
    """One delivery on its way: what it says, where it goes, what is left to send.

    `full` is the whole payload, `fields` its digest per field, `payload` what is
    really sent. `there` is the link on the target, `target_id` the thing's id there.
    """

    delivery: Delivery
    canonical: Canonical | None = None
    there: Link | None = None
    target_id: str | None = None
    full: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)
    action: Action = Action.CREATE
    by: str = ""

    @property
    def uid(self) -> str:
        """The record's mark."""
        return str(self.delivery.record.uid)

    def outgoing(self) -> Outgoing:
        """The message for the writer; the payload exactly as it was frozen."""
        thawed = _decoder.decode(bytes(self.delivery.frozen or b"{}"))
        return Outgoing(
            uid=self.uid,
            action=Action(thawed["action"]),
            external_id=thawed["external_id"],
            payload=thawed["payload"],
            key=self.delivery.key,
            handles=self.there.handles if self.there else {},
        )


def digests(payload: Mapping[str, Any], volatile: Collection[str]) -> dict[str, str]:
    """One digest per field; keys in `volatile` do not count, however deep."""
    return {
        name: digest(_encoder.encode(_without(value, volatile))).hex()
        for name, value in payload.items()
    }


def _without(value: Any, volatile: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {
            name: _without(item, volatile)
            for name, item in value.items()
            if name not in volatile
        }
    if isinstance(value, list | tuple):
        return [_without(item, volatile) for item in value]
    return value


def freeze(draft: Draft, target_pk: int) -> None:
    """Fix payload and key on the delivery; they do not change until the outcome is
    known."""
    delivery = draft.delivery
    delivery.intent += 1
    delivery.action = draft.action
    words = f"{target_pk}:{draft.action}:{delivery.kind}:{delivery.intent}"
    delivery.key = str(uuid.uuid5(delivery.record.uid, words))
    delivery.sending = delivery.record.revision
    delivery.frozen = _encoder.encode(
        {
            "action": draft.action,
            "external_id": draft.target_id,
            "payload": draft.payload,
            "fields": draft.fields,
        }
    )
    # For people, who may look when the write is long settled.
    delivery.payload = zlib.compress(_encoder.encode(draft.payload))


def thaw(delivery: Delivery, there: Link | None) -> Draft:
    """The draft a frozen delivery was."""
    frozen = _decoder.decode(bytes(delivery.frozen or b"{}"))
    return Draft(
        delivery=delivery,
        there=there,
        target_id=frozen["external_id"],
        fields=frozen["fields"],
        payload=frozen["payload"],
        action=Action(frozen["action"]),
    )
