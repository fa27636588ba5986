"""The vendor's Python client works against the sandbox as it would against a shop."""

from time import process_time

from woocommerce import API


def test_a_product_is_made_read_changed_and_removed(api: API) -> None:
    made = api.post("products", {"name": "Mug", "regular_price": "9.90"})
    assert made.status_code == 201
    number = made.json()["id"]

    assert api.get(f"products/{number}").json()["price"] == "9.90"
    changed = api.put(f"products/{number}", {"regular_price": "10.50"})
    assert changed.json()["price"] == "10.50"
    assert api.delete(f"products/{number}").json()["status"] == "publish"
    assert api.get(f"products/{number}").json()["status"] == "trash"
    gone = api.delete(f"products/{number}", params={"force": True})
    assert gone.status_code == 200
    assert api.get(f"products/{number}").status_code == 404


def test_lists_take_parameters_and_tell_totals(api: API) -> None:
    for number in range(5):
        api.post("products", {"name": f"Mug {number}", "sku": f"MUG-{number}"})
    answer = api.get(
        "products",
        params={
            "per_page": 2,
            "page": 2,
            "orderby": "id",
            "order": "asc",
            "modified_after": "2020-01-01T00:00:00",
        },
    )
    assert [row["sku"] for row in answer.json()] == ["MUG-2", "MUG-3"]
    assert answer.headers["X-WP-Total"] == "5"
    assert answer.headers["X-WP-TotalPages"] == "3"
    assert 'rel="next"' in answer.headers["Link"]
    assert 'rel="prev"' in answer.headers["Link"]


def test_a_batch_makes_changes_and_removes(api: API) -> None:
    first = api.post("products", {"name": "A", "sku": "A"}).json()
    second = api.post("products", {"name": "B", "sku": "B"}).json()
    answer = api.post(
        "products/batch",
        {
            "create": [{"name": "C", "sku": "C"}],
            "update": [{"id": first["id"], "name": "A2"}],
            "delete": [second["id"]],
        },
    ).json()
    assert answer["create"][0]["sku"] == "C"
    assert answer["update"][0]["name"] == "A2"
    assert answer["delete"][0]["id"] == second["id"]
    assert api.get(f"products/{second['id']}").status_code == 404


def test_an_order_is_bought_and_completed(api: API) -> None:
    mug = api.post("products", {"name": "Mug", "regular_price": "9.90"}).json()
    order = api.post(
        "orders",
        {"set_paid": True, "line_items": [{"product_id": mug["id"], "quantity": 2}]},
    ).json()
    assert (order["status"], order["total"]) == ("processing", "19.80")
    done = api.put(f"orders/{order['id']}", {"status": "completed"}).json()
    assert done["date_completed_gmt"] is not None
    assert [row["id"] for row in api.get("orders").json()] == [order["id"]]


def test_options_describe_a_route(api: API) -> None:
    assert "POST" in api.options("products").json()["methods"]


def test_a_hundred_products_are_made_in_under_a_second(api: API) -> None:
    rows = [{"name": f"Kanelbulle {at}", "sku": f"S{at}"} for at in range(100)]
    # Of the processor's time for this process, in which the shop lives as well: what
    # else the machine is busy with does not count.
    begun = process_time()
    answer = api.post("products/batch", {"create": rows}).json()
    assert process_time() - begun < 1
    assert [row["sku"] for row in answer["create"]] == [row["sku"] for row in rows]
