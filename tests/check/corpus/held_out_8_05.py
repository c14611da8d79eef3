"""Mistakes of an eleventh and a twelfth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "chosen_by_validation",
        "Stops at the first fall of the validation accuracy (patience 1) instead of taking its largest.",
        """
def chosen_by_validation(validation, test):
    best = 0
    for e in range(1, len(validation)):
        if validation[e] <= validation[best]:
            break              # early stopping
        best = e
    return float(test[best])
""",
        must=(
            "first fall | first drop | first peak | first dip | first decrease | first time | local | stops | "
            "stopping | patience | early | later epoch | all epochs | whole list | over the whole | largest of all "
            "| every epoch | gives up | falls | drops | dips | break"
        ),
        must_not="largest test",
    ),
    Coding(
        "chosen_by_validation",
        (
            "Early stopping with patience 1: stops at the first fall of the validation accuracy and misses a "
            "later, higher peak."
        ),
        """
def chosen_by_validation(validation, test):
    for e in range(1, len(validation)):
        if validation[e] < validation[e - 1]:      # it got worse: stop here
            return test[e - 1]
    return test[-1]
""",
        must=(
            "early stop | early-stop | stops | stop | first fall | first drop | first peak | first decrease | "
            "first time | local | later epoch | later peak | higher later | falls | fell | drops | decreas | "
            "patience | too early | whole list | all epochs | every epoch | all of the | rest of | later ones | "
            "goes down | gets worse | premature"
        ),
        must_not="test set chooses | smallest | lowest",
    ),
)
