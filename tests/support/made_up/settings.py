"""The settings of tests' servers, with the made-up kind."""

from config.settings import INSTALLED_APPS, RECORD_KINDS
from tests.support.quick_settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.made_up"]
RECORD_KINDS = [*RECORD_KINDS, "tests.support.made_up.kind.MADE_UP"]
