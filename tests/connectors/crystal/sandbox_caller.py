"""Speaks to the Crystal sandbox as any outsider would, for the tests about it."""

from typing import Any

import requests

from connectors.crystal.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer


class Caller:
    """A client without any cleverness: one token, plain calls, plain controls."""

    def __init__(self, server: SandboxServer) -> None:
        self.root = f"{server.url}/crystal"
        self.controls = f"{server.url}/_control/crystal"
        self.session = requests.Session()
        self.sign_in()

    def token(self, **form: str) -> requests.Response:
        form = form or dict(PLATFORM.credentials)
        return self.session.post(f"{self.root}/token", data=form, timeout=60)

    def sign_in(self) -> None:
        token = self.token().json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(self.root + path, params=params, timeout=60)

    def products(self, **params: Any) -> list[Any]:
        answer = self.get("/v1/ecom/products", **params)
        answer.raise_for_status()
        products: list[Any] = answer.json()
        return products

    def order(self, body: Any) -> requests.Response:
        return self.session.post(f"{self.root}/v1/ecom/orders", json=body, timeout=60)

    def control(self, action: str, **body: Any) -> Any:
        answer = requests.post(f"{self.controls}/{action}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def ledger(self) -> Any:
        return requests.get(f"{self.controls}/ledger", timeout=60).json()
