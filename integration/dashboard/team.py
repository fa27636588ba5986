"""Settings, Team: who may do what, who is invited, who must show a second factor."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from integration.dashboard.access import MemberRequest, page
from integration.engine import invitations, members
from integration.engine.ranks import AboveOwnRole, LastOwner, at_least, grantable
from integration.models import Invitation, Member, Role
from integration.web import second_factor

# The roles in merchants' words, and what each may do.
ROLES = {
    Role.VIEWER: (gettext_lazy("Viewer"), gettext_lazy("looks at everything")),
    Role.OPERATOR: (
        gettext_lazy("Operator"),
        gettext_lazy("also retries, syncs, ignores and holds"),
    ),
    Role.ADMIN: (
        gettext_lazy("Admin"),
        gettext_lazy("also connects platforms, changes routes and settings"),
    ),
    Role.OWNER: (
        gettext_lazy("Owner"),
        gettext_lazy("also names owners and may delete the store"),
    ),
}
MOST = 500


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=gettext_lazy("E-mail"))
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, by: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.value, ROLES[role][0]) for role in grantable(by)]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


@require_safe
@page(Role.VIEWER)
def show(request: MemberRequest) -> HttpResponse:
    """The members and the open invitations; who administers may change them."""
    return _page(request, InviteForm(request.member))


@require_POST
@page(Role.ADMIN)
def invite(request: MemberRequest) -> HttpResponse:
    """Send an invitation."""
    form = InviteForm(request.member, request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            sent = invitations.invite(
                request.tenant, email, form.cleaned_data["role"], request.member
            )
        except (ValidationError, ValueError) as refused:
            form.add_error("email", _refusal(refused))
        else:
            words = _("An invitation is on its way to %(email)s.")
            messages.success(request, words % {"email": sent.email})
            return _back(request)
    return _page(request, form, status=422)


@require_POST
@page(Role.ADMIN)
def withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Make an invitation worthless."""
    try:
        gone = invitations.withdraw(request.tenant, invitation_id, request.member)
    except Invitation.DoesNotExist:
        raise Http404 from None
    except AboveOwnRole as refused:
        messages.error(request, _refusal(refused))
    else:
        words = _("The invitation to %(email)s is withdrawn.")
        messages.success(request, words % {"email": gone.email})
    return _back(request)


@require_POST
@page(Role.ADMIN)
def change(request: MemberRequest, member_id: int) -> HttpResponse:
    """Give a member another role."""
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Http404
    try:
        changed = members.change_role(request.tenant, member_id, role, request.member)
    except Member.DoesNotExist:
        raise Http404 from None
    except (AboveOwnRole, LastOwner) as refused:
        messages.error(request, _refusal(refused))
    else:
        words = _("%(person)s has the role %(role)s now.")
        named = {"person": _name(changed), "role": ROLES[Role(role)][0]}
        messages.success(request, words % named)
    return _back(request)


@page(Role.ADMIN)
def remove(request: MemberRequest, member_id: int) -> HttpResponse:
    """Ask whether to remove a member; a POST does it."""
    known = Member.objects.filter(tenant=request.tenant).select_related("user")
    member = known.filter(pk=member_id).first()
    if member is None:
        raise Http404
    if request.method != "POST":
        return render(request, "dashboard/ask.html", _question(request, member))
    try:
        members.remove(request.tenant, member_id, request.member)
    except Member.DoesNotExist:
        raise Http404 from None
    except (AboveOwnRole, LastOwner) as refused:
        messages.error(request, _refusal(refused))
        return _back(request)
    words = _("%(person)s is no member any more.")
    messages.success(request, words % {"person": _name(member)})
    return redirect("choose") if member.user_id == request.user.pk else _back(request)


@require_POST
@page(Role.ADMIN)
def require_factor(request: MemberRequest) -> HttpResponse:
    """Whether every member must show a second factor."""
    on = request.POST.get("on") == "1"
    members.require_second_factor(request.tenant, on, request.member)
    messages.success(
        request,
        _("Every member needs a second factor from now on.")
        if on
        else _("Members choose for themselves whether to use a second factor."),
    )
    return _back(request)


def _page(request: MemberRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    found = Member.objects.filter(tenant=request.tenant).select_related("user")
    team = list(found.order_by("user__first_name", "user__email")[:MOST])
    factors = Authenticator.objects.filter(
        user__in=[each.user_id for each in team], type__in=second_factor.FACTORS
    )
    opened = invitations.open_ones(request.tenant).select_related("invited_by")
    context = {
        "form": form,
        "team": [_line(each, request.member) for each in team],
        "protected": set(factors.values_list("user_id", flat=True)),
        "invitations": opened.order_by("-created_at")[: invitations.MOST],
        "roles": ROLES.items(),
        "named": {role.value: words for role, (words, _deeds) in ROLES.items()},
        "now": timezone.now(),
    }
    return render(request, "dashboard/team/show.html", context, status=status)


def _line(member: Member, by: Member) -> dict[str, Any]:
    """A member, and the roles the person looking may give."""
    administers = at_least(by.role, Role.ADMIN) and at_least(by.role, member.role)
    choices = [(role.value, ROLES[role][0]) for role in grantable(by)]
    return {
        "member": member,
        "name": _name(member),
        "role": ROLES[Role(member.role)][0],
        "choices": choices if administers else [],
    }


def _question(request: MemberRequest, member: Member) -> dict[str, Any]:
    named = {"person": _name(member), "merchant": request.tenant.name}
    return {
        "title": _("Remove %(person)s?") % named,
        "words": [
            _("%(person)s sees nothing of %(merchant)s any more, at once.") % named,
            _("Invitations this person sent and nobody accepted are withdrawn."),
        ],
        "button": _("Remove"),
        "danger": True,
        "back": reverse("dashboard:settings_team", args=[request.tenant.slug]),
    }


def _refusal(refused: Exception) -> str:
    """Why it was not done, as people say it."""
    words: dict[type[Exception], str] = {
        AboveOwnRole: _("Nobody gives or takes a role above their own."),
        LastOwner: _("A merchant keeps at least one owner: name another one first."),
        invitations.AlreadyMember: _("This person is a member already."),
        invitations.TooMany: _("Too many invitations are open: withdraw some first."),
    }
    return words.get(type(refused), _("This is not an e-mail address."))


def _name(member: Member) -> str:
    return member.user.get_full_name() or member.user.email or member.user.username


def _back(request: MemberRequest) -> HttpResponse:
    return redirect("dashboard:settings_team", request.tenant.slug)


urlpatterns = [
    path("", show, name="settings_team"),
    path("invite/", invite, name="settings_team_invite"),
    path(
        "invitations/<int:invitation_id>/withdraw/",
        withdraw,
        name="settings_team_withdraw",
    ),
    path("<int:member_id>/role/", change, name="settings_team_role"),
    path("<int:member_id>/remove/", remove, name="settings_team_remove"),
    path("second-factor/", require_factor, name="settings_team_second_factor"),
]
