"""Keeps data on the disk: files that survive kills and power cuts, tables in them, and documents in segments."""
