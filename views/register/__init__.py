"""The screens for looking up products without a code."""
