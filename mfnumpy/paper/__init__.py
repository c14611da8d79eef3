"""What regenerates the paper: runs, a ledger of them, and what is shown of it.

    published     the paper's own numbers, each with where it was found
    runs/         what one run is and its hash, the plan, the protocol, and the sweep that makes what is missing
    ledger/       one JSON record per finished run; two sweeps may share the folder
    show/         statistics, tables, verdicts and the results page, from the ledger alone
    experiments/  what each table and figure shows, and the claims that it decides

Imports go one way: nothing in the core knows this package.
"""
