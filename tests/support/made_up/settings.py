"""The server's settings with the made-up kind, and with the fastest hasher for passwords in Argon2's place."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, PASSWORD_HASHERS, RECORD_KINDS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.made_up"]
RECORD_KINDS = [*RECORD_KINDS, "tests.support.made_up.kind.MADE_UP"]
# Tests sign in hundreds of times; the sample's passwords are hashed anew at an account's first sign-in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
