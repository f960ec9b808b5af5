"""A kind of record that only tests have: what holds for it holds for every kind that is named.

The real server takes it with the environment `MADE_UP` (tests/support/registry_server.py).
"""
