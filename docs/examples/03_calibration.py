# %% [markdown]
# # Calibration: the sum of all blocks against the last one
#
# Mono-Forward predicts in two ways. *BP pred* takes the last block's scores $G$, and $\mathrm{softmax}(G)$ is what its
# loss trained: a probability. *FF pred* adds the scores of all blocks. Is a softmax of that sum still a probability?

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from mfnumpy.sklearn import LocalLearningClassifier
from mfnumpy.teach import drawing

warnings.simplefilter("ignore", ConvergenceWarning)
X, y = load_digits(return_X_y=True)
X = X / 16 + np.random.default_rng(0).normal(
    0, 0.35, X.shape
)  # noise, so that there is something to be unsure of
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, stratify=y, random_state=0)
model = LocalLearningClassifier((60, 60, 60), max_iter=30, learning_rate_init=0.003, random_state=0)
model.fit(X_train, y_train)

# %% [markdown]
# Of all predictions that a model was 80 % sure of, 80 % should be right. We put the predictions into five bins by how
# sure they were.

# %%
sure, right = {}, {}
for name, mode in (("FF pred", "ff"), ("BP pred", "bp")):
    p = model.set_params(prediction=mode).predict_proba(X_test)
    sure[name], right[name] = p.max(axis=1), p.argmax(axis=1) == y_test
    print(
        f"{name}: right {right[name].mean():.1%}, sure {sure[name].mean():.1%}, log loss {log_loss(y_test, p):.2f}"
    )
assert sure["FF pred"].mean() > sure["BP pred"].mean()

# %%
figure, axis = plt.subplots(figsize=(4.5, 4))
axis.plot([0, 1], [0, 1], color="#999999", label="calibrated")
for name, marker in (("FF pred", "o"), ("BP pred", "s")):
    order = np.array_split(np.argsort(sure[name]), 5)
    means = [[values[name][rows].mean() for rows in order] for values in (sure, right)]
    axis.plot(*means, marker=marker, label=name)
axis.set(xlabel="how sure", ylabel="how often right", xlim=(0, 1.02), ylim=(0, 1.02))
axis.legend()
drawing.finish(
    figure,
    alt="How often predictions were right against how sure the model was of them, in five bins, for FF pred and for "
    "BP pred, beside the diagonal of a calibrated model: both lie below it, FF pred further.",
)

# %% [markdown]
# Three scores added are three times as large, so the sum is surer than it is right: every block says the same thing
# of the same row, and the sum counts it as three witnesses. `CalibratedClassifierCV` mends that where it matters.
