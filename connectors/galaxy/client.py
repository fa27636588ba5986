"""Speaks with one Galaxy installation: its address, its scenario, its lists.

The Sync Service as its vendor introduces it:
http://webshop-host.northeurope.cloudapp.azure.com/sync-service/introduction
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NoReturn
from urllib.parse import quote

from connectors.galaxy.refusals import SCENARIO, judge, judge_post, page
from connectors.galaxy.session import ACCEPT
from integration.contract.messages import Json, Settings
from integration.errors import BadConfig, BadRecord, SyncFailure, Unknown
from integration.http.client import Http, Params
from integration.http.redact import address
from integration.http.reply import Reply

SYNC = "/services/sync/"
GENERIC = "/api/glx/entities/"
REVISION = "RevisionNumber"
# Seconds a whole list may take on its way, and rows handed on together.
PATIENCE = 300
ROWS = 500
# Pictures are counted apart: they must not use up the calls of orders and stock.
PICTURES = "pictures"


class NotThere(BadConfig):
    """This installation has no such list; or the address is wrong."""


class Client:
    """The calls Weft makes on one installation under one Web Scenario.

    Every call raises BadCredentials, BadConfig and Transient as `judge` does.
    """

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings = settings
        self.http = http
        self.scenario = str(settings.get("web_scenario") or "").strip()
        self.rows_at_once = int(settings.get("rows_at_once") or ROWS)
        self._patience = float(settings.get("patience") or PATIENCE)

    def rows(
        self, name: str, after: int | None = None, ids: Sequence[str] = ()
    ) -> Iterator[bytes]:
        """A list's rows as they arrive: with numbers above `after`, or these ids.

        `after` None leaves the number out. Raises NotThere for an unknown list.
        """
        params: Params = {REVISION: after, "IDs": ",".join(ids) or None}
        yield from self.http.rows(
            SYNC + name, _no_list, timeout=self._patience, **self._with(params)
        )

    def get(self, path: str) -> Json:
        """What one address answers, below the installation's own."""
        return judge(self.http.get(path, **self._with({}))).json()

    def entities(self, entity: str, name: str, values: Sequence[str]) -> list[Json]:
        """Rows of the generic API whose property `name` has one of these values."""
        wanted = {"Name": name, "Type": "Default", "Operator": "In", "Value": values}
        path = f"{GENERIC}{quote(entity, safe='')}/fetch"
        body = {"Filters": [wanted]}
        reply = self.http.post(path, json=body, repeatable=True, **self._with({}))
        found = judge(reply).json()
        return found if isinstance(found, list) else []

    def picture(self, external_id: str) -> Json:
        """One picture's row; `Image` is its bytes in base64. BadRecord for none."""
        path = f"{GENERIC}itemimage/{quote(external_id, safe='')}"
        reply = self.http.get(path, group=PICTURES, **self._with({}))
        if reply.status == 404:
            message = "Galaxy has this picture no more."
            raise BadRecord("Image", message, code="image_gone")
        return judge(reply).json()

    def act(self, action: str, body: Json) -> Json:
        """Hand something in; Galaxy's answer, None where it gives none.

        Raises as `judge_post` does.
        """
        path = f"{SYNC}actions/{action}"
        reply = self.http.post(path, json=body, **self._with({}))
        taken = judge_post(reply)
        return _answer(taken) if taken.body.strip() else None

    def _with(self, params: Params) -> Json:
        """What every call carries: the scenario above all, for without it another
        company's data may come. The only place it is put."""
        return {
            "params": {**params, SCENARIO: self.scenario or None},
            "headers": ACCEPT,
        }


def base_url(settings: Settings) -> str:
    """Where the installation lives, its path included."""
    return str(settings.get("base_url") or "").strip().rstrip("/")


def account(settings: Settings) -> str:
    """Address and scenario: two scenarios share no ids, marks or tables."""
    place = base_url(settings).partition("://")[2]
    scenario = str(settings.get("web_scenario") or "").strip().lower()
    return f"{place}#{scenario or 'default'}" if place else ""


def _no_list(reply: Reply) -> NoReturn:
    if reply.status == 404:
        raise NotThere(
            "base_url",
            f"There is nothing at {address(reply.url)}.",
            hint="Check the address, its path in front of /services included.",
        )
    raise page(judge(reply))


def _answer(reply: Reply) -> Json:
    try:
        return reply.json()
    except SyncFailure:
        raise Unknown(
            "Galaxy took it, or did not: its answer cannot be read.",
            hint="Look for it in Galaxy before sending it again.",
        ) from None
