"""The shelves of a shop: the running audit, what to do about it, and the audits before."""
