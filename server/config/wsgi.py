"""The WSGI application, for waitress (serve.py) and any other server."""

import os

from django.core.wsgi import get_wsgi_application

from config.environment import settings_module
from serving.unreadable import with_a_readable_content_type

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
application = with_a_readable_content_type(get_wsgi_application())
