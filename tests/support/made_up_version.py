"""What makes another version of the server of a copy: its answers tell which one gave them."""

from __future__ import annotations

MARK = """
_answer = application
def application(environ, start_response):
    def marked(status, headers, exc_info=None):
        return start_response(status, [*headers, ("X-Made-Up", "{number}")], exc_info)
    return _answer(environ, marked)
"""
"""Comes at the end of server/config/wsgi.py; `number` stands in the header X-Made-Up of each answer."""
