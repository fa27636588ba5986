"""Who is asked to join, joins, gets another role or leaves; nobody above themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail as post
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.engine import invitations
from integration.models import Invitation, Member, Role, Tenant
from synclog import couriers
from synclog.models import AuditEvent, Notice
from tests.people import authenticator, sign_in

TEAM = "/t/acme/settings/team/"
NEW = {"name": "Nina New", "password": "a long enough one"}


@pytest.fixture(autouse=True)
def uncounted(db: None, settings: Any) -> None:
    """No try of another test counts, and hashing a password takes no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def acme(db: None) -> Tenant:
    """A merchant."""
    return Tenant.objects.create(slug="acme", name="Acme & Sons")


Joined = Callable[[str, str], Client]


@pytest.fixture
def joined(acme: Tenant) -> Joined:
    """Make somebody a member with this role, and sign them in."""

    def make(name: str, role: str) -> Client:
        user = User.objects.create(username=name, email=f"{name}@example.com")
        Member.objects.create(tenant=acme, user=user, role=role)
        return sign_in(Client(), user, second_factor=False)

    return make


def member(name: str) -> Member:
    """The membership of somebody."""
    return Member.objects.get(user__username=name)


def roles() -> dict[str, str]:
    """Everybody's role."""
    return dict(Member.objects.values_list("user__username", "role"))


def said(answer: object) -> str:
    """What a page says, in one line."""
    return " ".join(unescape(answer.content.decode()).split())  # type: ignore[attr-defined]


def link() -> str:
    """Send the mail that is owed; the link in it."""
    assert couriers.tell()
    return re.search(
        r"http://testserver(/account/invitation/\S+)", post.outbox[-1].body
    )[1]  # type: ignore[index]


def invite(by: Client, email: str = "nina@example.com", role: str = "viewer") -> object:
    """Press the button."""
    return by.post(f"{TEAM}invite/", {"email": email, "role": role}, follow=True)


def test_a_new_person_joins_by_the_mailed_link_once(joined: Joined) -> None:
    owner = joined("olga", Role.OWNER)
    assert "on its way to nina@example.com" in said(invite(owner, "Nina@Example.com"))
    at = link()
    letter = post.outbox[-1]
    assert letter.subject == "olga@example.com invites you to Acme & Sons"
    assert letter.to == ["nina@example.com"]
    assert f'href="http://testserver{at}"' in letter.alternatives[0].content
    nina = Client()
    assert "You will sign in with nina@example.com" in said(nina.get(at))
    weak = nina.post(at, {**NEW, "password": "12345678"})
    assert "too common" in said(weak)
    assert nina.post(at, NEW).headers["Location"] == "/t/acme/"
    assert roles() == {"olga": "owner", "nina@example.com": "viewer"}
    user = User.objects.get(email="nina@example.com")
    assert user.get_full_name() == "Nina New"
    assert EmailAddress.objects.get(user=user).verified
    assert nina.get(TEAM).status_code == 200
    for method in (Client().get, Client().post):
        assert method(at).status_code == 404
    verbs = AuditEvent.everywhere.values_list("verb", flat=True)
    assert sorted(verbs) == ["invited", "joined"]


def test_nothing_stored_is_a_usable_link(joined: Joined) -> None:
    invite(joined("olga", Role.OWNER))
    notice = Notice.everywhere.get()
    token = link().split("/")[-2]
    digest = bytes(Invitation.everywhere.get().digest)
    stored = f"{notice.context} {notice.subject} {digest!r}"
    assert token not in stored


def test_who_has_an_account_signs_in_and_joins_with_it(joined: Joined) -> None:
    invite(joined("olga", Role.OWNER), role="operator")
    at = link()
    nina = User.objects.create_user("nina", "nina@example.com", "correct horse 9")
    client = Client()
    page = said(client.get(at))
    assert "sign in with it" in page
    assert client.post(at, NEW).status_code == 200
    assert User.objects.count() == 2
    login = re.search(r'href="(/account/login/\?next=[^"]+)"', page)[1]  # type: ignore[index]
    given = {"login": nina.email, "password": "correct horse 9", "next": at}
    assert client.post(login, given).headers["Location"] == at
    assert client.get(at).status_code == 200
    assert "nina" not in roles(), "looking joins nobody"
    client.post(at)
    assert roles()["nina"] == "operator"


def test_an_invitation_never_lowers_who_is_a_member_already(joined: Joined) -> None:
    invite(joined("olga", Role.OWNER))
    at = link()
    joined("adam", Role.ADMIN).post(at)
    assert roles()["adam"] == "admin"


def test_a_link_ends_by_time_by_withdrawal_and_by_another_one(joined: Joined) -> None:
    owner = joined("olga", Role.OWNER)
    invite(owner)
    first = link()
    invite(owner)
    second = link()
    assert Invitation.everywhere.count() == 1
    open_now = Invitation.everywhere.get()
    assert timedelta(days=6, hours=23) < open_now.expires_at - timezone.now()
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    Invitation.everywhere.update(expires_at=timezone.now())
    assert Client().get(second).status_code == 404
    assert "Run out" in said(owner.get(TEAM))
    invite(owner)
    third = link()
    invitation = Invitation.everywhere.get()
    owner.post(f"{TEAM}invitations/{invitation.pk}/withdraw/")
    assert Client().post(third, NEW).status_code == 404
    assert roles() == {"olga": "owner"}


def test_a_withdrawn_invitation_that_was_not_mailed_yet_never_is(
    joined: Joined,
) -> None:
    owner = joined("olga", Role.OWNER)
    invite(owner)
    owner.post(f"{TEAM}invitations/{Invitation.everywhere.get().pk}/withdraw/")
    assert not couriers.tell()
    assert post.outbox == []


def test_nobody_invites_above_their_own_role(joined: Joined) -> None:
    admin = joined("adam", Role.ADMIN)
    assert 'value="owner"' not in admin.get(TEAM).content.decode()
    invite(admin, role="owner")
    assert Invitation.everywhere.count() == 0
    invite(admin, role="admin")
    assert Invitation.everywhere.get().role == "admin"
    with pytest.raises(invitations.AboveOwnRole):
        invitations.invite(
            member("adam").tenant, "x@example.com", "owner", member("adam")
        )
    for role in (Role.VIEWER, Role.OPERATOR):
        invite(joined(role, role), "y@example.com")
    assert Invitation.everywhere.count() == 1


@pytest.mark.parametrize("email", ["no address", "a@b\nBcc: c@example.com", ""])
def test_what_is_no_address_is_refused_beside_the_field(
    joined: Joined, email: str
) -> None:
    answer = invite(joined("olga", Role.OWNER), email)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert 'id="id_email_error"' in said(answer)
    assert Invitation.everywhere.count() == 0


def test_who_is_a_member_is_not_invited(joined: Joined) -> None:
    joined("vic", Role.VIEWER)
    answer = invite(joined("olga", Role.OWNER), "VIC@example.com")
    assert "a member already" in said(answer)


def test_a_role_is_changed_but_not_above_one_s_own(joined: Joined) -> None:
    owner, admin = joined("olga", Role.OWNER), joined("adam", Role.ADMIN)
    joined("vic", Role.VIEWER)
    at = f"{TEAM}{{}}/role/".format

    def change(by: Client, name: str, role: str) -> str:
        return said(by.post(at(member(name).pk), {"role": role}, follow=True))

    assert "above their own" in change(admin, "vic", "owner")
    assert "above their own" in change(admin, "olga", "viewer")
    assert "has the role Operator now" in change(admin, "vic", "operator")
    assert "has the role Owner now" in change(owner, "vic", "owner")
    assert roles() == {"olga": "owner", "adam": "admin", "vic": "owner"}
    told = AuditEvent.everywhere.filter(verb="role_changed").values_list(
        "after", flat=True
    )
    assert list(told) == [{"role": "operator"}, {"role": "owner"}]


def test_the_last_owner_stays_one(joined: Joined) -> None:
    owner = joined("olga", Role.OWNER)
    olga = member("olga").pk
    lowered = owner.post(f"{TEAM}{olga}/role/", {"role": "admin"}, follow=True)
    assert "at least one owner" in said(lowered)
    removed = owner.post(f"{TEAM}{olga}/remove/", follow=True)
    assert "at least one owner" in said(removed)
    joined("otto", Role.OWNER)
    User.objects.filter(username="otto").update(is_active=False)
    owner.post(f"{TEAM}{olga}/remove/")
    assert "olga" in roles(), "an owner who cannot sign in is none"
    User.objects.update(is_active=True)
    assert owner.post(f"{TEAM}{olga}/remove/").headers["Location"] == "/"
    assert roles() == {"otto": "owner"}
    assert owner.get(TEAM).status_code == 404


def test_what_a_removed_or_lowered_member_offered_is_withdrawn(joined: Joined) -> None:
    owner, admin = joined("olga", Role.OWNER), joined("adam", Role.ADMIN)
    invite(admin, "a@example.com", "admin")
    invite(admin, "b@example.com", "viewer")
    adam = member("adam").pk
    owner.post(f"{TEAM}{adam}/role/", {"role": "operator"})
    assert [each.email for each in Invitation.everywhere.all()] == ["b@example.com"]
    page = said(owner.get(f"{TEAM}{adam}/remove/"))
    assert "Remove adam@example.com?" in page
    assert "adam" in roles(), "GET only asks"
    owner.post(f"{TEAM}{adam}/remove/")
    assert "adam" not in roles()
    assert Invitation.everywhere.count() == 0
    assert admin.get(TEAM).status_code == 404


def test_another_merchant_s_people_and_invitations_are_404(joined: Joined) -> None:
    owner = joined("olga", Role.OWNER)
    beta = Tenant.objects.create(slug="beta", name="Beta")
    user = User.objects.create_user("bea", "bea@example.com", "pw")
    bea = Member.objects.create(tenant=beta, user=user, role=Role.OWNER)
    theirs = invitations.invite(beta, "x@example.com", "viewer", bea)
    for path in (
        f"{bea.pk}/role/",
        f"{bea.pk}/remove/",
        f"invitations/{theirs.pk}/withdraw/",
    ):
        assert owner.post(f"{TEAM}{path}", {"role": "viewer"}).status_code == 404
    assert owner.get(f"{TEAM}{bea.pk}/remove/").status_code == 404
    assert "bea" not in said(owner.get(TEAM))
    assert Invitation.everywhere.filter(pk=theirs.pk).exists()


def test_the_page_tells_who_has_a_second_factor_and_asks_it_of_all(
    joined: Joined,
) -> None:
    owner = joined("olga", Role.OWNER)
    joined("vic", Role.VIEWER)
    page = said(owner.get(TEAM))
    assert "status-ok" not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    authenticator(User.objects.get(username="vic"))
    assert "status-ok" in said(owner.get(TEAM))
    owner.post(f"{TEAM}second-factor/", {"on": "1"})
    assert Tenant.objects.get().two_factor
    assert owner.get(TEAM).headers["Location"] == "/account/two-factor/"
    sign_in(owner, User.objects.get(username="olga"))
    owner.post(f"{TEAM}second-factor/", {"on": "0"})
    assert not Tenant.objects.get().two_factor
    verbs = set(AuditEvent.everywhere.values_list("verb", flat=True))
    assert verbs == {"second_factor_required", "second_factor_optional"}


def test_who_may_only_look_sees_the_team_and_presses_nothing(joined: Joined) -> None:
    joined("olga", Role.OWNER)
    viewer = joined("vic", Role.VIEWER)
    page = viewer.get(TEAM).content.decode().partition("<main")[2]
    assert "olga@example.com" in page
    assert f'action="{TEAM}' not in page
    for path in ("invite/", f"{member('olga').pk}/role/", "second-factor/"):
        assert viewer.post(f"{TEAM}{path}", {"role": "viewer"}).status_code == 403
    assert viewer.post(f"{TEAM}{member('olga').pk}/remove/").status_code == 403
    assert roles() == {"olga": "owner", "vic": "viewer"}


def test_the_page_costs_the_same_for_any_number_of_members(
    joined: Joined, acme: Tenant
) -> None:
    owner = joined("olga", Role.OWNER)
    counts = []
    for many in (1, 15):
        for number in range(many):
            joined(f"v{many}-{number}", Role.VIEWER)
            email = f"i{many}-{number}@example.com"
            invitations.invite(acme, email, "viewer", member("olga"))
        with CaptureQueriesContext(connection) as queries:
            owner.get(TEAM)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
