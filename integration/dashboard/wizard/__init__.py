"""The connection wizard: six steps, each a page of its own that can be come back to."""

from __future__ import annotations

from django.urls import path

from integration.dashboard.wizard import (
    account,
    choose,
    data,
    first,
    ready,
    steps,
    test,
)

urlpatterns = [
    path("", choose.show, name="connections_new"),
    path("<int:pk>/", steps.resume, name="connections_new_resume"),
    path("<int:pk>/sign-in/", account.answers, name="connections_new_answers"),
    path("<int:pk>/account/", account.show, name="connections_new_account"),
    path("<int:pk>/test/", test.show, name="connections_new_test"),
    path("<int:pk>/data/", data.show, name="connections_new_data"),
    path("<int:pk>/pre-flight/", ready.show, name="connections_new_ready"),
    path("<int:pk>/pre-flight/read/", ready.read, name="connections_new_read"),
    path("<int:pk>/pre-flight/findings/", ready.export, name="connections_new_csv"),
    path("<int:pk>/first-sync/", first.show, name="connections_new_first"),
    path("<int:pk>/throw-away/", first.drop, name="connections_new_drop"),
    path("<slug:platform>/", choose.keys, name="connections_new_keys"),
]
