"""Who gets in: keys in force alone, for what they are made for, never a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from integration.engine import api_keys
from integration.models import ApiKey, KeptAnswer, Member, Role, Scope
from synclog.models import AuditEvent
from tests.admin.rows import Rows
from tests.api.program import Program, problem


def test_a_key_is_shown_once_and_stored_as_a_digest(rows: Rows) -> None:
    user = User.objects.create_user("ann")
    key, text = api_keys.issue(rows.tenant, "Till", ["read"], user=user)
    assert text.startswith(f"weft_{key.prefix}_")
    assert len(text) > 55
    stored = ApiKey.everywhere.filter(pk=key.pk).values().get()
    assert text.rsplit("_", 1)[1] not in str(stored)
    event = AuditEvent.everywhere.get(verb="key_issued")
    assert (event.user, event.after["scopes"]) == (user, ["read"])
    assert text not in f"{event.subject} {event.after}"


@pytest.mark.parametrize("scopes", [[], ["read", "everything"]])
def test_a_key_without_a_scope_or_with_an_unknown_one_is_not_made(
    rows: Rows, scopes: list[str]
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        api_keys.issue(rows.tenant, "Till", scopes)
    assert not ApiKey.everywhere.exists()


def test_a_key_that_is_no_longer_in_force_opens_nothing(rows: Rows) -> None:
    in_an_hour = timezone.now() + timedelta(hours=1)
    ending, gone, off = (
        Program.of(rows.tenant, expires_at=in_an_hour),
        Program.of(rows.tenant),
        Program.of(rows.tenant),
    )
    assert all(each.ask("get", "/runs/").status_code == 200 for each in (ending, gone))
    assert api_keys.revoke(gone.key)
    assert not api_keys.revoke(gone.key)
    with time_machine.travel(in_an_hour + timedelta(seconds=1)):
        told = problem(ending.ask("get", "/runs/"), 401, "authentication-failed")
    # Which of them it is is nobody's affair.
    assert told["detail"] == problem(gone.ask("get", "/runs/"), 401)["detail"]
    rows.tenant.active = False
    rows.tenant.save()
    problem(off.ask("get", "/runs/"), 401)
    verbs = AuditEvent.everywhere.values_list("verb", flat=True)
    assert list(verbs).count("key_revoked") == 1


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic d2VmdDp3ZWZ0",
        "Bearer weft_000000000000_" + "a" * 43,
        "Bearer wéft_å",
        "Token {text}",
        "Bearer {text}x",
        "Bearer {swapped}",
    ],
)
def test_what_is_no_key_opens_nothing(rows: Rows, header: str) -> None:
    program, other = Program.of(rows.tenant), Program.of(rows.tenant)
    secret = other.text.split("_", 2)[2]
    swapped = f"weft_{program.key.prefix}_{secret}"
    sent = header.format(text=program.text, swapped=swapped)
    answer = program.ask("get", "/connections/", Authorization=sent)
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Weft"'


def test_a_session_opens_nothing(rows: Rows, program: Program) -> None:
    user = User.objects.create_superuser("ann", "ann@example.com", "pw")
    Member.objects.create(tenant=rows.tenant, user=user, role=Role.OWNER)
    program.client.force_login(user)
    answer = program.client.get("/api/v1/connections/")
    problem(answer, 401, "not-authenticated")  # type: ignore[arg-type]


@pytest.mark.parametrize("scope", [*Scope])
def test_a_key_does_what_it_was_made_for_and_nothing_else(
    rows: Rows, scope: Scope
) -> None:
    program = Program.of(rows.tenant, scope)
    calls = {
        Scope.READ: ("get", "/records/", None),
        Scope.SYNC: ("post", f"/connections/{rows.back.uid}/full-sync/", {}),
        Scope.ERRORS: ("post", "/errors/retry/", {"filters": {}}),
        Scope.SYNC_LOG: ("delete", f"/sync-log/{rows.back.uid}/", None),
        Scope.AUDIT: ("get", "/audit/", None),
    }
    for needed, (method, path, body) in calls.items():
        answer = program.ask(method, path, body)
        if needed == scope:
            assert answer.status_code in (200, 202, 204), answer.content
        else:
            assert f"“{needed}”" in problem(answer, 403, "permission-denied")["detail"]


def test_when_a_key_was_used_is_noted_once_a_minute(program: Program) -> None:
    def used() -> object:
        return ApiKey.everywhere.get(pk=program.key.pk).last_used_at

    with time_machine.travel("2026-05-01T12:00:10Z", tick=False) as clock:
        program.get("/runs/")
        first = used()
        assert first == timezone.now()
        clock.shift(50)
        program.get("/runs/")
        assert used() == first
        clock.shift(10)
        program.get("/runs/")
        assert used() == timezone.now()


def test_the_audit_names_the_key_that_did_it(rows: Rows, program: Program) -> None:
    error = rows.errors()
    assert program.ask("post", f"/errors/{error.pk}/ignore/").status_code == 200
    event = AuditEvent.everywhere.get(verb="ignored")
    assert event.actor == f"API key Till ({program.key.prefix}…)"
    assert event.user is None


def test_answers_are_forgotten_after_a_day(rows: Rows) -> None:
    old, young = rows.kept_answers(), rows.kept_answers()
    long_ago = timezone.now() - timedelta(hours=25)
    KeptAnswer.everywhere.filter(pk=old.pk).update(created_at=long_ago)
    assert api_keys.forget_answers() == 1
    assert list(KeptAnswer.everywhere.all()) == [young]
