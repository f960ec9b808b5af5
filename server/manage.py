#!/usr/bin/env python
"""Django's command line for the registry server."""

import atexit
import gc
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    atexit.register(gc.freeze)  # ends at once, as serve.py does
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
