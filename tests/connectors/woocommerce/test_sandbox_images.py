"""Images: every address sent is downloaded again, a failing one fails the product."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from woocommerce import API

from integration.sandbox.server import SandboxServer


class Pictures(BaseHTTPRequestHandler):
    """Serves any `.png`, refuses `/missing.png`, and knows other kinds by ending."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404 if "missing" in self.path else 200)
        kind = "image/svg+xml" if self.path.endswith("svg") else "image/png"
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(b"x" * (2000 if "large" in self.path else 10))

    def log_message(self, *details: object) -> None:
        return None


@pytest.fixture
def pictures() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (Pictures,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_the_same_address_makes_a_new_attachment_each_time(
    api: API, pictures: tuple[str, list[str]]
) -> None:
    root, asked = pictures
    images = [{"src": f"{root}/a.png", "alt": "front"}, {"src": f"{root}/b.png"}]
    made = api.post("products", {"images": images}).json()
    assert [row["name"] for row in made["images"]] == ["a", "b"]
    assert made["images"][0]["alt"] == "front"
    first = [row["id"] for row in made["images"]]

    again = api.put(f"products/{made['id']}", {"images": images}).json()
    assert [row["name"] for row in again["images"]] == ["a-1", "b-1"]
    assert not set(first) & {row["id"] for row in again["images"]}
    assert asked == ["/a.png", "/b.png"] * 2


def test_an_attachment_is_used_again_by_its_id(
    server: SandboxServer, api: API, pictures: tuple[str, list[str]]
) -> None:
    root, asked = pictures
    made = api.post("products", {"images": [{"src": f"{root}/a.png"}]}).json()
    image = made["images"][0]
    path = f"products/{made['id']}"
    kept = api.put(path, {"images": [{"id": image["id"]}]}).json()
    assert [row["id"] for row in kept["images"]] == [image["id"]]
    assert [row["id"] for row in api.put(path, {"name": "x"}).json()["images"]] == [
        image["id"]
    ]
    assert api.put(path, {"images": []}).json()["images"] == []
    assert asked == ["/a.png"]
    ledger = requests.get(
        f"{server.url}/_control/woocommerce/ledger", timeout=60
    ).json()
    assert [row["id"] for row in ledger["attachments"]] == [image["id"]]
    assert requests.get(image["src"], timeout=60).content == b"x" * 10


def test_a_failing_image_fails_the_whole_product(
    api: API, pictures: tuple[str, list[str]]
) -> None:
    root, _ = pictures
    for address in (f"{root}/missing.png", "http://127.0.0.1:1/a.png", f"{root}/a.svg"):
        images = [{"src": f"{root}/a.png"}, {"src": address}]
        answer = api.post("products", {"sku": "MUG-1", "images": images})
        assert answer.status_code == 400
        assert answer.json()["code"] == "woocommerce_product_image_upload_error"
        assert address in answer.json()["message"]
    assert api.get("products", params={"sku": "MUG-1"}).json() == []
    batch = api.post(
        "products/batch",
        {"create": [{"images": [{"src": f"{root}/missing.png"}]}, {"sku": "MUG-1"}]},
    ).json()
    bad, good = batch["create"]
    assert bad["error"]["code"] == "woocommerce_product_image_upload_error"
    assert good["sku"] == "MUG-1"


def test_an_image_beyond_the_upload_limit_is_refused(
    server: SandboxServer, api: API, pictures: tuple[str, list[str]]
) -> None:
    root, _ = pictures
    control = f"{server.url}/_control/woocommerce/settings"
    requests.post(control, json={"max_upload": 1000}, timeout=60)
    answer = api.post("products", {"images": [{"src": f"{root}/large.png"}]})
    assert answer.json()["code"] == "woocommerce_product_image_upload_error"


def test_an_unknown_attachment_is_refused(api: API) -> None:
    answer = api.post("products", {"images": [{"id": 4711}]})
    assert answer.status_code == 400
    assert answer.json()["code"] == "woocommerce_product_invalid_image_id"
