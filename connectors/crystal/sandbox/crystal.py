"""Answers Crystal's API in small: token, products, orders and image files."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import msgspec
from werkzeug import Request, Response
from werkzeug.routing import Map, Rule

from connectors.crystal.sandbox.catalogue import build_catalogue
from connectors.crystal.sandbox.controls import CONTROLS
from connectors.crystal.sandbox.door import KEY, SECRET, TokenDesk, Turnstile
from connectors.crystal.sandbox.flaws import LOST_PREFIX, Product, find_break
from connectors.crystal.sandbox.listing import (
    Wrong,
    as_json,
    cut_page,
    moment_of,
    since_of,
)
from connectors.crystal.sandbox.orders import OrderBook, Refused
from connectors.crystal.sandbox.pictures import draw_png
from connectors.crystal.sandbox.settings import Settings
from integration.sandbox.platform import Context, Platform

OPEN_ENDPOINTS = frozenset({"token", "file"})

_decoder = msgspec.json.Decoder(float_hook=Decimal)


class Crystal(Platform):
    """Crystal's e-commerce API: https://docs.getcrystal.com and its help centre."""

    key: ClassVar[str] = "crystal"
    credentials: ClassVar[Mapping[str, str]] = {"key": KEY, "secret": SECRET}
    url_map: ClassVar[Map] = Map(
        [
            Rule("/token", endpoint="token", methods=["POST"]),
            Rule("/v1/ecom/products", endpoint="products", methods=["GET"]),
            Rule("/v1/ecom/products/<id>", endpoint="product", methods=["GET"]),
            Rule("/v1/ecom/orders", endpoint="take_order", methods=["POST"]),
            Rule("/v1/ecom/orders", endpoint="find_orders", methods=["GET"]),
            Rule("/files/<name>", endpoint="file", methods=["GET"]),
        ],
        strict_slashes=False,
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.reset()

    def reset(self) -> None:
        self.settings = Settings()
        self.tokens = TokenDesk()
        self.turnstile = Turnstile(self.context.scale)
        self.book = OrderBook()
        self.lost_files: set[str] = set()
        self.served_files: set[str] = set()
        self.stock_catalogue()

    def stock_catalogue(self, **options: Any) -> None:
        """Fill the shelves anew; options as for `build_catalogue`."""
        products = build_catalogue(f"{self.context.base_url}/files", **options)
        self.products: dict[str, Product] = {each["id"]: each for each in products}
        self.hidden: set[str] = set()

    def answer(
        self, endpoint: str, request: Request, values: Mapping[str, Any]
    ) -> Response:
        try:
            if endpoint not in OPEN_ENDPOINTS:
                self._admit(request)
            response: Response = getattr(self, f"_{endpoint}")(request, **values)
        except Refused as error:
            return as_json({"message": error.message, "field": error.field}, 400)
        except Wrong as error:
            response = as_json({"message": error.message}, error.status)
            if error.retry_after:
                response.headers["Retry-After"] = str(error.retry_after)
        return response

    def unknown(self, request: Request) -> Response:
        return as_json(
            {"message": f"No route for {request.method} {request.path}"}, 404
        )

    def ledger(self) -> dict[str, Any]:
        broken = [
            {"id": product["id"], "field": field}
            for product in self.products.values()
            if (field := find_break(product, self.is_served))
        ]
        return {
            "products": list(self.products.values()),
            "hidden": sorted(self.hidden),
            "orders": self.book.orders,
            "repeated": self.book.repeated(),
            "broken": broken,
            "settings": asdict(self.settings),
        }

    def control(self, action: str, body: Any) -> Any:
        if not isinstance(body, dict):
            raise ValueError("a control takes a JSON object")
        return CONTROLS[action](self, body)

    def is_served(self, address: Any) -> bool:
        """Tell whether an image address answers; foreign http addresses do."""
        if not isinstance(address, str) or not address.startswith("http"):
            return False
        own = f"{self.context.base_url}/files/"
        return not address.startswith(own) or self._has_file(address[len(own) :])

    def _has_file(self, name: str) -> bool:
        if name in self.lost_files or not name.endswith(".png"):
            return False
        return name in self.served_files or not name.startswith(LOST_PREFIX)

    def _admit(self, request: Request) -> None:
        header = request.headers.get("Authorization", "")
        if not self.tokens.accepts(header, self.settings.token_calls):
            raise Wrong(401, "Unauthorized")
        seconds = self.turnstile.wait(self.settings.limit)
        if seconds:
            raise Wrong(429, "Too many requests", seconds)

    def _token(self, request: Request) -> Response:
        form = request.form
        seconds = self.settings.token_seconds
        token = self.tokens.issue(form.get("key"), form.get("secret"), seconds)
        if token is None:
            raise Wrong(401, "Invalid key or secret")
        answer = {self.settings.token_field: token, "token_type": "Bearer"}
        return as_json(answer)

    def _products(self, request: Request) -> Response:
        since = since_of(request)
        rows = [
            self._shown(product) for product in cut_page(request, self._listed(since))
        ]
        return self._list(rows)

    def _listed(self, since: datetime | None) -> list[Product]:
        return [
            product
            for product in self.products.values()
            if product["id"] not in self.hidden
            and (since is None or moment_of(product["last_updated"]) >= since)
        ]

    def _product(self, request: Request, id: str) -> Response:
        if not self.settings.single:
            return self.unknown(request)
        if id not in self.products or id in self.hidden:
            raise Wrong(404, "Product not found")
        return as_json(self._shown(self.products[id]))

    def _shown(self, product: Product) -> Product:
        if self.settings.images_as != "objects":
            return product
        images = [
            {"src": image} if isinstance(image, str) else image
            for image in product["images"]
        ]
        return {**product, "images": images}

    def _take_order(self, request: Request) -> Response:
        try:
            body = _decoder.decode(request.get_data())
        except msgspec.DecodeError as error:
            raise Refused("", f"The body is not JSON: {error}") from error
        order = self.book.take(body, self.products, datetime.now(UTC))
        return as_json(order, 201)

    def _find_orders(self, request: Request) -> Response:
        if not self.settings.order_lookup:
            return self.unknown(request)
        found = self.book.find(
            request.args.get("external_id"), request.args.get("reference")
        )
        return self._list(cut_page(request, found))

    def _file(self, request: Request, name: str) -> Response:
        if not self._has_file(name):
            raise Wrong(404, "File not found")
        return Response(draw_png(name), content_type="image/png")

    def _list(self, rows: list[Any]) -> Response:
        envelope = self.settings.envelope
        return as_json({envelope: rows} if envelope else rows)
