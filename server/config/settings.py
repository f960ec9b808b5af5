"""Django's settings. What differs between two installations comes from the environment.

| variable | meaning | unless given |
| --- | --- | --- |
| `OCOP_SERVER_DATA` | folder of the SQLite file, the photos and the secret key | `.data` beside manage.py |
| `DATABASE_URL` | `postgres://...` or `sqlite:///...` | an SQLite file in the folder above |
| `OCOP_POOLER` | 1 where `DATABASE_URL` leads to PgBouncer in transaction mode | 0 |
| `OCOP_DIRECT_DATABASE_URL` | the database behind the pooler, for migrations and backups | no backup is made |
| `OCOP_ALLOWED_HOSTS` | host names this server answers to, separated by commas | this machine only |
| `OCOP_HTTPS` | 1 behind a proxy that speaks HTTPS and sets X-Forwarded-Proto; HTTP is then led to HTTPS | 0 |
| `OCOP_PROXIES` | how many trusted proxies add to X-Forwarded-For | 0 |
| `OCOP_PROXY_ADDRESSES` | where these proxies are: addresses and networks, separated by commas | this machine |
| `OCOP_ANONYMOUS_NOTES_RATE` | notes an hour from one address without an account | 120 |
| `OCOP_ANONYMOUS_PHOTOS_RATE` | the same for photos | 600 |
| `OCOP_REPORT_TRIES_RATE` | tries an hour from one address to see a report that are wrong | 240 |
| `OCOP_SIGN_IN_RATE` | tries to sign in, and endings of own sessions, an hour from one address | 240 |
| `OCOP_READING_RATE` | readings a minute from one address without a service key: products, own sessions | 600 |
| `OCOP_SECOND_FACTOR` | roles that need a second factor, or `none` | `administrator,registrar` with `OCOP_HTTPS` |
| `OCOP_BREACHED_PASSWORDS` | file of all known breached passwords, as hashes in order | the server's own list alone |
| `OCOP_CLAMD` | the virus scanner that looks at files of lists: a socket's path, or `host:port` | none looks |
| `OCOP_EXACT_CODES` | 1 takes a code of a second factor for its own 30 seconds alone | 0: those before and after too |
| `OCOP_IDLE_MINUTES` | after so many minutes without use a session of the back office ends; 0: never | 30 |
| `OCOP_SESSION_HOURS` | so many hours after its sign-in a session of the back office ends, used or not | 12 |
| `OCOP_S3_BUCKET` | bucket for the photos; its keys are in the usual `AWS_...` variables | the data folder |
| `OCOP_S3_ENDPOINT` | address of an S3-compatible store | Amazon's |
| `OCOP_S3_REGION` | its region | the AWS configuration's |
| `OCOP_S3_ADDRESSING` | `path` where the bucket is no host name of its own, else `virtual` or `auto` | `auto` |
| `OCOP_METRICS_TOKEN` | who bears it may read /metrics | this machine alone may |
| `OCOP_ISSUER_KEYS` | folder of the private keys that sign statements | `issuer-keys` in the data folder |
| `OCOP_PUBLIC_URL` | the register's address in statements, such as `https://ocop.example` | the host that was asked |
| `OCOP_APP_URL` | the app's address, to which pages of products lead, such as `https://app.ocop.example` | no link |
| `OCOP_MAIL` | the mail server for the daily mails, such as `smtps://user:password@mail.example` | no mails |
| `OCOP_MAIL_FROM` | the address that mails come from | the user of the mail server |
| `OCOP_SECRET_KEY` | the secret key, for several servers on one database | the file `secret-key` in the data folder |
| `OCOP_BACKUPS` | folder of the backups, on another disk | the commands have to be told |
| `OCOP_BACKUP_PASSPHRASE` | seals the keys in backups; keep a copy elsewhere | no backup is made |
| `OCOP_SETTINGS` | another module of settings, which adds to this one | `config.settings` |
| `OCOP_DEBUG` | 1 shows errors in full; never in public | 0 |
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from config import environment
from config.formats.vi import formats

BASE_DIR = Path(__file__).resolve().parent.parent
environment.keep_new_files_private()
DATA_DIR = environment.folder("OCOP_SERVER_DATA", BASE_DIR / ".data")

DEBUG = environment.flag("OCOP_DEBUG")
UNKNOWN_VARIABLES = environment.unknown(__doc__)
SECRET_KEY = os.environ.get("OCOP_SECRET_KEY") or environment.secret_key(DATA_DIR / "secret-key")
ALLOWED_HOSTS = environment.hosts("OCOP_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "corsheaders",
    "import_export",
    "ninja",  # for its static files, so that /api/v1/docs needs no other server
    "simple_history",
    "django_tasks",
    "django_tasks_db",
    "background",
    "accounts",
    "register",
    "issuing",
    "linking",
    "records",
    "inspections",
    "pictures",
    "reports",
    "rounds",
    "audits",
    "answers",
    "checklists",
    "logbook",
    "imports",
    "office_files",
    "epcis",
    "reviewing",
    "privacy",
    "overview",
    "sample_office",
    "pages",
    "backoffice",
    "doctor",
    "backups",
]

MIDDLEWARE = [
    "serving.head.NoBodyForHead",  # first, so that all others see what a GET would answer
    "accounts.addresses.HeadersOfProxies",  # before anything reads such a header
    "observing.observation.Observation",  # before the others, so that it sees every answer as it is sent
    "serving.content_policy.ContentPolicy",
    "serving.probes.Probes",
    "corsheaders.middleware.CorsMiddleware",
    "api.middleware.JsonErrors",  # before all that may refuse a request
    "serving.crowding.Crowding",
    "serving.unreadable.Unreadable",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "backoffice.gate.Gate",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "backoffice.texts.NormalTexts",
]

# What anybody reads, scripts of any site read too, without cookies (docs/api.md, "Who reads from where").
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = r"^/api/v1/(products|changes|snapshot|pictures|checklists|identity|proofs|openapi\.json)\b"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "if-none-match", "if-range", "range"]
CORS_EXPOSE_HEADERS = [
    "Accept-Ranges", "Content-Range", "Date", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id",
]  # fmt: skip

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "backoffice" / "templates"],  # before those of unfold, which they extend
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": environment.database(
        os.environ.get("DATABASE_URL", ""), DATA_DIR, pooled=environment.flag("OCOP_POOLER")
    )
}
_DIRECT = os.environ.get("OCOP_DIRECT_DATABASE_URL")
DIRECT_DATABASE = environment.database(_DIRECT, DATA_DIR, name="OCOP_DIRECT_DATABASE_URL") if _DIRECT else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, so that several servers agree; the back office's search uses it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# Long work of the office goes through a queue in the database, so that a restart loses none of it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "accounts.roles.RoleBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.guessable.GuessableValidator"},
    {"NAME": "accounts.breached.BreachedValidator"},
]
CLAMD = os.environ.get("OCOP_CLAMD", "")
BREACHED_PASSWORDS = os.environ.get("OCOP_BREACHED_PASSWORDS", "")
# A server behind HTTPS is one that is used, not one that is tried out: there a password alone is not enough.
SECOND_FACTOR_ROLES = environment.roles("OCOP_SECOND_FACTOR", https=environment.flag("OCOP_HTTPS"))
EXACT_CODES = environment.flag("OCOP_EXACT_CODES")
IDLE_MINUTES = environment.number("OCOP_IDLE_MINUTES", 30)
# A session of the back office ends so long after its sign-in, whatever is done in it (NIST SP 800-63B, 4.2.3).
SESSION_HOURS = environment.number("OCOP_SESSION_HOURS", 12)

TRUSTED_PROXIES = environment.number("OCOP_PROXIES", 0)
PROXY_ADDRESSES = environment.networks("OCOP_PROXY_ADDRESSES", "127.0.0.0/8,::1")
ANONYMOUS_NOTES_RATE = environment.number("OCOP_ANONYMOUS_NOTES_RATE", 120)
ANONYMOUS_PHOTOS_RATE = environment.number("OCOP_ANONYMOUS_PHOTOS_RATE", 600)
REPORT_TRIES_RATE = environment.number("OCOP_REPORT_TRIES_RATE", 240)
SIGN_IN_RATE = environment.number("OCOP_SIGN_IN_RATE", 240)
READING_RATE = environment.number("OCOP_READING_RATE", 600)
ISSUER_KEYS = Path(os.environ.get("OCOP_ISSUER_KEYS") or DATA_DIR / "issuer-keys")
APP_URL = environment.address("OCOP_APP_URL", "https://app.ocop.example")
PUBLIC_URL = environment.address("OCOP_PUBLIC_URL", "https://ocop.example")
S3_ENDPOINT = environment.address("OCOP_S3_ENDPOINT", "https://s3.example")
S3_ADDRESSING = environment.one_of("OCOP_S3_ADDRESSING", ("auto", "path", "virtual"))
MAIL = os.environ.get("OCOP_MAIL", "")
globals().update(environment.mail(MAIL))
DEFAULT_FROM_EMAIL = os.environ.get("OCOP_MAIL_FROM") or environment.mail(MAIL).get("EMAIL_HOST_USER", "")
METRICS_TOKEN = os.environ.get("OCOP_METRICS_TOKEN", "")

# Kinds of records that are taken (records.kinds.Kind), by where each is defined.
RECORD_KINDS = [
    "inspections.kind.NOTE",
    "reports.kind.REPORT",
    "rounds.kind.INSPECTION",
    "rounds.kind.ROUND",
    "audits.kind.AUDIT",
    "answers.kind.ANSWER",
]

# Kinds of files that the office gives away (office_files.kinds.FileKind), by where each is defined.
OFFICE_FILES = [
    "backoffice.labels.LABELS",
    "backoffice.product_export.PRODUCTS",
    "backoffice.log_page.LOG",
    "backoffice.overview_page.DEVICE_TABLE",
    "backoffice.import_pages.REST",
    "backoffice.person_copy.COPY",
]

# Suspected copies (docs/copies.md): figures that differ from those of inspections.suspicion.Rules, by name.
COPY_RULES: dict[str, Any] = {}
SIGHTINGS_DAYS = 730  # how long sightings are kept
# A product of which no official's note came for so many days is told as not visited (guidance.planning).
NOT_VISITED_DAYS = 180
# Contacts in reports are erased so many days after the report was decided or closed, and so many after it came.
CONTACT_DAYS, LONGEST_CONTACT_DAYS = 90, 730

# Names and signatures in rounds are erased so many days after the round was decided or closed, and after it came.
ROUND_NAMES_DAYS, LONGEST_ROUND_NAMES_DAYS = 730, 1825

# Forms of the back office; notes and photos have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a form sends what it showed beside what was typed
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
SIMPLE_HISTORY_REVERT_DISABLED = True

# Failed tries for one account from one address, and from all addresses together (accounts.guessing), within the time
# below. Rows of tries, sign-ins and ended sessions are deleted after so many days (accounts.forgetting).
AXES_FAILURE_LIMIT = 8
ACCOUNT_FAILURE_LIMIT = 40
SIGN_INS_DAYS = 30
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.client_address"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_COOLOFF_MESSAGE = "Sai mật khẩu quá nhiều lần. Hãy thử lại sau 15 phút."

LANGUAGE_CODE = "vi"
FORMAT_MODULE_PATH = ["config.formats"]
# What reads no formats of a language, such as imports, must not fall back to American ones.
DATE_INPUT_FORMATS, DATETIME_INPUT_FORMATS = formats.DATE_INPUT_FORMATS, formats.DATETIME_INPUT_FORMATS
LOCALE_PATHS = [BASE_DIR / "backoffice" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR
STORAGES = {
    "default": {
        "BACKEND": f"records.{'bucket.BucketStorage' if os.environ.get('OCOP_S3_BUCKET') else 'storage.DurableStorage'}"
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

if environment.flag("OCOP_HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "observing.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Refusals are told by the line of their request.
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # Names and addresses of those who fail to sign in are personal: they stay in the database.
        "axes": {"level": "CRITICAL"},
        "boto3": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        # A line for each task that begins and ends; what is lost or fails is told by `background`.
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        "s3transfer": {"level": "WARNING"},
    },
}

UNFOLD = {
    "SITE_TITLE": "OCOP Quảng Ninh",
    "SITE_HEADER": "Sổ đăng ký OCOP",
    "SITE_SUBHEADER": "Tỉnh Quảng Ninh",
    "SITE_SYMBOL": "verified",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/png", "href": "/static/backoffice/favicon.png"}],
    "STYLES": ["/static/backoffice/office.css", "/static/backoffice/frame.css"],
    "SCRIPTS": ["/static/backoffice/office.js", "backoffice.site.idle_script"],
    "ENVIRONMENT": "backoffice.site.environment_label",
    "SIDEBAR": {"show_search": True, "navigation": "backoffice.site.navigation"},
}
