"""How the frameworks behind the API are set: what settings take in as they are."""

from __future__ import annotations

from typing import Any

# Calls a key may make in one minute of the clock.
PER_MINUTE = 120

REST_FRAMEWORK: dict[str, Any] = {
    # A key and nothing else: no session ever opens the API.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "integration.api.authentication.KeyAuthentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["integration.api.access.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["integration.api.rate.KeyRate"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["integration.api.parsing.Json"],
    "DEFAULT_PAGINATION_CLASS": "integration.api.paging.Walk",
    "DEFAULT_FILTER_BACKENDS": ["integration.api.filters.Filtering"],
    "DEFAULT_SCHEMA_CLASS": "integration.api.schema.Described",
    "EXCEPTION_HANDLER": "integration.api.problems.answer_to",
    "UNAUTHENTICATED_USER": None,
    # The only format is JSON: nothing in an address chooses another.
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
}

DESCRIPTION = f"""\
What Weft knows and does, for programs.

**Keys.** Every call carries `Authorization: Bearer weft_…`. A merchant's admin makes
keys under *Settings, API keys*; the key decides whose data is meant. Each operation
names the scope it needs.

**Rate.** A key may make {PER_MINUTE} calls in a minute of the clock. `RateLimit` tells
what is left (`r`) and when it begins anew (`t`, seconds); 429 carries `Retry-After`.

**Pages.** Lists are walked by following `next` until it is null.

**Errors.** Every error is `application/problem+json` (RFC 9457): `detail` says what is
wrong, `hint` the way out, `errors` which fields.

**Repeats.** A write with an `Idempotency-Key` is done once: its repeats within a day
get the kept answer with `Idempotent-Replayed: true`. Another request under the same key
is refused with 422, a repeat while the first is under way with 409.

**Caches.** Reads carry an `ETag`; sent back as `If-None-Match` it is answered 304 while
nothing has changed.

Times are ISO 8601 in UTC. Money is `{{"amount": "12.90", "currency": "EUR"}}`.
"""

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Weft",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Kind": "integration.models.route.KINDS",
        "ConnectionHealth": "integration.models.connection.Health",
        "DeliveryState": "integration.models.delivery.DeliveryState",
        "ErrorState": "synclog.models.error.ErrorState",
        "EventState": "integration.models.event.EventState",
        "RunState": "integration.models.run.RunState",
        "Who": "synclog.models.error.Who",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "integration.api.schema.tell_the_rest",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}
