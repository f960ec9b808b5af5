#!/usr/bin/env python
"""Django's command line for the registry server."""

import atexit
import gc
import os
import sys

# Where a link leads to this version, it may lead to another one while this program runs, and what is imported then must
# still be of this one.
sys.path[:] = map(os.path.realpath, sys.path)

from django.core.management import execute_from_command_line  # noqa: E402 - after it is known from where

if __name__ == "__main__":
    atexit.register(gc.freeze)  # ends at once, as serve.py does
    from config.environment import BadSetting, settings_module

    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
        execute_from_command_line(sys.argv)
    except BadSetting as error:
        sys.exit(str(error))
    except Exception as error:
        from observing.unavailable import Unavailable

        if not isinstance(error, Unavailable):
            raise
        why = error.__cause__ or "it says no more"
        sys.exit(f"The {error.what} cannot be used now: {why}. What was done so far stays. Run it again afterwards.")
