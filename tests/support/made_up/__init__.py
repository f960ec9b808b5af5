"""A kind of record for tests only: what holds for it holds for every kind that is described in the same way.

The real server takes it with the environment `MADE_UP` (tests/support/registry_server.py).
"""
