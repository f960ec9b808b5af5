"""The HTTP contract (docs/api.md) as the app speaks it."""
