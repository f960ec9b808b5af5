"""The server's settings, with the fastest hasher for passwords before Argon2: tests sign in hundreds of times.

That passwords are kept as Argon2 is looked at in tests/server/accounts.
"""

from config.settings import *  # noqa: F403
from config.settings import PASSWORD_HASHERS

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
