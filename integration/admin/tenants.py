"""Staff pages of merchants, their members, and the people who sign in."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from integration.admin.pages import StaffAdmin
from integration.admin.shown import label, moment
from integration.models import Member, Role, Tenant

admin.site.unregister(User)
admin.site.unregister(Group)


class TenantForm(forms.ModelForm):
    """A merchant, whose time zone must be one."""

    class Meta:
        model = Tenant
        fields = (
            "name",
            "slug",
            "active",
            "plan",
            "email",
            "zone",
            "quiet_from",
            "quiet_until",
        )

    def clean_zone(self) -> str:
        """The zone, where the machine knows it."""
        zone = str(self.cleaned_data["zone"])
        if zone not in available_timezones():
            raise forms.ValidationError("No such time zone; try Europe/Stockholm.")
        return zone


@admin.register(Tenant)
class TenantAdmin(StaffAdmin):
    """Merchants. Nobody deletes one here: everything it has would go with it."""

    form = TenantForm
    created = moment("created_at")
    list_display = (
        "name",
        "slug",
        "active",
        "plan",
        "email",
        "zone",
        "revision",
        "created",
    )
    list_filter = ("active", "plan")
    joined = ("plan",)
    search_fields = ("name", "slug", "email")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("revision", "created")
    fieldsets = (
        (None, {"fields": ("name", "slug", "active", "plan")}),
        (
            "Mail",
            {"fields": ("email", "zone", "quiet_from", "quiet_until")},
        ),
        ("State", {"fields": ("revision", "created")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never; an inactive merchant is left alone."""
        return False


@admin.register(Member)
class MemberAdmin(StaffAdmin):
    """Who may act for a merchant."""

    role_shown = label("role", {Role.OWNER: "primary", Role.ADMIN: "info"}, "role")
    list_display = ("user", "tenant", "role_shown")
    list_filter = ("role", "tenant")
    search_fields = ("user__username", "user__email", "tenant__name", "tenant__slug")
    autocomplete_fields = ("tenant", "user")
    joined = ("tenant", "user")


@admin.register(User)
class PersonAdmin(UserAdmin, ModelAdmin):
    """People who sign in."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_staff", "is_superuser", "last_login")


@admin.register(Group)
class PeopleAdmin(GroupAdmin, ModelAdmin):
    """Rights that several people share."""
