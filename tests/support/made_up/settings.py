"""The server's settings with the made-up kind."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, RECORD_KINDS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.made_up"]
RECORD_KINDS = [*RECORD_KINDS, "tests.support.made_up.kind.MADE_UP"]
