"""The doors: pages of merchants and staff, API, webhooks, sign-ins, probes."""

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout as sign_out
from django.contrib import admin
from django.urls import include, path

from integration.dashboard import choose, mute
from integration.web import health, metrics

admin.autodiscover()
# Nobody signs in past the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", choose.show, name="choose"),
    path("t/", include("integration.dashboard.urls")),
    path("account/", include("integration.dashboard.person")),
    path("account/", include("integration.dashboard.joining")),
    path("account/", include("allauth.account.urls")),
    path("account/two-factor/", include("allauth.mfa.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("mute/<str:token>/", mute.show, name="mute"),
    path("mails/", include("integration.dashboard.mails")),
    path("admin/logout/", sign_out),
    path("admin/", admin.site.urls),
    path("api/", include("integration.api.urls")),
    path("hooks/", include("integration.hooks.urls")),
    path("oauth/", include("integration.oauth.urls")),
    path("pictures/", include("integration.pictures.urls")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
]
