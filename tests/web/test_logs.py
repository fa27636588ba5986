"""Log lines: what they belong to, in both forms, and no secret in any."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from copy import deepcopy
from logging.config import dictConfigClass
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from integration.http.redact import remember
from integration.models import Connection, Tenant
from integration.models.trace import Trace, current, tracing
from integration.web.logs import masked_path
from synclog import journal
from synclog.models import AuditEvent

LINE = logging.getLogger("weft.tests")


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the installation's own handler writes, in the form asked for."""
    config = dictConfigClass({})
    # Whoever configures takes the dictionaries apart.
    parts = deepcopy(django_settings.LOGGING)
    handler = logging.StreamHandler(io.StringIO())
    names = parts["handlers"]["stderr"]["filters"]
    for name in names:
        handler.addFilter(config.configure_filter(parts["filters"][name]))
    form = getattr(request, "param", "json")
    handler.setFormatter(config.configure_formatter(parts["formatters"][form]))
    loggers = [LINE, *map(logging.getLogger, ("weft.request", "django.request"))]
    for each in loggers:
        each.addHandler(handler)
    LINE.setLevel(logging.INFO)
    yield handler.stream
    for each in loggers:
        each.removeHandler(handler)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_line_tells_what_it_belongs_to(written: io.StringIO) -> None:
    work: dict[str, Any] = {"tenant": "acme", "connection": "woocommerce:7", "run": 12}
    with tracing(Trace("request-1", "203.0.113.9", **work)):
        LINE.info("read %s rows", 40, extra={"rows": 40})
    LINE.info("nothing under way")
    first, second = lines(written)
    assert first["message"] == "read 40 rows"
    assert first["rows"] == 40
    assert (first["level"], first["logger"]) == ("INFO", "weft.tests")
    assert {name: first[name] for name in work} == work
    assert first["request_id"] == "request-1"
    assert "tenant" not in second
    assert current() is None


def test_secrets_are_masked_in_message_extra_and_traceback(
    written: io.StringIO,
) -> None:
    remember("sk_live_0123456789")
    try:
        raise ValueError("token=sk_live_0123456789")
    except ValueError:
        LINE.exception("with sk_live_0123456789", extra={"why": "sk_live_0123456789"})
    (line,) = lines(written)
    assert "ValueError" in line["exc_info"]
    assert "sk_live" not in written.getvalue()


@pytest.mark.parametrize("written", ["line"], indirect=True)
def test_lines_for_people_tell_it_in_brackets(written: io.StringIO) -> None:
    with tracing(Trace("request-1", tenant="acme")):
        LINE.info("read")
    end = "INFO weft.tests read [tenant=acme request_id=request-1]\n"
    assert written.getvalue().endswith(end)


def test_a_request_is_one_line_with_its_id_and_time(
    client: Client, db: None, written: io.StringIO
) -> None:
    headers = {"X-Request-ID": "given-by-the-proxy"}
    answer = client.get("/account/login/?next=/secret-place/", headers=headers)
    assert answer.headers["X-Request-ID"] == "given-by-the-proxy"
    (line,) = lines(written)
    assert line["request_id"] == "given-by-the-proxy"
    assert (line["method"], line["path"]) == ("GET", "/account/login/")
    assert line["status"] == 200
    assert line["milliseconds"] >= 0
    assert "secret-place" not in written.getvalue()


def test_probes_are_not_told(client: Client, db: None, written: io.StringIO) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert written.getvalue() == ""


def test_no_token_of_a_path_is_in_any_line(
    client: Client, db: None, written: io.StringIO
) -> None:
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    shop = Connection.everywhere.create(tenant=tenant, platform="woocommerce")
    paths = (
        f"/hooks/{shop.pk}/{shop.hook_token}/",
        f"/hooks/{shop.pk}/wrong-but-short/below",
        "/pictures/eyJpZCI6MX0:1tQx:abcdefabcdef/mug.png",
        "/anywhere/0123456789abcdefghijklmnopqrstuvwxyz/",
    )
    for path in paths:
        client.post(path, b"{}", "application/json")
    told = written.getvalue()
    assert "Not Found" in told
    for secret in (shop.hook_token, "wrong-but", "eyJpZCI6MX0", "0123456789abcdef"):
        assert secret not in told
    assert "/anywhere/***/" in told


def test_ids_of_rows_stay_readable_in_paths() -> None:
    uid = "4b8f1c7e-5d0a-4f4e-9a63-2f0d8f1f6c11"
    assert masked_path(f"/t/acme/items/{uid}/") == f"/t/acme/items/{uid}/"
    assert masked_path("/t/acme/settings/team/12/") == "/t/acme/settings/team/12/"


@pytest.mark.parametrize(
    ("over_tls", "forwarded", "kept"),
    [
        (False, "198.51.100.1", "203.0.113.9"),
        (True, "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        (True, "198.51.100.1, <script>", None),
    ],
)
def test_the_audit_keeps_where_the_person_sat(
    client: Client,
    db: None,
    settings: Any,
    over_tls: bool,
    forwarded: str,
    kept: str | None,
) -> None:
    from django.test import RequestFactory

    from integration.web.request_log import address_of

    header = ("HTTP_X_FORWARDED_PROTO", "https") if over_tls else None
    settings.SECURE_PROXY_SSL_HEADER = header
    request = RequestFactory().get(
        "/", REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": forwarded}
    )
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    with tracing(Trace("request-1", address_of(request))):
        journal.audit(tenant, "looked", "at it")
    journal.audit(tenant, "worked", "by itself")
    rows = AuditEvent.everywhere.order_by("pk").values_list("address", flat=True)
    assert list(rows) == [kept, None]
