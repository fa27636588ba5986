"""Who is mailed about what, and when."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from integration.models import Connection, Member, Role, Tenant
from synclog import alerts, journal, wishes
from synclog.journal import Problem
from synclog.models import ErrorState, Notice, NoticeState, SyncError

# A Monday, one in the afternoon in Stockholm.
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = NOON + timedelta(hours=11)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def unknown_product(number: str) -> Problem:
    """An order of something the other side has never heard of."""
    message = "It needs the product MUG-1, which is unknown there."
    return Problem("order", number, "missing_link", "product", message, label=number)


def no_sku(external_id: str) -> Problem:
    """A product nobody gave a SKU."""
    return Problem("product", external_id, "bad_record", "sku", "It has no SKU.")


def planned_at(now: datetime) -> list[str]:
    """The subjects of the notices that are planned by looking now."""
    known = set(Notice.everywhere.values_list("pk", flat=True))
    count = alerts.plan_notices(now)
    fresh = Notice.everywhere.exclude(pk__in=known).order_by("pk")
    assert len(fresh) == count
    assert {notice.not_before for notice in fresh} <= {now}
    return [notice.subject for notice in fresh]


def named(notice: Notice) -> list[str]:
    """The items a notice names, over all its groups."""
    return [
        item["name"] for group in notice.context["groups"] for item in group["items"]
    ]


@pytest.fixture
def quiet(tenant: Tenant) -> None:
    """Quiet from ten in the evening to seven in the morning."""
    tenant.quiet_from, tenant.quiet_until = time(22), time(7)
    tenant.save()


def test_the_first_failed_sale_is_mailed_at_once_even_at_night(
    crystal: Connection, quiet: None
) -> None:
    problems = [unknown_product("1042"), unknown_product("1043")]
    journal.open_problems(crystal, problems[:1], at=NIGHT)
    assert planned_at(NIGHT) == ["Order 1042 not posted to Crystal: product unknown"]
    journal.open_problems(crystal, problems, at=NIGHT)
    assert planned_at(NIGHT) == []


def test_a_mail_lists_what_is_affected(crystal: Connection) -> None:
    numbers = [str(1000 + number) for number in range(25)]
    journal.open_problems(crystal, [unknown_product(each) for each in numbers])
    assert planned_at(NOON) == ["25 orders not posted to Crystal: product unknown"]
    notice = Notice.everywhere.get()
    assert named(notice) == numbers[:20]
    (group,) = notice.context["groups"]
    assert (group["more"], group["still_open"]) == (5, 25)
    assert group["items"][0]["message"].startswith("It needs the product MUG-1")


def test_further_failures_of_a_group_join_one_mail_per_four_hours(
    crystal: Connection,
) -> None:
    for minutes, number in enumerate(("1", "2", "3")):
        at = NOON + timedelta(minutes=minutes)
        journal.open_problems(crystal, [unknown_product(number)], at=at)
        planned = planned_at(at)
        assert bool(planned) == (number == "1")
    assert planned_at(NOON + 4 * HOUR - timedelta(seconds=1)) == []
    assert planned_at(NOON + 4 * HOUR) == [
        "2 orders not posted to Crystal: product unknown"
    ]
    assert planned_at(NOON + 8 * HOUR) == []


def test_further_failures_wait_for_the_morning(
    crystal: Connection, quiet: None
) -> None:
    evening = NIGHT - 6 * HOUR
    journal.open_problems(crystal, [unknown_product("1")], at=evening)
    assert planned_at(evening)
    journal.open_problems(crystal, [unknown_product("2")], at=evening)
    assert planned_at(NIGHT) == []
    assert planned_at(NIGHT + 7 * HOUR) == [
        "Order 2 not posted to Crystal: product unknown"
    ]


def test_each_sort_of_problem_is_mailed_on_its_own(
    crystal: Connection, shop: Connection
) -> None:
    problem = unknown_product("1")
    refused = problem._replace(code="closed", field="", message="The month is closed.")
    journal.open_problems(crystal, [problem, refused])
    journal.open_problems(shop, [problem])
    assert sorted(planned_at(NOON)) == [
        "Order 1 not posted to Acme shop: product unknown",
        "Order 1 not posted to Crystal: The month is closed",
        "Order 1 not posted to Crystal: product unknown",
    ]


def test_what_is_solved_or_ignored_before_it_was_told_is_never_told(
    crystal: Connection,
) -> None:
    journal.open_problems(crystal, [unknown_product("1"), unknown_product("2")])
    journal.close_problems(crystal, external_ids=["1"], by="sync")
    SyncError.everywhere.filter(external_id="2").update(state=ErrorState.IGNORED)
    assert planned_at(NOON) == []


def test_a_recovery_note_closes_a_group_people_know_of(crystal: Connection) -> None:
    problems = [unknown_product("1"), unknown_product("2")]
    journal.open_problems(crystal, problems, at=NOON)
    assert planned_at(NOON)
    journal.close_problems(crystal, external_ids=["1"], by="sync", at=NOON + HOUR)
    assert planned_at(NOON + HOUR) == []
    journal.close_problems(crystal, external_ids=["2"], by="sync", at=NOON + HOUR)
    assert planned_at(NOON + HOUR) == [
        "Solved: 2 orders not posted to Crystal: product unknown"
    ]
    assert named(Notice.everywhere.latest("pk")) == ["1", "2"]
    assert planned_at(NOON + 2 * HOUR) == []


def test_a_group_that_comes_and_goes_mails_once_in_four_hours(
    crystal: Connection,
) -> None:
    subjects = []
    for minutes in range(0, 240, 10):
        at = NOON + timedelta(minutes=minutes)
        journal.open_problems(crystal, [unknown_product("1")], at=at)
        subjects += planned_at(at)
        journal.close_problems(crystal, external_ids=["1"], by="sync")
        subjects += planned_at(at)
    assert len(subjects) == 2
    journal.open_problems(crystal, [unknown_product("1")], at=NOON + 4 * HOUR)
    assert planned_at(NOON + 4 * HOUR)


def test_a_recovery_note_waits_for_the_morning(
    crystal: Connection, quiet: None
) -> None:
    journal.open_problems(crystal, [unknown_product("1")], at=NIGHT)
    assert planned_at(NIGHT)
    journal.close_problems(crystal, external_ids=["1"], by="sync", at=NIGHT + HOUR)
    assert planned_at(NIGHT + HOUR) == []
    assert planned_at(NIGHT + 7 * HOUR) == [
        "Solved: Order 1 not posted to Crystal: product unknown"
    ]


def test_a_group_that_people_set_aside_is_closed_too(crystal: Connection) -> None:
    journal.open_problems(crystal, [unknown_product("1")], at=NOON)
    assert planned_at(NOON)
    SyncError.everywhere.update(state=ErrorState.IGNORED)
    assert planned_at(NOON + HOUR) == [
        "Set aside: Orders not posted to Crystal: product unknown"
    ]


def test_giving_up_is_mailed_once_per_group(crystal: Connection) -> None:
    problems = [unknown_product("1"), unknown_product("2"), unknown_product("3")]
    journal.open_problems(crystal, problems, at=NOON)
    assert planned_at(NOON)
    alerts.gave_up(crystal, problems[:2], NOON + HOUR)
    assert planned_at(NOON + HOUR) == [
        "Gave up: 2 orders not posted to Crystal: product unknown"
    ]
    assert named(Notice.everywhere.latest("pk")) == ["1", "2"]
    alerts.gave_up(crystal, problems[2:], NOON + 2 * HOUR)
    assert planned_at(NOON + 9 * HOUR) == []


def test_giving_up_waits_for_the_morning_but_not_for_the_digest(
    crystal: Connection, quiet: None
) -> None:
    journal.open_problems(crystal, [no_sku("7")], at=NIGHT)
    alerts.gave_up(crystal, [no_sku("7")], NIGHT)
    assert planned_at(NIGHT) == []
    morning = NIGHT + 7 * HOUR
    assert planned_at(morning) == [
        "Gave up: Product 7 not written to Crystal: It has no SKU"
    ]
    assert planned_at(morning + DAY) == []


def test_what_was_solved_after_all_is_not_given_up(crystal: Connection) -> None:
    journal.open_problems(crystal, [no_sku("7"), no_sku("8")], at=NOON)
    alerts.gave_up(crystal, [no_sku("7")], NOON)
    journal.close_problems(crystal, external_ids=["7"], by="person")
    assert planned_at(NOON) == []
    journal.close_problems(crystal, external_ids=["8"], by="person")
    assert planned_at(NOON) == []
    journal.open_problems(crystal, [no_sku("7")], at=NOON)
    alerts.gave_up(crystal, [no_sku("7")], NOON)
    assert len(planned_at(NOON)) == 1


def test_all_else_comes_in_one_daily_digest(
    crystal: Connection, shop: Connection
) -> None:
    journal.open_problems(crystal, [no_sku("7"), no_sku("8")], at=NOON)
    journal.open_problems(shop, [no_sku("7")], at=NOON)
    journal.fact_changed(shop, "currency", "EUR", "SEK")
    SyncError.everywhere.update(first_at=NOON)
    eight = datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert planned_at(eight - HOUR) == []
    assert planned_at(eight) == ["Acme AB: 4 new problems"]
    headlines = {
        group["headline"] for group in Notice.everywhere.get().context["groups"]
    }
    assert headlines == {
        "2 products not written to Crystal: It has no SKU",
        "Product 7 not written to Acme shop: It has no SKU",
        "Acme shop: Acme shop changed its currency: it was EUR, now it is SEK",
    }
    journal.open_problems(crystal, [no_sku("9")], at=eight + HOUR)
    assert planned_at(eight + 2 * HOUR) == []
    journal.close_problems(shop, by="person")
    assert planned_at(eight + DAY) == ["Acme AB: 1 new problem, 2 solved"]
    assert planned_at(eight + 2 * DAY) == []


def test_a_digest_waits_for_the_end_of_quiet_hours(
    crystal: Connection, tenant: Tenant
) -> None:
    tenant.quiet_from, tenant.quiet_until = time(20), time(9, 30)
    tenant.save()
    journal.open_problems(crystal, [no_sku("7")], at=NOON)
    eight = datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert planned_at(eight) == []
    assert len(planned_at(eight + timedelta(minutes=90))) == 1


def test_without_a_digest_each_group_is_mailed_outside_quiet_hours(
    crystal: Connection, tenant: Tenant, quiet: None
) -> None:
    tenant.alerts = {"problem": "now"}
    tenant.save()
    journal.open_problems(crystal, [no_sku("7")], at=NIGHT)
    assert planned_at(NIGHT) == []
    morning = NIGHT + 7 * HOUR
    assert planned_at(morning) == ["Product 7 not written to Crystal: It has no SKU"]
    journal.open_problems(crystal, [no_sku("8")], at=morning)
    assert planned_at(morning + 3 * HOUR) == []
    assert len(planned_at(morning + 4 * HOUR)) == 1


def test_an_item_that_could_not_be_read_is_said_to_be_so(
    crystal: Connection, tenant: Tenant
) -> None:
    tenant.alerts = {"problem": "now"}
    tenant.save()
    run = crystal.runs.create(
        tenant=tenant, stream="products", selection={}, selection_key="x", cause="test"
    )
    journal.open_problems(crystal, [no_sku("7")], run=run)
    assert planned_at(NOON) == ["Product 7 not read from Crystal: It has no SKU"]


def test_owners_and_admins_are_told_and_each_address_once(
    tenant: Tenant, owner: Member, django_user_model: Any
) -> None:
    people = {
        "grace": ("ALERTS@acme.example", Role.ADMIN, True),
        "bob": ("bob@acme.example", Role.OPERATOR, True),
        "eve": ("eve@acme.example", Role.ADMIN, False),
        "mallory": ("m@acme.example\nBcc: x@evil.example", Role.ADMIN, True),
    }
    for name, (email, role, active) in people.items():
        user = django_user_model.objects.create(
            username=name, email=email, is_active=active
        )
        Member.objects.create(tenant=tenant, user=user, role=role)
    (found,) = wishes.readers([tenant]).values()
    told = wishes.who_wants(found, wishes.Event.PROBLEM)
    assert [each.casefold() for each in told] == [
        "alerts@acme.example",
        "ada@acme.example",
    ]


def test_a_merchant_without_address_is_told_once_there_is_one(
    crystal: Connection, tenant: Tenant
) -> None:
    tenant.email = ""
    tenant.save()
    journal.open_problems(crystal, [unknown_product("1")], at=NOON)
    assert planned_at(NOON) == []
    tenant.email = "new@acme.example"
    tenant.save()
    assert len(planned_at(NOON + DAY)) == 1
    assert Notice.everywhere.get().to == ["new@acme.example"]


def test_an_inactive_merchant_is_not_mailed(
    crystal: Connection, tenant: Tenant
) -> None:
    tenant.active = False
    tenant.save()
    journal.open_problems(crystal, [unknown_product("1")], at=NOON)
    assert planned_at(NOON) == []


def test_one_merchant_s_mail_never_names_another_s_items(
    crystal: Connection, db: None
) -> None:
    other = Tenant.objects.create(slug="beta", name="Beta", email="b@beta.example")
    theirs = Connection.everywhere.create(
        tenant=other, platform="crystal", account="main", label="Crystal"
    )
    journal.open_problems(crystal, [unknown_product("1")], at=NOON)
    journal.open_problems(theirs, [unknown_product("2")], at=NOON)
    assert len(planned_at(NOON)) == 2
    for notice in Notice.everywhere.all():
        mine = notice.tenant_id == crystal.tenant_id
        assert named(notice) == (["1"] if mine else ["2"])
        assert notice.to == ["alerts@acme.example" if mine else "b@beta.example"]


@pytest.mark.parametrize("count", [1, 10, 200])
def test_planning_takes_the_same_statements_however_much_is_open(
    count: int, crystal: Connection, django_assert_max_num_queries: Any
) -> None:
    problems = [unknown_product(str(number)) for number in range(count)]
    journal.open_problems(crystal, problems, at=NOON)
    with django_assert_max_num_queries(22):
        assert alerts.plan_notices(NOON) == 1
    with django_assert_max_num_queries(2):
        assert alerts.plan_notices(NOON + HOUR) == 0


def test_a_lost_connection_is_mailed_once_per_episode(crystal: Connection) -> None:
    for _ in range(3):
        alerts.connection_lost(crystal, NOON)
    notice = Notice.everywhere.get()
    assert notice.subject == (
        "Crystal refuses Weft's credentials, everything there waits"
    )
    assert alerts.plan_notices(NOON) == 0
    Notice.everywhere.update(state=NoticeState.SENT)
    for _ in range(2):
        alerts.connection_back(crystal, NOON + HOUR)
    alerts.connection_lost(crystal, NOON + 2 * HOUR)
    subjects = Notice.everywhere.order_by("pk").values_list("subject", flat=True)
    assert list(subjects)[1:] == [
        "Crystal accepts Weft's credentials again",
        "Crystal refuses Weft's credentials, everything there waits",
    ]


def test_a_connection_that_is_back_before_anybody_was_told_is_not_mailed(
    crystal: Connection, quiet: None
) -> None:
    alerts.connection_lost(crystal, NIGHT)
    notice = Notice.everywhere.get()
    assert notice.not_before == NIGHT + 7 * HOUR
    alerts.connection_back(crystal, NIGHT + HOUR)
    notice.refresh_from_db()
    assert notice.state == NoticeState.DROPPED
    assert Notice.everywhere.count() == 1
    alerts.connection_lost(crystal, NIGHT + 2 * HOUR)
    assert Notice.everywhere.filter(state=NoticeState.PLANNED).count() == 1
