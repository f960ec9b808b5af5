"""The screens for reporting something suspicious: the form, the list of reports, and one report with its answer."""
