"""The ledger: one JSON record per finished run, written once."""
