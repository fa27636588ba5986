"""What every resource of the API shares: whose rows, which scope, how answers leave."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from integration.api import conditional, idempotency, rate
from integration.api.idempotency import Replayed
from integration.models import KeptAnswer, Scope, Tenant, TenantModel


class Resource(GenericViewSet[Any]):
    """Rows of one model, of the merchant whose key came in; others' are not there.

    `scopes` names the scope of an action where it is not `scope`. `walk` and
    `newest_first` give the order of a list (`paging.Walk`), `parameters` what it may be
    asked besides its filters.
    """

    model: ClassVar[type[TenantModel]]
    # What it is filed under where the API is described.
    tag: ClassVar[str]
    scope: ClassVar[Scope] = Scope.READ
    scopes: ClassVar[dict[str, Scope]] = {}
    walk: ClassVar[tuple[str, ...]] = ("pk",)
    newest_first: ClassVar[bool] = True
    parameters: ClassVar[tuple[str, ...]] = ()
    # What is shown of other rows, read with the same statement.
    joined: ClassVar[tuple[str, ...]] = ()
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    kept: KeptAnswer | None = None

    @property
    def tenant(self) -> Tenant:
        """Whose key came in."""
        return self.request.auth.tenant  # type: ignore[union-attr]

    def get_queryset(self) -> QuerySet[Any]:
        """The merchant's rows."""
        if getattr(self, "swagger_fake_view", False):
            return self.model.objects.for_tenant(0)
        found = self.model.objects.for_tenant(self.tenant)
        return found.select_related(*self.joined) if self.joined else found

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Key, scope and rate first; then whether this write was done before."""
        super().initial(request, *args, **kwargs)
        if self.action is not None:
            self.kept = idempotency.begin(request)

    def handle_exception(self, exc: Exception) -> Response:
        """A repeat is answered as the first was; every error is a problem document."""
        if isinstance(exc, Replayed):
            return exc.answer  # type: ignore[return-value]
        return super().handle_exception(exc)

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """The answer: kept where that was asked for, with its tag and the rate."""
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if isinstance(response, Response):
            response.render()
        if self.kept is not None:
            idempotency.keep(self.kept, response)
        response = conditional.unchanged_or(self.request, response)
        rate.tell(self.request, response)
        return response


class Listed(ListModelMixin, RetrieveModelMixin, Resource):
    """Rows that may be listed and looked at one by one."""
