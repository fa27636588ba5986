"""The two sorts of model pages: rows staff may edit, and rows staff may only watch."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from integration.admin.buttons import ButtonAdmin
from integration.models import Tenant, TenantModel
from synclog import journal


class StaffAdmin(ButtonAdmin):
    """Rows staff may edit. What a form did not show is never written back."""

    list_per_page = 50
    compressed_fields = False
    # Counting whole tables for the sake of a heading costs more than it tells.
    show_full_result_count = False
    # What the list and the page show of other rows, read with one statement.
    joined: tuple[str, ...] = ()
    # Large columns the list does not show.
    deferred: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All merchants' rows, with what is shown beside them."""
        rows = super().get_queryset(request)
        rows = rows.select_related(*self.joined) if self.joined else rows
        return rows.defer(*self.deferred) if self.deferred else rows

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """The same joins for the list."""
        return list(self.joined)

    def save_model(
        self, request: HttpRequest, obj: Model, form: ModelForm, change: bool
    ) -> None:
        """Write the fields that were changed, for the engine writes others meanwhile;
        and note who did it."""
        if change and form.changed_data:
            obj.save(update_fields=form.changed_data)
        elif not change:
            obj.save()
        if form.changed_data:
            _note(request, obj, form, change)


class WatchedAdmin(StaffAdmin):
    """Rows that only Weft writes; staff see them and may press buttons."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the page shows, it has no form."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may view or change rows of this model."""
        meta = self.opts
        return any(
            request.user.has_perm(f"{meta.app_label}.{verb}_{meta.model_name}")
            for verb in ("view", "change")
        )


def _note(request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
    """An audit event of the merchant the row belongs to, if it belongs to one."""
    if isinstance(obj, Tenant):
        tenant_id = obj.pk
    elif isinstance(obj, TenantModel):
        tenant_id = obj.tenant_id
    else:
        return
    before = {name: _plain(form.initial.get(name)) for name in form.changed_data}
    after = {name: _plain(form.cleaned_data.get(name)) for name in form.changed_data}
    differing = [name for name in after if not change or before[name] != after[name]]
    journal.audit(
        tenant_id,
        "changed" if change else "added",
        f"{obj._meta.verbose_name} {obj}",
        user=cast(User, request.user),
        before={name: before[name] for name in differing} if change else None,
        after={name: after[name] for name in differing},
    )


def _plain(value: Any) -> Any:
    """A form's value as JSON takes it."""
    return value if isinstance(value, bool | int | dict | list | None) else str(value)
