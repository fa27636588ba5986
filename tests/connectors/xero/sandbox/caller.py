"""Speaks to the Xero sandbox as any outsider would, for the tests about it."""

from typing import Any

import requests

from connectors.xero.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer

KEYS = PLATFORM.credentials
DAY = "2026-11-01"
DUE = "2026-11-15"


class Caller:
    """A client without any cleverness: one token, one organisation, plain calls."""

    def __init__(self, server: SandboxServer, organisation: str = "NZ") -> None:
        self.root = f"{server.url}/xero"
        self.controls = f"{server.url}/_control/xero"
        self.session = requests.Session()
        self.session.headers["Accept"] = "application/json"
        self.use(self.control("sign_in")["access_token"])
        self.tenant = next(
            row["OrganisationID"]
            for row in self.ledger()["organisations"]
            if row["CountryCode"] == organisation
        )
        self.session.headers["xero-tenant-id"] = self.tenant

    def use(self, token: str) -> None:
        self.session.headers["Authorization"] = f"Bearer {token}"

    def token(self, **form: str) -> requests.Response:
        """Ask for a token with the app's secret."""
        pair = (KEYS["client_id"], KEYS["client_secret"])
        return requests.post(
            f"{self.root}/connect/token", data=form, auth=pair, timeout=60
        )

    def call(
        self, method: str, path: str, body: Any = None, **more: Any
    ) -> requests.Response:
        return self.session.request(
            method,
            f"{self.root}/api.xro/2.0/{path}",
            json=body,
            params=more.pop("params", None),
            headers=more.pop("headers", None),
            timeout=60,
        )

    def get(self, path: str, since: str = "", **params: Any) -> requests.Response:
        headers = {"If-Modified-Since": since} if since else None
        return self.call("GET", path, params=params, headers=headers)

    def rows(self, root: str, since: str = "", **params: Any) -> list[Any]:
        """The rows of a list."""
        answer = self.get(root, since, **params)
        assert answer.status_code == 200, answer.text
        found: list[Any] = answer.json()[root]
        return found

    def row(self, path: str, **params: Any) -> Any:
        """The one row of an address."""
        return self.rows_of(self.get(path, **params))[0]

    def put(self, root: str, *elements: Any, **params: Any) -> requests.Response:
        return self.call("PUT", root, {root: list(elements)}, params=params)

    def post(self, root: str, *elements: Any, **params: Any) -> requests.Response:
        return self.call("POST", root, {root: list(elements)}, params=params)

    def made(self, root: str, element: Any, **params: Any) -> Any:
        """What becomes of an element that is put."""
        return self.rows_of(self.put(root, element, **params))[0]

    def faults(self, root: str, element: Any) -> list[str]:
        """What is wrong with an element that is put, each fault in its own words."""
        answer = self.put(root, element, summarizeErrors="false")
        assert answer.status_code == 200, answer.text
        row = answer.json()[root][0]
        assert row["StatusAttributeString"] == "ERROR", row
        return [fault["Message"] for fault in row["ValidationErrors"]]

    def rows_of(self, answer: requests.Response) -> list[Any]:
        """The rows of a good answer, whatever they are called."""
        assert answer.status_code == 200, answer.text
        lists = [part for part in answer.json().values() if isinstance(part, list)]
        found: list[Any] = lists[0]
        return found

    def control(self, action: str, **body: Any) -> Any:
        answer = requests.post(f"{self.controls}/{action}", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ledger(self) -> Any:
        return requests.get(f"{self.controls}/ledger", timeout=60).json()

    def contact(self, name: str = "Mara Quill") -> str:
        """The id of a contact."""
        found: str = self.rows("Contacts", where=f'Name=="{name}"')[0]["ContactID"]
        return found

    def invoice(self, number: str = "WEFT-1", **changes: Any) -> Any:
        """An invoice to be sent: one line over 100.00 and 15 % on it."""
        return {
            "Type": "ACCREC",
            "Contact": {"ContactID": self.contact()},
            "InvoiceNumber": number,
            "Date": DAY,
            "DueDate": DUE,
            "LineAmountTypes": "Exclusive",
            "Status": "AUTHORISED",
            "LineItems": [line()],
            **changes,
        }

    def note(self, number: str = "CR-1", **changes: Any) -> Any:
        """A credit note to be sent, over as much as the invoice."""
        whole = self.invoice(**changes)
        del whole["InvoiceNumber"], whole["DueDate"]
        return {**whole, "CreditNoteNumber": number, "Type": "ACCRECCREDIT"}

    def payment(self, invoice: Any, amount: float, **changes: Any) -> Any:
        """A payment to be sent."""
        return {
            "Invoice": {"InvoiceID": invoice["InvoiceID"]},
            "Account": {"Code": "090"},
            "Date": DAY,
            "Amount": amount,
            **changes,
        }


def line(**changes: Any) -> Any:
    """A line of an invoice."""
    whole = {
        "Description": "Enamel mug",
        "Quantity": 1,
        "UnitAmount": 100,
        "AccountCode": "200",
        "TaxType": "OUTPUT2",
    }
    return {**whole, **changes}
