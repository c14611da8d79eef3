"""A plan of one tiny entry, for tests that run the command line in other processes."""

from mfnumpy.paper.experiments import registry
from mfnumpy.paper.runs.plan import Budget, Plan, of_rules
from mfnumpy.paper.runs.search import Tuning

_PLAN = registry.plan
_BUDGET = Budget("digits", "2x9", 2, 3, Tuning(1, 90, (1e-3, 3e-3)), subset=150, batch_size=32)


def plan(scale: str) -> Plan:
    """The plan of `scale` with nothing but the tiny entry of table1."""
    whole = _PLAN(scale)
    return Plan(scale, {"table1": [_BUDGET]}, whole.entries | {"table1": of_rules("mf", "bp")}, whole.measurements)


registry.plan = plan
