"""The pages of the merchant dashboard; each module brings its own addresses."""

from django.urls import include, path

from integration.dashboard import home, search

app_name = "dashboard"

# By part of the address: the modules whose pages stand there.
PARTS = {
    "items": ("items", "item", "unlinked"),
    "orders": ("orders", "order"),
    "errors": ("errors", "mending"),
    "runs": ("runs",),
    "webhooks": ("webhooks",),
    "webhooks/out": ("outgoing",),
    "connections": ("connections",),
    "connections/new": ("wizard",),
    "routes": ("routes", "laying", "rules", "mapping", "preview", "pairs"),
    "budget": ("budget",),
    "stale": ("stale",),
    "lookups": ("lookups",),
    "settings": ("general", "keys", "alerts", "audit", "data"),
    "settings/team": ("team",),
}

urlpatterns = [
    path("<slug:slug>/", home.show, name="home"),
    path("<slug:slug>/search/", search.show, name="search"),
    *(
        path(f"<slug:slug>/{part}/", include(f"integration.dashboard.{name}"))
        for part, names in PARTS.items()
        for name in names
    ),
]
