"""The journal: problems open once, count up, close themselves; syncs leave a stamp."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database

from integration.errors import (
    BadConfig,
    BadRecord,
    BudgetSpent,
    MissingLink,
    Transient,
    Unknown,
)
from integration.http.redact import remember
from integration.models import Connection, Record, Tenant
from synclog import journal
from synclog.journal import Problem
from synclog.models import AppendOnly, AuditEvent, ErrorState, SyncError, SyncLog

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def missing_sku(external_id: str, **other: Any) -> Problem:
    """A product nobody gave a SKU."""
    return Problem(
        "product", external_id, "bad_record", "sku", "It has no SKU.", **other
    )


def errors(connection: Connection) -> list[SyncError]:
    """All of the connection's errors, the oldest first."""
    return list(SyncError.everywhere.filter(connection=connection).order_by("pk"))


def test_a_problem_opens_with_all_it_tells(crystal: Connection) -> None:
    problem = missing_sku("7", label="Red tee", hint="Give it one.", who="connection")
    journal.open_problems(crystal, [problem], at=NOON)
    (error,) = errors(crystal)
    assert error.tenant_id == crystal.tenant_id
    assert (error.kind, error.external_id, error.code, error.field) == problem[:2] + (
        "bad_record",
        "sku",
    )
    assert (error.label, error.hint, error.who) == (
        "Red tee",
        "Give it one.",
        "connection",
    )
    assert (error.state, error.count, error.first_at, error.last_at) == (
        ErrorState.OPEN,
        1,
        NOON,
        NOON,
    )


def test_the_same_problem_counts_up_and_tells_its_newest_words(
    crystal: Connection,
) -> None:
    journal.open_problems(crystal, [missing_sku("7", label="Tee")], at=NOON)
    again = missing_sku("7")._replace(message="Still no SKU.")
    journal.open_problems(crystal, [again], at=LATER)
    (error,) = errors(crystal)
    assert (error.count, error.first_at, error.last_at) == (2, NOON, LATER)
    assert (error.message, error.label) == ("Still no SKU.", "Tee")


def test_a_repeated_problem_learns_its_record(
    crystal: Connection, tenant: Tenant
) -> None:
    record = Record.everywhere.create(tenant=tenant, kind="product", label="Tee")
    journal.open_problems(crystal, [missing_sku("7")])
    journal.open_problems(crystal, [missing_sku("7", record_id=record.pk)])
    (error,) = errors(crystal)
    assert error.record == record
    assert journal.close_problems(crystal, record_ids=[record.pk], by="gone") == 1


def test_each_item_keeps_its_own_words_when_many_are_counted_up(
    crystal: Connection,
) -> None:
    first = [missing_sku(str(number)) for number in range(3)]
    second = [each._replace(message=f"Of {each.external_id}") for each in first[:2]]
    journal.open_problems(crystal, first)
    journal.open_problems(crystal, second)
    told = [(error.count, error.message) for error in errors(crystal)]
    assert told == [(2, "Of 0"), (2, "Of 1"), (1, "It has no SKU.")]


def test_another_field_code_kind_or_connection_is_another_problem(
    crystal: Connection, shop: Connection
) -> None:
    problem = missing_sku("7")
    others = [
        problem._replace(field="title"),
        problem._replace(code="ambiguous"),
        problem._replace(kind="variant"),
    ]
    journal.open_problems(crystal, [problem, *others])
    journal.open_problems(shop, [problem])
    assert [error.count for error in errors(crystal)] == [1, 1, 1, 1]
    assert [error.count for error in errors(shop)] == [1]


def test_a_problem_named_twice_in_one_call_opens_once(crystal: Connection) -> None:
    journal.open_problems(crystal, [missing_sku("7"), missing_sku("7")])
    assert [error.count for error in errors(crystal)] == [1]


def test_an_ignored_problem_is_counted_and_stays_ignored(crystal: Connection) -> None:
    journal.open_problems(crystal, [missing_sku("7")])
    SyncError.everywhere.update(state=ErrorState.IGNORED)
    journal.open_problems(crystal, [missing_sku("7")])
    (error,) = errors(crystal)
    assert (error.state, error.count) == (ErrorState.IGNORED, 2)


def test_success_closes_what_is_live_and_a_new_failure_is_a_new_problem(
    crystal: Connection,
) -> None:
    journal.open_problems(crystal, [missing_sku("7"), missing_sku("8")])
    SyncError.everywhere.filter(external_id="8").update(state=ErrorState.IGNORED)
    closed = journal.close_problems(
        crystal, kind="product", external_ids=["7", "8"], by="sync"
    )
    journal.open_problems(crystal, [missing_sku("7")])
    assert closed == 2
    assert [(error.state, error.resolved_by) for error in errors(crystal)] == [
        (ErrorState.RESOLVED, "sync"),
        (ErrorState.RESOLVED, "sync"),
        (ErrorState.OPEN, ""),
    ]


def test_only_what_all_limits_fit_is_closed(
    crystal: Connection, shop: Connection
) -> None:
    kept = missing_sku("7")._replace(code="image_unfetchable")
    other_kind = missing_sku("7")._replace(kind="variant")
    problems = [missing_sku("7"), missing_sku("8"), kept, other_kind]
    journal.open_problems(crystal, problems)
    journal.open_problems(shop, [missing_sku("7")])
    closed = journal.close_problems(
        crystal,
        kind="product",
        external_ids=["7"],
        by="sync",
        keep_codes=["image_unfetchable"],
    )
    assert closed == 1
    assert journal.close_problems(crystal, external_ids=[], by="sync") == 0
    states = [error.state for error in errors(crystal) + errors(shop)]
    assert states == ["resolved", "open", "open", "open", "open"]


def statements(vendor: str, count: int) -> int:
    """How many it takes to open `count` new problems and ask who wants to hear of it:
    SQLite binds 999 values."""
    if vendor != "sqlite":
        return 3
    per_insert = 999 // (len(SyncError._meta.concrete_fields) - 1)
    return 2 + -(-count // per_insert)


@pytest.mark.parametrize("count", [1, 10, 200])
def test_problems_are_opened_counted_and_closed_by_a_handful_of_statements(
    count: int, crystal: Connection, django_assert_num_queries: Any
) -> None:
    problems = [missing_sku(str(number)) for number in range(count)]
    changed = [each._replace(message=f"{each.external_id}!") for each in problems]
    with django_assert_num_queries(statements(database.vendor, count)):
        journal.open_problems(crystal, problems)
    with django_assert_num_queries(2):
        journal.open_problems(crystal, problems)
    with django_assert_num_queries(2):
        journal.open_problems(crystal, changed)
    ids = [each.external_id for each in problems]
    with django_assert_num_queries(2):
        closed = journal.close_problems(crystal, external_ids=ids, by="sync")
    assert closed == count
    with django_assert_num_queries(1):
        assert journal.close_problems(crystal, external_ids=ids, by="sync") == 0
    with django_assert_num_queries(0):
        journal.open_problems(crystal, [])


def test_more_problems_than_a_page_holds_are_all_opened(crystal: Connection) -> None:
    problems = [missing_sku(str(number)) for number in range(2_300)]
    journal.open_problems(crystal, problems)
    journal.open_problems(crystal, problems)
    assert SyncError.everywhere.filter(count=2).count() == 2_300


def test_hostile_text_is_stored_on_one_line_short_and_without_secrets(
    crystal: Connection,
) -> None:
    remember("sk_live_abcdef123456")
    message = "Refused\r\nBcc: all@example.com\x00 key sk_live_abcdef123456"
    problem = Problem(
        "product", "9" * 500, "c" * 90, "f" * 300, message, label="L" * 400
    )
    journal.open_problems(crystal, [problem])
    journal.open_problems(crystal, [problem])
    (error,) = errors(crystal)
    assert error.count == 2
    assert error.message == "Refused Bcc: all@example.com key ***"
    assert [len(text) for text in (error.external_id, error.code, error.label)] == [
        200,
        60,
        300,
    ]
    ids = [problem.external_id]
    assert journal.close_problems(crystal, external_ids=ids, by="sync") == 1


def test_a_full_sync_is_stamped_when_it_is_over_and_never_set_back(
    crystal: Connection,
) -> None:
    journal.read_started(crystal, ["product", "stock"], full=True, at=NOON)
    journal.read_done(crystal, ["product", "stock"], full=True, at=LATER)
    log = SyncLog.everywhere.get(connection=crystal, data_type="product")
    assert (log.started_at, log.last_full_at, log.last_partial_at) == (NOON, None, None)
    assert journal.full_stamped(crystal, "product", LATER)
    assert not journal.full_stamped(crystal, "product", LATER)
    assert not journal.full_stamped(crystal, "product", NOON)
    log.refresh_from_db()
    assert log.last_full_at == LATER
    assert journal.full_stamped(crystal, "order", LATER)


def test_a_partial_sync_stamps_its_end_alone(
    crystal: Connection, django_assert_num_queries: Any
) -> None:
    journal.read_started(crystal, ["product"], full=True, at=NOON)
    journal.read_started(crystal, ["product"], full=False, at=LATER)
    with django_assert_num_queries(1):
        journal.read_done(crystal, ["product", "stock"], full=False, at=LATER)
    stamps = SyncLog.everywhere.order_by("data_type").values_list(
        "data_type", "started_at", "last_full_at", "last_partial_at"
    )
    assert list(stamps) == [
        ("product", NOON, None, LATER),
        ("stock", None, None, LATER),
    ]


def test_the_audit_keeps_who_did_what_without_secrets_and_for_ever(
    tenant: Tenant, django_user_model: type
) -> None:
    user = django_user_model.objects.create_user("ada")
    before = {"label": "Shop", "consumer_secret": "cs_1", "deep": [{"token": "t_1"}]}
    event = journal.audit(tenant, "changed", "Shop\n", user=user, before=before)
    stored = AuditEvent.everywhere.get(pk=event.pk)
    assert stored.before == {
        "label": "Shop",
        "consumer_secret": "***",
        "deep": [{"token": "***"}],
    }
    assert (stored.actor, stored.subject) == ("ada", "Shop")
    stored.verb = "did nothing"
    with pytest.raises(AppendOnly):
        stored.save()
    with pytest.raises(AppendOnly):
        stored.delete()


def test_a_changed_fact_is_noted_and_told(crystal: Connection) -> None:
    journal.fact_changed(crystal, "currency", "EUR", "SEK")
    event = AuditEvent.everywhere.get()
    assert (event.verb, event.before, event.after) == (
        "fact_changed",
        {"currency": "EUR"},
        {"currency": "SEK"},
    )
    (error,) = errors(crystal)
    assert (error.kind, error.code, error.field) == (
        "setting",
        "fact_changed",
        "currency",
    )
    assert error.message == ("Crystal changed its currency: it was EUR, now it is SEK.")


@pytest.mark.parametrize(
    ("failure", "code", "field", "who"),
    [
        (BadRecord("sku", "It has no SKU."), "bad_record", "sku", "item"),
        (BadConfig("zone", "No zone."), "bad_config", "zone", "connection"),
        (Transient("No answer."), "unreachable", "", "clock"),
        (BudgetSpent("No call left."), "budget_spent", "", "clock"),
        (Unknown("No answer came."), "outcome_unknown", "", "item"),
        (MissingLink("product", "7", {}), "missing_link", "product", "clock"),
        (KeyError("secret value"), "fault", "", "staff"),
    ],
)
def test_a_failure_s_class_says_who_acts_next(
    failure: Exception, code: str, field: str, who: str
) -> None:
    problem = journal.describe(failure, "order", "42", label="1042")
    assert (problem.code, problem.field, problem.who) == (code, field, who)
    assert problem.hint
    assert "secret" not in problem.message


def test_a_failure_s_own_hint_and_what_comes_next_are_told() -> None:
    failure = BadRecord("sku", "It has no SKU.", code="no_sku", hint="Give it one.")
    problem = journal.describe(failure, "product", "7", then="Tried again at 14:00.")
    assert problem.hint == "Give it one. Tried again at 14:00."
    assert problem.code == "no_sku"


def test_a_missing_partner_is_named_as_the_merchant_knows_it() -> None:
    failure = MissingLink("product", "7", {"sku": "TEE-RED-M"})
    problem = journal.describe(failure, "order", "42")
    assert problem.message == (
        "It needs the product TEE-RED-M, which is unknown there."
    )
