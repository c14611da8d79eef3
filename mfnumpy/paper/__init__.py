"""What regenerates the paper: configurations, a ledger of finished runs, tables, figures and verdicts.

    config.py      what one run is, and its hash
    ledger.py      one JSON record per finished run; two sweeps may share the folder
    protocol.py    tuning and stopping, the same for every rule
    runner.py      a configuration becomes a record
    scales.py      how much of the paper is run: quick, laptop, paper
    plan.py        which runs each table and figure needs
    sweep.py       the missing runs, in order, resumed by default
    published.py   the paper's own numbers, each with where it was found
    tables.py, figures.py, verdicts.py, report.py   all of it from the ledger alone

Imports go one way: nothing in the core knows this package.
"""
