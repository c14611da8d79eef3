"""The words of the results page, explained once, for a reader who knows none of them."""

from __future__ import annotations

from mfnumpy.paper.show.judging import LEVEL, MARGIN
from mfnumpy.rules import RULES

WORDS = f"""\
- **MLP, CNN**: a network of fully connected layers, and one of convolutions. `2x1000`: two layers of 1000 neurons.
- **Points**: percentage points of test accuracy. 98.6 % is 0.1 points more than 98.5 %.
- **n**: the number of seeds. Runs of different seeds differ in their first weights and in the order of the samples, and
  on Breast Cancer in the division of the rows too. "98.6 ± 0.1 (3)" is a mean over 3 seeds, with their standard
  deviation. Differences between two rules are taken seed by seed, and then averaged.
- **p**: how often chance alone would give a difference at least as large, were there none in truth; of a claim with the
  margin, at least as far above it, were the truth just at it. With two or three seeds, only large differences get a
  small p.
- **The margin**: nobody can show that two accuracies are equal. "As accurate as" is therefore taken as: it can be ruled
  out that MF is {MARGIN} points or more below.
- **Reproduced**: the difference is on the claim's side and p is below {LEVEL} (where the claim has the margin: that
  much less can be ruled out). **Not reproduced**: the difference is on the other side, and p is below {LEVEL}.
  **Undecided**: the runs that are there cannot tell. It is no verdict against the claim; more seeds may decide it.
  **Not tested**: no run could tell. A few claims have no test, and no p: numbers that are counted (parameters,
  operations), two slopes (Fig. 3), numbers of epochs (Fig. 4). They are compared as they are.
- **At the best epoch, as stopped, at equal passes**: a network has another accuracy after every pass over its data.
  What decides here is the pass that is best on validation data. Beside it stand the pass at which a stopping rule would
  have ended ("as stopped"), and the last one, when all rules have made the same number of passes ("at equal passes").
  Where the rule's patience is as long as the run, as in all longer runs, nothing stops: tables have a dash, and a
  verdict as stopped is the one at the best epoch.
- **Many tests at once**: one test in twenty finds a difference at p < {LEVEL} where there is none. This page has many
  tests. *Holm's correction* raises each p, so that all together err no more often than one test would.
- **FF pred, BP pred**: MF's two predictions. The first adds up the goodness of all layers, the second asks the last
  layer alone.
"""


def rules() -> str:
    """The learning rules, by the names that the tables use, with what they do."""
    return "\n".join(f"- `{name}`, {rule.title}: {rule.sentence}" for name, rule in RULES.items())
