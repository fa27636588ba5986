"""Pictures that have no public address: which one Weft gives them, and their bytes.

The address is signed and says all there is to know, so nothing is stored for it. It is
the same for the same picture for ever, so that naming it again is no change; only
another `WEFT_PUBLIC_URL` or `SECRET_KEY` changes it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils import timezone

from integration.canonical.catalog import PICTURE, Image, Product
from integration.canonical.codec import digest
from integration.canonical.record import Record as Canonical
from integration.contract.messages import Picture
from integration.engine.session import Session
from integration.errors import Transient, Unsupported
from integration.models import Connection, Health, Link
from integration.models.connection import STOPPED

SALT = "weft.pictures"
# Shops want an ending and go by the bytes: WordPress renames what is none.
# https://developer.wordpress.org/reference/functions/wp_check_filetype_and_ext/
ENDING = ".jpg"


class Asked(NamedTuple):
    """What an address is of: a picture, by its id on a connection's platform."""

    connection_id: int
    picture_id: str


def reachable(thing: Canonical, link: Link) -> Canonical:
    """The thing as others may have it: Weft's address in the place of none.

    `link` is the thing on the platform that has the pictures.
    """
    if not isinstance(thing, Product):
        return thing
    images = tuple(_public(image, link.connection_id) for image in thing.images)
    return replace(thing, images=images)


def _public(image: Image, connection_id: int) -> Image:
    if not image.url.startswith(PICTURE):
        return image
    name = digest(image.key.encode()).hex()[:16] + ENDING
    token = _signer().sign_object(
        [connection_id, image.url.removeprefix(PICTURE), name]
    )
    url = f"{settings.WEFT_PUBLIC_URL}/pictures/{token}/{name}"
    return replace(image, url=url)


def asked(token: str, name: str) -> Asked | None:
    """What the address with this token and name is of; None where it is not ours."""
    try:
        connection_id, picture_id, signed = _signer().unsign_object(token)
    except BadSignature:
        return None
    return Asked(connection_id, picture_id) if signed == name else None


def fetch(asked: Asked) -> Picture:
    """Get a picture from its platform, with one call that is counted as any other.

    Raises Unsupported where the connection is gone, Transient while it may not be
    called, and the failures of the platform.
    """
    found = Connection.everywhere.filter(pk=asked.connection_id, tenant__active=True)
    connection = found.exclude(health=Health.DISCONNECTED).first()
    if connection is None:
        raise Unsupported("Nobody is connected there any more.")
    _may_be_called(connection)
    opened = Session(connection)
    if opened.connector.picture is None:
        raise Unsupported(f"{opened.connector.label} gives no pictures.")
    try:
        return opened.connector.picture(opened.client, asked.picture_id)
    finally:
        opened.meter.write_down()


def _may_be_called(connection: Connection) -> None:
    """A platform that is left alone for a while is left alone by pictures too."""
    until = connection.circuit_until
    if connection.health in STOPPED:
        raise Transient(f"{connection.label} is stopped.")
    if until is not None and until > timezone.now():
        left = (until - timezone.now()).total_seconds()
        raise Transient(f"{connection.label} does not answer.", after=max(1, left))


def _signer() -> Signer:
    """Without a time, so that a picture's address does not change."""
    return Signer(salt=SALT, sep=".")
