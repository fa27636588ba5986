"""Answers Xero's Accounting API in small, for two organisations and one app."""

import time
from collections.abc import Mapping
from typing import Any, ClassVar

from werkzeug import Request, Response

from connectors.xero.sandbox.controls import run_control
from connectors.xero.sandbox.dates import now
from connectors.xero.sandbox.door import Door
from connectors.xero.sandbox.exchange import (
    Refused,
    missing,
    problem,
    read_call,
    respond,
)
from connectors.xero.sandbox.idempotency import Memory
from connectors.xero.sandbox.identity import (
    CLIENT_ID,
    CLIENT_SECRET,
    CUSTOM_ID,
    CUSTOM_SECRET,
    REDIRECT_URI,
    WEBHOOK_KEY,
    Grant,
    Identity,
)
from connectors.xero.sandbox.ledger import tell_ledger
from connectors.xero.sandbox.limits import Limits
from connectors.xero.sandbox.organisation import Organisation
from connectors.xero.sandbox.routes import API, DOOR, ROUTES, Route, url_map
from connectors.xero.sandbox.scopes import allows
from connectors.xero.sandbox.seed import build_organisations
from connectors.xero.sandbox.settings import Settings
from connectors.xero.sandbox.webhooks import Courier
from integration.sandbox.platform import Context, Platform

BY_NAME = {route.name: route for route in ROUTES}
SLICE = 0.05
"""Seconds after which a call on its way looks how long that is."""
PLACES = {"CONTACT": "Contacts", "INVOICE": "Invoices", "CREDITNOTE": "CreditNotes"}


class Xero(Platform):
    """Xero's Accounting API 2.0: https://developer.xero.com/documentation/api/accounting/overview

    A call lets go of the lock for `settings.latency` seconds before it is done, so
    that calls overlap and those in flight can be counted.
    """

    key: ClassVar[str] = "xero"
    credentials: ClassVar[Mapping[str, str]] = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "webhook_key": WEBHOOK_KEY,
        "redirect_uri": REDIRECT_URI,
        "custom_client_id": CUSTOM_ID,
        "custom_client_secret": CUSTOM_SECRET,
    }
    url_map = url_map()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.courier = Courier(Settings())
        self.reset()

    def reset(self) -> None:
        """Go back to two organisations nobody is connected to."""
        self.settings = Settings()
        self.courier.forget(self.settings)
        self.identity = Identity(self.settings)
        self.limits = Limits(self.settings, self.context.scale)
        self.memory = Memory()
        self.organisations = build_organisations(self.settings, self._tell)
        self.door = Door(self.identity, self.organisations, self.settings)
        self.failing = (0, 500, False)

    def answer(
        self, endpoint: str, request: Request, values: Mapping[str, Any]
    ) -> Response:
        """Do what is asked, if the token and the limits allow it."""
        try:
            if endpoint in DOOR:
                response: Response = getattr(self.door, endpoint)(request, **values)
                return response
            return self._call(BY_NAME[endpoint], request, values)
        except Refused as refused:
            return refused.response()

    def unknown(self, request: Request) -> Response:
        """Answer as Xero does where there is nothing."""
        return missing().response()

    def ledger(self) -> dict[str, Any]:
        """Give everything it holds; see `ledger.tell_ledger`."""
        return tell_ledger(self)

    def control(self, action: str, body: Any) -> Any:
        """Do one of the controls of `controls.CONTROLS`."""
        return run_control(self, action, body)

    def close(self) -> None:
        """Stop sending webhooks."""
        self.courier.stop()

    def _call(
        self, route: Route, request: Request, values: Mapping[str, Any]
    ) -> Response:
        grant, org = self._admit(route, request)
        limits = self.limits
        limits.enter(org.id)
        try:
            self._travel()
            response = self._once(route, request, values, grant, org)
        except Refused as refused:
            response = refused.response()
        finally:
            limits.leave(org.id)
        response.headers.update(limits.headers(org.id))
        return response

    def _admit(self, route: Route, request: Request) -> tuple[Grant, Organisation]:
        """Give who asks and the organisation meant; raises `Refused` 401 or 403."""
        grant = self.identity.bearer(request.headers.get("Authorization", ""))
        if grant is None:
            raise problem(401, "Unauthorized", "TokenExpired: token is not valid")
        tenant = request.headers.get("xero-tenant-id", "")
        connected = set(self.identity.connections)
        if grant.custom:
            own = next(iter(self.organisations))
            connected, tenant = {own}, tenant or own
        if tenant not in connected:
            raise problem(403, "Forbidden", "AuthenticationUnsuccessful")
        if not allows(grant.scopes, route.resource, request.method != "GET"):
            raise problem(
                403, "Forbidden", "AuthorizationUnsuccessful: scope is missing"
            )
        return grant, self.organisations[tenant]

    def _travel(self) -> None:
        """Let others in while a call is on its way; a new latency counts at once."""
        begun = time.monotonic()
        while time.monotonic() < begun + self.settings.latency:
            self.lock.release()
            try:
                time.sleep(min(self.settings.latency, SLICE))
            finally:
                self.lock.acquire()

    def _once(
        self,
        route: Route,
        request: Request,
        values: Mapping[str, Any],
        grant: Grant,
        org: Organisation,
    ) -> Response:
        """Do a request, or repeat the answer kept under its idempotency key."""
        seconds = self.settings.idempotency_seconds
        kept = self.memory.recall(grant.client, request, seconds)
        if kept is not None:
            return kept
        response = self._failure(request.method, after=False)
        if response is None:
            response = self._do(route, request, values, grant, org)
            response = self._failure(request.method, after=True) or response
        self.memory.keep(grant.client, request, response, seconds)
        return response

    def _do(
        self,
        route: Route,
        request: Request,
        values: Mapping[str, Any],
        grant: Grant,
        org: Organisation,
    ) -> Response:
        try:
            call = read_call(request, org, grant.client, self.settings.body_bytes)
            return respond(request, route.does(call, **values))
        except Refused as refused:
            return refused.response()

    def _failure(self, method: str, after: bool) -> Response | None:
        times, status, when = self.failing
        if not times or method == "GET" or when is not after:
            return None
        self.failing = (times - 1, status, when)
        body = {
            "ErrorNumber": 500,
            "Type": "InternalError",
            "Message": "An error occurred",
        }
        return Refused(status, body).response()

    def _tell(self, org: Organisation, category: str, kind: str, number: str) -> None:
        """Queue a webhook event, if the organisation is connected to the app."""
        first = next(iter(self.organisations))
        custom = self.identity.custom_used and org.id == first
        if org.id not in self.identity.connections and not custom:
            return
        event: dict[str, Any] = {
            "resourceUrl": f"{self.context.base_url}{API}/{PLACES[category]}/{number}",
            "resourceId": number,
            "eventDateUtc": now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3],
            "eventType": kind,
            "eventCategory": category,
            "tenantId": org.id,
            "tenantType": "ORGANISATION",
        }
        if category == "CREDITNOTE":
            row = org.credit_notes[number]
            event["data"] = {"Type": row["Type"], "Status": row["Status"]}
        self.courier.tell(event)
