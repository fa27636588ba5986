"""How the shop takes products: what it refuses, what it bends in silence."""

import time
from typing import Any

import pytest
import requests
from woocommerce import API

from integration.sandbox.server import SandboxServer


def create(api: API, **fields: Any) -> dict[str, Any]:
    answer = api.post("products", fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(api: API, product: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = api.put(f"products/{product['id']}", fields)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_an_empty_body_makes_a_product_called_product(api: API) -> None:
    made = create(api)
    assert (made["name"], made["slug"]) == ("Product", "product")
    assert create(api)["slug"] == "product-2"


def test_money_sent_as_a_number_is_refused_with_details(api: API) -> None:
    answer = api.post("products", {"regular_price": 9.9, "sale_price": 5})
    assert answer.status_code == 400
    body = answer.json()
    assert body["code"] == "rest_invalid_param"
    assert set(body["data"]["params"]) == {"regular_price", "sale_price"}
    detail = body["data"]["details"]["regular_price"]
    assert detail["code"] == "rest_invalid_type"
    assert detail["message"] == "regular_price is not of type string."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("9,95", "995"), ("abc", ""), ("9.999999", "9.999999"), ("12.90", "12.90")],
)
def test_prices_are_bent_not_refused(api: API, sent: str, kept: str) -> None:
    made = create(api, regular_price=sent)
    assert (made["regular_price"], made["price"]) == (kept, kept)


def test_a_sale_price_above_the_regular_one_is_dropped(api: API) -> None:
    made = create(api, regular_price="10", sale_price="12")
    assert (made["sale_price"], made["price"], made["on_sale"]) == ("", "10", False)
    made = change(api, made, sale_price="8")
    assert (made["price"], made["on_sale"]) == ("8", True)


def test_skus_are_unique_without_case(api: API) -> None:
    held = create(api, sku="MUG-1")
    answer = api.post("products", {"sku": "mug-1"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "product_invalid_sku"
    assert answer.json()["data"]["resource_id"] == held["id"]
    assert answer.json()["data"]["unique_sku"] == "mug-1-1"
    other = create(api, sku="MUG-2")
    clash = api.put(f"products/{other['id']}", {"sku": "MUG-1"})
    assert clash.json()["data"]["resource_id"] == held["id"]


def test_a_sku_in_the_trash_gives_another_error_without_the_holder(api: API) -> None:
    held = create(api, sku="MUG-1")
    api.delete(f"products/{held['id']}")
    answer = api.post("products", {"sku": "MUG-1"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "woocommerce_rest_product_not_created"
    assert "resource_id" not in answer.json()["data"]
    found = api.get("products", params={"sku": "MUG-1", "status": "trash"}).json()
    assert [row["id"] for row in found] == [held["id"]]
    assert api.get("products", params={"sku": "MUG-1"}).json() == []


def test_a_product_leaves_the_trash_with_its_slug(api: API) -> None:
    held = create(api, name="Mug", sku="MUG-1")
    api.delete(f"products/{held['id']}")
    back = change(api, held, status="publish")
    assert (back["slug"], back["status"], back["meta_data"]) == ("mug", "publish", [])
    again = api.delete(f"products/{held['id']}")
    assert again.status_code == 200
    assert api.delete(f"products/{held['id']}").status_code == 410


def test_stock_needs_to_be_managed(api: API) -> None:
    loose = create(api, stock_quantity=5, backorders="yes")
    assert (loose["stock_quantity"], loose["backorders"]) == (None, "no")
    managed = create(
        api, manage_stock=True, stock_quantity=5, stock_status="onbackorder"
    )
    assert (managed["stock_quantity"], managed["stock_status"]) == (5, "instock")
    assert change(api, managed, stock_quantity=0)["stock_status"] == "outofstock"
    empty = change(api, managed, backorders="notify")
    assert (empty["stock_status"], empty["backordered"]) == ("onbackorder", True)
    assert change(api, managed, stock_quantity=-3)["stock_quantity"] == -3
    assert change(api, managed, inventory_delta=5)["stock_quantity"] == 2


def test_a_fraction_of_stock_is_refused(api: API) -> None:
    answer = api.post("products", {"manage_stock": True, "stock_quantity": 1.5})
    assert answer.status_code == 400
    assert "stock_quantity" in answer.json()["data"]["params"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Kanelbulle på fat", "kanelbulle-pa-fat"),
        ("Åke Öberg & Söner", "ake-oberg-soner"),
        ("Λάδι 1 L", "%ce%bb%ce%ac%ce%b4%ce%b9-1-l"),
        ("A/B — 2.5 kg", "a-b-2-5-kg"),
        ("Straße", "strasse"),
    ],
)
def test_slugs_are_made_as_wordpress_makes_them(api: API, name: str, slug: str) -> None:
    assert create(api, name=name)["slug"] == slug
    assert create(api, name=name)["slug"] == f"{slug}-2"


def test_a_long_greek_slug_is_cut_between_letters(api: API) -> None:
    slug = create(api, name="α" * 80)["slug"]
    assert len(slug) <= 200
    assert len(slug) % 6 == 0


def test_a_sent_slug_is_cleaned_and_renaming_keeps_it(api: API) -> None:
    made = create(api, name="Mug", slug="My Mug-ÅÄÖ")
    assert made["slug"] == "my-mug-aao"
    assert change(api, made, name="Other")["slug"] == "my-mug-aao"


def test_an_ampersand_comes_back_as_an_entity(api: API) -> None:
    made = create(api, name="Salt & Pepper <script>x</script>", description="1 < 2")
    assert made["name"] == "Salt &amp; Pepper x"
    assert made["slug"] == "salt-pepper-x"
    assert made["description"] == "1 &lt; 2"
    assert change(api, made, name=made["name"])["name"] == made["name"]


def test_tags_are_made_by_name_and_categories_are_not(api: API) -> None:
    made = create(
        api, tags=[{"name": "ελιά"}, {"name": "Oil & more"}], categories=[{"id": 999}]
    )
    assert [tag["name"] for tag in made["tags"]] == ["ελιά", "Oil &amp; more"]
    assert [row["slug"] for row in made["categories"]] == ["uncategorized"]
    again = create(api, tags=[{"name": "ΕΛΙΆ"}])
    assert again["tags"][0]["id"] == made["tags"][0]["id"]
    assert change(api, made, tags=[])["tags"] == []


def test_meta_data_is_merged_by_key_and_null_removes(api: API) -> None:
    made = create(api, meta_data=[{"key": "a", "value": "1"}, {"key": "b", "value": 2}])
    made = change(api, made, meta_data=[{"key": "a", "value": "9"}])
    assert [(row["key"], row["value"]) for row in made["meta_data"]] == [
        ("a", "9"),
        ("b", 2),
    ]
    made = change(api, made, meta_data=[{"key": "a", "value": None}])
    assert [row["key"] for row in made["meta_data"]] == ["b"]


def test_even_an_empty_change_moves_the_date(api: API) -> None:
    made = create(api)
    time.sleep(1.1)
    changed = change(api, made)
    assert changed["date_modified_gmt"] > made["date_modified_gmt"]


def test_a_batch_shows_errors_in_their_places(api: API) -> None:
    held = create(api, sku="A")
    answer = api.post(
        "products/batch",
        {
            "create": [{"sku": "B"}, {"sku": "a"}, {"regular_price": 5}, {"sku": "C"}],
            "update": [{"id": 9999, "name": "x"}, {"id": held["id"], "name": "y"}],
        },
    )
    assert answer.status_code == 200
    made = answer.json()["create"]
    assert [row.get("error", {}).get("code", row.get("sku")) for row in made] == [
        "B",
        "product_invalid_sku",
        "rest_invalid_param",
        "C",
    ]
    missing, changed = answer.json()["update"]
    assert (missing["id"], missing["error"]["data"]["status"]) == (9999, 400)
    assert changed["name"] == "y"


def test_a_batch_counts_all_operations_together(api: API) -> None:
    body = {"create": [{"name": "x"}] * 60, "delete": list(range(1, 42))}
    answer = api.post("products/batch", body)
    assert answer.status_code == 413
    assert answer.json()["code"] == "woocommerce_rest_request_entity_too_large"
    assert api.get("products").headers["X-WP-Total"] == "0"


def test_reading_gives_descriptions_as_html(api: API) -> None:
    made = create(api, description="One\n\nTwo", short_description='He said "hi"')
    assert made["description"] == "One\n\nTwo"
    read = api.get(f"products/{made['id']}").json()
    assert read["description"] == "<p>One</p>\n<p>Two</p>\n"
    assert read["short_description"] == "<p>He said &#8220;hi&#8221;</p>\n"
    raw = api.get(f"products/{made['id']}", params={"context": "edit"}).json()
    assert raw["description"] == "One\n\nTwo"


def test_variations_belong_to_a_variable_product(api: API) -> None:
    parent = create(
        api,
        name="Hoodie",
        type="variable",
        attributes=[{"name": "Colour", "variation": True, "options": ["Red", "Blue"]}],
    )
    path = f"products/{parent['id']}/variations"
    option = [{"name": "Colour", "option": "Red"}]
    body = {"sku": "H-RED", "regular_price": "42", "attributes": option}
    red = api.post(path, body).json()
    assert (red["name"], red["price"], red["parent_id"]) == ("Red", "42", parent["id"])
    batch = api.post(f"{path}/batch", {"create": [{"regular_price": "40"}]}).json()
    assert batch["create"][0]["price"] == "40"

    read = api.get(f"products/{parent['id']}").json()
    assert (read["price"], read["regular_price"]) == ("40", "")
    assert read["variations"] == [red["id"], batch["create"][0]["id"]]
    found = api.get("products", params={"sku": "h-red"}).json()
    assert [row["id"] for row in found] == [red["id"]]
    assert api.get("products").headers["X-WP-Total"] == "1"
    wrong = api.put(f"products/{red['id']}", {"name": "x"})
    assert wrong.json()["code"] == "woocommerce_rest_invalid_product_id"
    stray = api.get(f"products/9/variations/{red['id']}")
    assert stray.json()["code"] == "woocommerce_rest_product_variation_invalid_id"
    assert [row["id"] for row in api.get("variations").json()] == [
        batch["create"][0]["id"],
        red["id"],
    ]


def test_a_shop_person_edits_and_drops_products(
    server: SandboxServer, api: API
) -> None:
    made = create(api, sku="MUG-1", name="Mug")
    control = f"{server.url}/_control/woocommerce"
    body = {"sku": "MUG-1", "changes": {"name": "Cup"}}
    assert requests.post(f"{control}/edit", json=body, timeout=60).ok
    assert api.get(f"products/{made['id']}").json()["name"] == "Cup"
    ledger = requests.get(f"{control}/ledger", timeout=60).json()
    assert [row["sku"] for row in ledger["products"]] == ["MUG-1"]
    body = {"sku": "MUG-1", "force": True}
    assert requests.post(f"{control}/drop", json=body, timeout=60).ok
    assert api.get(f"products/{made['id']}").status_code == 404


def test_a_reset_opens_an_empty_shop(server: SandboxServer, api: API) -> None:
    create(api, sku="MUG-1")
    control = f"{server.url}/_control/woocommerce"
    requests.post(f"{control}/reset", timeout=60)
    assert api.get("products").json() == []
    requests.post(f"{control}/seed", timeout=60)
    skus = {row["sku"] for row in api.get("products").json()}
    assert skus == {"MUG-1", "OIL-1", "BUN-1"}
