"""Every page of the staff admin opens, costs the same for any number of rows, shows no
secret, and trusts no name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.admin.rows import CANARY, HOSTILE, MAKERS, Rows
from tests.people import sign_in

MODELS = sorted(MAKERS, key=lambda model: model._meta.label)
by_label = pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
# Pages that belong to no model.
SITE_PAGES = {
    "index",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "autocomplete",
    "jsi18n",
    "search",
    "view_on_site",
    "app_list",
    "auth_user_password_change",
}


def admin_names() -> set[str]:
    """The names of all addresses below /admin/."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif pattern.name:
                yield pattern.name

    found = next(
        each
        for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and each.namespace == "admin"
    )
    return set(walk(found.url_patterns))


def page(model: type[Model], name: str, *args: object) -> str:
    return reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args
    )


def opened(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def trusts_nothing(text: str) -> None:
    assert CANARY not in text
    assert "<script>alert" not in text
    assert "<svg onload" not in text


def test_every_address_of_the_admin_has_a_case() -> None:
    models = {
        f"{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in MAKERS
        for page in ("changelist", "add", "history", "delete", "change", "press")
    }
    assert admin_names() - models - SITE_PAGES == set()


def test_every_model_of_weft_is_registered() -> None:
    ours = {
        model
        for app in ("integration", "synclog")
        for model in apps.get_app_config(app).get_models()
    }
    assert ours <= set(site._registry)
    assert ours <= set(MAKERS)


@by_label
def test_list_and_page_open_without_secrets_and_with_hostile_names_escaped(
    model: type[Model], rows: Rows, staff: Client
) -> None:
    row = MAKERS[model](rows)
    text = opened(staff, page(model, "changelist"))
    trusts_nothing(text)
    trusts_nothing(opened(staff, page(model, "changelist") + "?q=mug"))
    trusts_nothing(opened(staff, page(model, "change", row.pk)))
    trusts_nothing(opened(staff, page(model, "history", row.pk)))
    if HOSTILE in str(row):
        assert "&lt;script&gt;alert" in text


@by_label
def test_a_list_costs_the_same_for_any_number_of_rows(
    model: type[Model], rows: Rows, staff: Client
) -> None:
    url = page(model, "changelist")
    counts = []
    for many in (3, 57):
        for _ in range(many):
            MAKERS[model](rows)
        opened(staff, url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            opened(staff, url)
        counts.append(len(queries))
    # A second page adds the links to it, no statement.
    assert counts[0] == counts[1], [query["sql"] for query in queries][-5:]
    assert counts[0] <= 16


@by_label
def test_nothing_opens_without_signing_in_or_to_somebody_without_rights(
    model: type[Model], rows: Rows, client: Client
) -> None:
    row = MAKERS[model](rows)
    urls = [page(model, "changelist"), page(model, "change", row.pk)]
    assert [client.get(url).status_code for url in urls] == [302, 302]
    sign_in(client, User.objects.create_user("new", is_staff=True))
    assert [client.get(url).status_code for url in urls] == [403, 403]


READ_ONLY = [
    model
    for model in MODELS
    if model._meta.model_name
    not in {"tenant", "member", "route", "override", "user", "group", "connection"}
    and model._meta.model_name != "plan"
]


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda m: m._meta.label)
def test_what_weft_writes_nobody_adds_changes_or_deletes(
    model: type[Model], rows: Rows, staff: Client
) -> None:
    row = MAKERS[model](rows)
    change = page(model, "change", row.pk)
    assert staff.get(page(model, "add")).status_code == 403
    assert staff.post(page(model, "add"), {}).status_code == 403
    assert staff.post(change, {"message": "changed"}).status_code == 403
    assert staff.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert 'name="_save"' not in opened(staff, change)


@pytest.mark.parametrize("name", ["tenant", "connection"])
def test_a_merchant_or_its_connection_is_never_deleted(
    name: str, rows: Rows, staff: Client
) -> None:
    row = {"tenant": rows.tenant, "connection": rows.shop}[name]
    url = page(type(row), "delete", row.pk)
    assert staff.post(url, {"post": "yes"}).status_code == 403


QUEUE = ("schedule", "success", "failure", "ormq", "task")


@pytest.mark.parametrize("name", QUEUE)
def test_the_queue_s_own_rows_have_no_page(
    name: str, rows: Rows, staff: Client, boss: User
) -> None:
    assert Permission.objects.filter(content_type__app_label="django_q").exists()
    for rest in ("", "add/", "1/change/", "1/delete/", "1/history/"):
        url = f"/admin/django_q/{name}/{rest}"
        assert staff.get(url).status_code == 404, url
        assert staff.post(url, {"func": "os.system"}).status_code == 404, url
    assert staff.get("/admin/django_q/").status_code == 404
    assert "django_q" not in opened(staff, reverse("admin:index"))


def test_the_front_page_tells_how_weft_is_and_costs_the_same_for_any_number_of_rows(
    rows: Rows, staff: Client
) -> None:
    url = reverse("admin:index")
    empty = opened(staff, url)
    assert "No error is open." in empty
    assert "no worker is alive" in empty
    counts = []
    for many in (1, 20):
        for make in MAKERS.values():
            for _ in range(many):
                make(rows)
        with CaptureQueriesContext(connection) as queries:
            text = opened(staff, url)
        counts.append(len(queries))
        trusts_nothing(text)
    assert counts[0] == counts[1]
    assert counts[0] <= 24
    assert re.search(r"refused</a>", text)
    assert re.search(r"Calls in 24 hours.*?147", text, re.DOTALL)


def test_the_side_menu_names_every_registered_model() -> None:
    from integration.admin.menu import GROUPS

    listed = {name for group in GROUPS.values() for name, _ in group}
    assert listed == {model._meta.label for model in site._registry}


def test_somebody_who_may_see_one_model_sees_one_in_the_menu(
    rows: Rows, client: Client
) -> None:
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_record"))
    sign_in(client, helper)
    text = opened(client, reverse("admin:integration_record_changelist"))
    assert "/admin/integration/record/" in text
    assert "/admin/integration/connection/" not in text
