"""What regenerates the paper: runs, a ledger of them, and what is shown of it.

    published     the paper's own numbers, each with where it was found
    ledger/       one JSON record per finished run: what a run is, and how its history is read
    runs/         the plan, the search, and the sweep that makes what is missing
    show/         statistics, tables and how a claim is judged, from the ledger alone
    experiments/  one file each: its runs, tables, figure and claims
    verdicts, results   all claims, and the page of results

Imports go one way, in this order; nothing in the core knows this package.
"""
