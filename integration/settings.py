"""One settings file; what varies between installations comes from the environment.

Variables are read from the process first, then from the file `.env` beside
`manage.py`, which `make setup` writes. Every variable is listed in
`docs/production.md`.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.templatetags.static import static

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def required(name: str) -> str:
    """The value of a secret nothing can run without; ends the command if missing."""
    value = env.str(name, default="")
    if not value:
        sys.exit(f"Weft has no {name}: run make setup, or set it in the environment.")
    return value


# --- Weft's own ---------------------------------------------------------------

# Fernet keys, the newest first: the first encrypts, all decrypt (`rotate_keys`).
WEFT_ENCRYPTION_KEYS = [
    key.strip() for key in required("WEFT_ENCRYPTION_KEYS").split(",") if key.strip()
]
# Ports of the web server and of the sandbox on this machine.
WEFT_PORT = env.int("WEFT_PORT", default=8080)
WEFT_SANDBOX_PORT = env.int("WEFT_SANDBOX_PORT", default=8100)
# The address merchants and platforms reach this installation at.
WEFT_PUBLIC_URL = env.str(
    "WEFT_PUBLIC_URL", default=f"http://127.0.0.1:{WEFT_PORT}"
).rstrip("/")
# Lets connections point at this machine itself: for the sandbox, never for merchants.
WEFT_ALLOW_LOOPBACK = env.bool("WEFT_ALLOW_LOOPBACK", default=False)
# Ports of public addresses that connections may be asked on, private ranges opened for
# systems of one's own, and the authority that signed their certificates.
WEFT_PORTS_OUT = env.list("WEFT_PORTS_OUT", cast=int, default=[80, 443])
WEFT_NETWORKS = env.list("WEFT_NETWORKS", default=[])
WEFT_CA_FILE = env.str("WEFT_CA_FILE", default="")

# Who may read /metrics: whoever brings this token; without one, this machine alone.
WEFT_METRICS_TOKEN = env.str("WEFT_METRICS_TOKEN", default="")
# Log lines for people ("line") or for a collector ("json").
WEFT_LOG_FORMAT = env.str("WEFT_LOG_FORMAT", default="line")

# --- The road, every figure in seconds unless it says otherwise -----------------

# How long one worker may talk to a connection before it is taken for dead.
WEFT_LEASE_SECONDS = env.int("WEFT_LEASE_SECONDS", default=90)
# How long a cluster may give no sign of life before it is restarted.
WEFT_WATCHDOG_SECONDS = env.int("WEFT_WATCHDOG_SECONDS", default=90)
# A write of unknown outcome counts as absent when it was not found twice, so far apart.
WEFT_ABSENT_SECONDS = env.int("WEFT_ABSENT_SECONDS", default=60)
# What a platform took and does not show is asked about for so long; then by a person.
WEFT_ACCEPTED_SECONDS = env.int("WEFT_ACCEPTED_SECONDS", default=86_400)
# Waits between tries: what the clock may mend, then every 4 hours for 48 hours.
WEFT_LADDER_TRANSIENT = env.list(
    "WEFT_LADDER_TRANSIENT",
    cast=int,
    default=[30, 120, 600, 1800, 7200, *[14_400] * 12],
)
# Waits between tries of a sale the target refused: every 4 hours, twelve times.
WEFT_LADDER_SALE = env.list("WEFT_LADDER_SALE", cast=int, default=[14_400] * 12)
# Divides the windows of platforms' limits: for a sandbox whose windows are shortened
# alike (`manage.py sandbox --window-scale`), never for a platform itself.
WEFT_WINDOW_SCALE = env.float("WEFT_WINDOW_SCALE", default=1.0)
# The share of a list that may vanish at once, and the number that always may, before
# a person is asked.
WEFT_SAFETY_SHARE = env.float("WEFT_SAFETY_SHARE", default=0.2)
WEFT_SAFETY_LEAST = env.int("WEFT_SAFETY_LEAST", default=10)

# --- Web ----------------------------------------------------------------------

SECRET_KEY = required("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
PUBLIC = urlsplit(WEFT_PUBLIC_URL)
OVER_TLS = PUBLIC.scheme == "https"
# The loopback names stay allowed for the health probes of the same machine.
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[PUBLIC.hostname, "127.0.0.1", "localhost", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [f"{PUBLIC.scheme}://{PUBLIC.netloc}"]

SESSION_COOKIE_SECURE = OVER_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = OVER_TLS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = OVER_TLS
# Probes come from inside, past the proxy that ends TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OVER_TLS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = OVER_TLS
SECURE_HSTS_PRELOAD = OVER_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The largest body any platform's webhook may have; the door itself allows less.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

ROOT_URLCONF = "integration.urls"
WSGI_APPLICATION = "integration.wsgi.application"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

INSTALLED_APPS = [
    "unfold",
    # Its pages are loaded with the addresses they have: a worker never needs them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
    "integration",
    "integration.dashboard",
    "synclog",
]
MIDDLEWARE = [
    "integration.web.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "integration.web.policy.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "integration.web.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "integration.dashboard.shell.shell",
            ],
        },
    },
]
# By e-mail; it also answers for what staff may do.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# People sign in by e-mail; an account comes of an invitation, never of a form.
ACCOUNT_ADAPTER = "integration.dashboard.signing_in.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# An invitation proves an address, the console is trusted; a changed one is proved by
# the link sent to it. A sign-in therefore waits for no mail.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "20/m/ip",
    "login_failed": "5/m/key,20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
# Changing how one signs in asks for the password or the second factor again.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_ADAPTER = "integration.dashboard.signing_in.SealedFactors"
# The first of the staff has an address nobody proved, and must get a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Weft"
# Half a minute to either side, for telephones' clocks.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "integration.dashboard.codes.OnceToSignIn",
    "reauthenticate": "integration.dashboard.codes.OnceToConfirm",
}
# Browsers allow passkeys on plain HTTP for this machine alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not OVER_TLS
UNFOLD = {
    "SITE_TITLE": "Weft",
    "SITE_HEADER": "Weft",
    "SITE_SYMBOL": "sync_alt",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("weft/weft.svg"),
        }
    ],
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "integration.admin.front.front",
    "SIDEBAR": {
        "show_search": True,
        "navigation": "integration.admin.menu.navigation",
    },
    # A teal dark enough for white text on it.
    "COLORS": {
        "primary": {
            "50": "oklch(98.4% .014 180.72)",
            "100": "oklch(95.3% .051 180.801)",
            "200": "oklch(91% .096 180.426)",
            "300": "oklch(85.5% .138 181.071)",
            "400": "oklch(77.7% .152 181.912)",
            "500": "oklch(70.4% .14 182.503)",
            "600": "oklch(51.1% .096 186.391)",
            "700": "oklch(43.7% .078 188.216)",
            "800": "oklch(38.6% .063 188.416)",
            "900": "oklch(33% .055 190)",
            "950": "oklch(27.7% .046 192.524)",
        },
    },
}

# The API; how it is set stands with its code. Down here, for what is missing above is
# told before anything else is looked for.
from integration.api import configuration  # noqa: E402

REST_FRAMEWORK = configuration.REST_FRAMEWORK
SPECTACULAR_SETTINGS = configuration.SPECTACULAR_SETTINGS
WEFT_API_PER_MINUTE = configuration.PER_MINUTE

# --- State --------------------------------------------------------------------

DATABASES = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'weft.sqlite3'}"
    )
}
SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
# A new connection per task costs the queue most of its speed: they are kept, and
# looked at before they are used again.
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if SQLITE:
    # IMMEDIATE makes a writer wait its turn; Django's default fails it at once when
    # a transaction that began by reading comes to write.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Compiling a statement takes longer than any of Weft's does.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
REDIS_URL = env.str("REDIS_URL", default="")
# What is counted against limits (sign-ins, calls of the API) all processes share:
# `migrate` makes the table. A full table drops counters, so it is ample.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "weft",
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "weft_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # What the queue notes of itself twice a second, which nobody else reads.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The queue ----------------------------------------------------------------

# It only rings the bell: what is due stands in Weft's own tables, so nothing here
# retries, stores results or catches up. `integration/checks.py` holds the times.
WEFT_WORKERS = env.int("WEFT_WORKERS", default=2 if SQLITE else 4)
Q_CLUSTER = {
    "name": "weft",
    "label": "Weft queue",
    "workers": WEFT_WORKERS,
    "queue_limit": WEFT_WORKERS,
    "bulk": 1,
    "timeout": 120,
    "retry": 600,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "poll": 0.05,
    "recycle": 500,
    "max_rss": 400_000,
    "guard_cycle": 0.5,
    "compress": False,
    "cache": "process",
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
}

# --- Files, time, mail, log ---------------------------------------------------

STATIC_URL = "/static/"
# Collected files are served compressed under hashed names; where nobody has run
# `collectstatic`, as on a first try, they come straight from the packages.
STATIC_FILES = BASE_DIR / "staticfiles"
COLLECTED = "collectstatic" in sys.argv or (STATIC_FILES / "staticfiles.json").is_file()
STATIC_ROOT = STATIC_FILES if COLLECTED else None
WHITENOISE_USE_FINDERS = not COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("el", "Ελληνικά"), ("sv", "Svenska")]
LOCALE_PATHS = [BASE_DIR / "integration" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

MAIL = env.email_url(
    "EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25"
)
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST = MAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
# Where `filemail:///folder` leaves its messages.
EMAIL_FILE_PATH = MAIL.get("EMAIL_FILE_PATH") or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = f"Weft <weft@{PUBLIC.hostname}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "paths": {"()": "integration.web.logs.PathFilter"},
        "redact": {"()": "integration.http.redact.RedactingFilter"},
    },
    "formatters": {
        "line": {
            "()": "integration.web.logs.Lines",
            "fmt": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "integration.web.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["paths", "redact"],
            "formatter": "json" if WEFT_LOG_FORMAT == "json" else "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Django's own handlers would write past the redaction.
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # It notes every token it is handed; what goes wrong is enough.
        "django-q": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
