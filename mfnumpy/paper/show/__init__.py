"""Showing what a ledger holds: statistics, tables, verdicts, and the results page."""
