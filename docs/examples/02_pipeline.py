# %% [markdown]
# # A pipeline with PCA on a table
#
# Measurements of breast tissue: thirty columns of very different sizes. A pipeline scales them, turns them into
# their principal components and trains a network on these. What is fitted is fitted on the training rows alone, in
# every division of a cross-validation.

# %%
import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mfnumpy.sklearn import LocalLearningClassifier

warnings.simplefilter("ignore", ConvergenceWarning)
X, y = load_breast_cancer(return_X_y=True)
print(
    f"{len(X)} rows; standard deviations from {X.std(axis=0).min():.3f} to {X.std(axis=0).max():.0f}"
)

# %%
for rule in ("mf", "bp", "ff"):
    network = LocalLearningClassifier(
        50, rule, max_iter=60, learning_rate_init=0.003, random_state=0
    )
    model = make_pipeline(StandardScaler(), PCA(10), network)
    scores = cross_val_score(model, X, y, cv=5)
    print(f"{rule:<3} {scores.mean():.1%} ± {scores.std():.1%} over five divisions")
    assert scores.mean() > 0.9

# %% [markdown]
# Rows can have weights, and every rule takes them: its losses become weighted means. Here a missed tumour (class 0)
# counts five times.

# %%
weights = np.where(y == 0, 5.0, 1.0)
half = np.arange(len(y)) % 2 == 0
model = make_pipeline(
    StandardScaler(), PCA(10), LocalLearningClassifier(50, max_iter=60, random_state=0)
)
for name, w in (("equal weights", None), ("tumours five times", weights[half])):
    said = model.fit(X[half], y[half], locallearningclassifier__sample_weight=w).predict(X[~half])
    missed, false = ((said == 1) & (y[~half] == 0)).sum(), ((said == 0) & (y[~half] == 1)).sum()
    print(f"{name:<20} {missed} tumours missed, {false} false alarms")
