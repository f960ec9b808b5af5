"""Rounds of inspections: where and with whom, what was found at each product, and what was signed at the end."""
