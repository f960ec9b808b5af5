"""Where Django looks for what the back office shows."""

from backoffice import account_admin, inspection_admin, issuing_admin, register_admin

__all__ = ["account_admin", "inspection_admin", "issuing_admin", "register_admin"]
