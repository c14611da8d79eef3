# %% [markdown]
# # A learning rule of one's own, in thirty lines
#
# Half of Mono-Forward: each block learns its weights from its own goodness scores, but the projection matrix $M$ stays
# as it was drawn. How much of the result is $M$'s learning? A rule is a class; once it is registered, the estimator,
# the trainer and the commands know it by name.

# %%
import warnings

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score

from mfnumpy import equations
from mfnumpy.rules import LocalRule, Step, register
from mfnumpy.rules.base import named
from mfnumpy.rules.parts import Projections
from mfnumpy.sklearn import LocalLearningClassifier


@register
class FixedProjection(LocalRule):
    """Mono-Forward whose projection matrices never learn."""

    name = "fixed_projection"
    predictions = Projections.predictions

    def __init__(self):
        super().__init__()
        self.projections = Projections()

    def local_step(self, net, i, x, y, weights=None):
        block, M = net.blocks[i], self.M[i]
        trace = block.forward(x)  # z = x W, a = relu(z)
        G = equations.goodness_scores(trace.flat, M)  # (5)
        dG = equations.cross_entropy_gradient(G, y)  # (6)
        if weights is not None:
            dG = equations.weighted_mean_gradient(dG, weights)
        gradients = block.local_gradients(M, dG, trace)  # (7), and no (8)
        return Step(
            i, equations.cross_entropy(G, y, weights), named(block.name, gradients)
        ), trace.a


# %%
warnings.simplefilter("ignore", ConvergenceWarning)
X, y = load_digits(return_X_y=True)
for rule in ("mf", "fixed_projection"):
    for prediction in ("ff", "bp"):
        model = LocalLearningClassifier(
            (60, 60), rule, prediction=prediction, max_iter=15, batch_size=64, random_state=0
        )
        scores = cross_val_score(model.set_params(learning_rate_init=0.003), X / 16, y, cv=3)
        print(f"{rule:<17} {prediction} pred {scores.mean():.1%} ± {scores.std():.1%}")
        assert scores.mean() > 0.8

# %% [markdown]
# The engine that trained it is the reference, which takes rules as they are written; `model.engine_` says so.

# %%
print(model.fit(X / 16, y).engine_)
