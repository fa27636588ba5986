"""Receives Galaxy's calls: each says that something changed, and nothing else.

Their names, bodies and signatures are not published, so none is looked at. They are set
up by hand in Galaxy, at this connection's address with a list's name or "any" behind
it: http://webshop-host.northeurope.cloudapp.azure.com/sync-service/introduction
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from connectors.galaxy.client import Client
from connectors.galaxy.items import PARTS
from connectors.galaxy.parties import SITES
from integration.contract.messages import (
    Answer,
    Event,
    Request,
    Secrets,
    Settings,
    Verdict,
)

# The lists a change may be told of; a read of the two main ones brings their parts.
LISTS = ("items", *PARTS, "customers", SITES)
EVERYTHING = ("items", "customers")


class Webhooks:
    """See the contract. Whoever knows the address may ask for a look, no more."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._settings = settings

    def greet(self, request: Request) -> Answer | None:
        """None: every call, by GET or POST, is an event."""
        return None

    def verify(self, request: Request) -> Verdict:
        """Never signed: the secret part of the address is all there is."""
        return Verdict.UNSIGNED

    def events(self, request: Request) -> Iterator[Event]:
        """The list the address ends with; any other word means all of them."""
        name = request.path.rstrip("/").rpartition("/")[2].lower()
        for stream in (name,) if name in LISTS else EVERYTHING:
            yield Event(stream, (), topic=name if name in LISTS else "any")

    def sync(
        self, client: Client, url: str | None, secret: str, streams: Collection[str]
    ) -> None:
        """Nothing: calls are set up by hand in Galaxy's back office."""
