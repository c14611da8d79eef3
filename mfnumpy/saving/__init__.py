"""Saving: parameter files, models, and the saved state of a run."""
