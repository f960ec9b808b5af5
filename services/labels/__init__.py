"""Checks the artwork of a label before it is printed: its codes, their sizes, quiet zones, quality and content.

It is no verifier: a picture's brightness is not the reflectance of a print. docs/labels.md says what is measured.
"""
