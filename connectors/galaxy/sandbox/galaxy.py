"""Answers Galaxy's API in small: sessions, lists, actions and the generic part."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from threading import Condition
from typing import Any, ClassVar

from werkzeug import Request, Response
from werkzeug.routing import Map

from connectors.galaxy.sandbox.answers import (
    Refused,
    as_json,
    as_page,
    as_stream,
    body_of,
    wants_json,
)
from connectors.galaxy.sandbox.controls import CONTROLS
from connectors.galaxy.sandbox.customers import Reception
from connectors.galaxy.sandbox.entries import Ledger
from connectors.galaxy.sandbox.erp import LISTS, Erp
from connectors.galaxy.sandbox.generic import fetch, view
from connectors.galaxy.sandbox.ids import (
    PASSWORD,
    RETAIL_COMPANY,
    RETAIL_SCENARIO,
    TRADE_COMPANY,
    TRADE_SCENARIO,
    USERNAME,
    as_id,
)
from connectors.galaxy.sandbox.lists import read_list
from connectors.galaxy.sandbox.metadata import describe_items
from connectors.galaxy.sandbox.pictures import picture
from connectors.galaxy.sandbox.routes import ROUTES
from connectors.galaxy.sandbox.seed import seed
from connectors.galaxy.sandbox.sessions import Sessions
from connectors.galaxy.sandbox.settings import Settings
from connectors.galaxy.sandbox.webhooks import Bell
from integration.sandbox.platform import Context, Platform

OPEN_ENDPOINTS = frozenset({"login", "logout"})


class Galaxy(Platform):
    """Galaxy's Sync Service and what stands beside it.

    http://webshop-host.northeurope.cloudapp.azure.com/sync-service
    """

    key: ClassVar[str] = "galaxy"
    credentials: ClassVar[Mapping[str, str]] = {
        "username": USERNAME,
        "password": PASSWORD,
        "web_scenario": RETAIL_SCENARIO,
        "company": RETAIL_COMPANY,
        "second_web_scenario": TRADE_SCENARIO,
        "second_company": TRADE_COMPANY,
    }
    url_map: ClassVar[Map] = ROUTES

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.bell = Bell()
        self.at_once = 0
        self._rest = Condition(self.lock)
        self.reset()

    def reset(self) -> None:
        self.bell.forget()
        self.settings = Settings()
        self.sessions = Sessions()
        self.erp = Erp(self.bell.tell)
        self.reception = Reception(self.erp)
        self.book = Ledger(self.erp)
        self.at_once_most = self.at_once
        seed(self.erp)

    def close(self) -> None:
        self.bell.stop()

    def answer(
        self, endpoint: str, request: Request, values: Mapping[str, Any]
    ) -> Response:
        asked = dict(values)
        if asked.pop("prefix", "") != self.settings.prefix:
            return self.unknown(request)
        if self.settings.proxy_page:
            return as_page("Σύνδεση στο δίκτυο")
        with self._counted():
            self.reception.settle()
            try:
                response = self._done(endpoint, request, asked)
            except Refused as error:
                response = error.answer()
        if wants_json(request) or response.status_code == 204:
            return response
        return _as_report(response)

    def unknown(self, request: Request) -> Response:
        text = f"Handler for Request not found: {request.method} {request.path}"
        return Response(text, 404, content_type="text/plain")

    def ledger(self) -> dict[str, Any]:
        self.reception.settle()
        base = f"{self.context.base_url}/{self.settings.prefix}".rstrip("/")
        return {
            "base_url": base,
            **{name: list(table.kept()) for name, table in self.erp.tables.items()},
            "customers_posted": self.reception.posted,
            "customers_duplicated": self.reception.duplicated,
            "customers_overwritten": self.reception.overwritten,
            "customers_waiting": len(self.reception.waiting),
            "entries": self.book.entries,
            "entries_duplicated": self.book.duplicated(),
            "logins": self.sessions.logins,
            "logins_refused": self.sessions.refused,
            "passwords_in_address": self.sessions.in_address,
            "sessions": self.sessions.open_sessions(),
            "at_once_most": self.at_once_most,
            "webhooks": list(self.bell.rung),
            "webhooks_waiting": self.bell.waiting(),
            "settings": self.shown_settings(),
        }

    def shown_settings(self) -> dict[str, Any]:
        """Give the settings as JSON."""
        return asdict(self.settings)

    def control(self, action: str, body: Any) -> Any:
        if not isinstance(body, dict):
            raise ValueError("a control takes a JSON object")
        self.reception.settle()
        return CONTROLS[action](self, body)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count the calls being answered, and let others in while this one rests."""
        self.at_once += 1
        self.at_once_most = max(self.at_once_most, self.at_once)
        try:
            if self.settings.answer_seconds:
                self._rest.wait(self.settings.answer_seconds)
            yield
        finally:
            self.at_once -= 1

    def _done(self, endpoint: str, request: Request, asked: dict[str, Any]) -> Response:
        if endpoint not in OPEN_ENDPOINTS:
            self.sessions.admit(request, self.settings.refusal_status)
        if endpoint in LISTS:
            rows, show = read_list(self.erp, self.settings, endpoint, request.args)
            return as_stream(rows, show)
        done: Response = getattr(self, f"_{endpoint}")(request, **asked)
        return done

    def _login(self, request: Request) -> Response:
        return self.sessions.login(request, self.settings)

    def _logout(self, request: Request) -> Response:
        return self.sessions.logout(request)

    def _metadata(self, request: Request) -> Response:
        self.erp.scenario(request.args.get("WebScenID"))
        return as_json(describe_items(self.settings))

    def _postcustomer(self, request: Request) -> Response:
        scenario = self.erp.scenario(request.args.get("WebScenID"))
        self.reception.take(body_of(request), scenario, self.settings)
        return Response(status=204)

    def _postentry(self, request: Request) -> Response:
        scenario = self.erp.scenario(request.args.get("WebScenID"))
        return as_json(self.book.take(body_of(request), scenario, self.settings))

    def _fetch(self, request: Request, entity: str) -> Response:
        book = self.book if self.settings.entries_readable else None
        return as_json(fetch(self.erp, book, entity, body_of(request)))

    def _view(self, request: Request, table: str, name: str) -> Response:
        filters = request.args.get("filters", "")
        return as_json(view(self.erp, table, name, filters))

    def _image(self, request: Request, id: str) -> Response:
        row = self.erp["itemimages"].find(as_id(id))
        if row is None:
            raise Refused(404, "NotFound", "Η εικόνα δεν υπάρχει.")
        text = self.erp.drawn[row["ID"]]
        return as_json(
            {"ID": row["ID"], "ItemID": row["ItemID"], "Image": picture(text)}
        )


def _as_report(response: Response) -> Response:
    """Put a page in place of an answer, as one gets who does not ask for JSON."""
    page = as_page("Snapshot of the reply", response.status_code)
    for cookie in response.headers.getlist("Set-Cookie"):
        page.headers.add("Set-Cookie", cookie)
    return page
