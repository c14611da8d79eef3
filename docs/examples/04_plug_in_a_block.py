# %% [markdown]
# # Plugging a block in
#
# Under Mono-Forward no block is told anything by the ones above it. So a trained network can grow: a block is put on
# top, only it is trained, and the blocks below keep every byte.

# %%
import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from mfnumpy.sklearn import LocalLearningClassifier

warnings.simplefilter("ignore", ConvergenceWarning)
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)
options = {"max_iter": 20, "learning_rate_init": 0.003, "batch_size": 64, "random_state": 0}
model = LocalLearningClassifier((12,), "mf", prediction="bp", **options).fit(X_train, y_train)
before = [array.copy() for array in model.coefs_[:1]]
print("one block: ", [f"{score:.1%}" for score in model.layer_score(X_test, y_test)])

# %%
model.plug(60, X_train, y_train)
print("two blocks:", [f"{score:.1%}" for score in model.layer_score(X_test, y_test)])
print("the first one's bytes are as they were:", np.array_equal(before[0], model.coefs_[0]))
assert np.array_equal(before[0], model.coefs_[0])

# %% [markdown]
# Taken off again, the network says what it said before: the block below has a matrix $M$ of its own to say it with.

# %%
two = model.predict(X_test)
model.unplug()
print("one block: ", [f"{score:.1%}" for score in model.layer_score(X_test, y_test)])
print(
    f"{(two != model.predict(X_test)).sum()} of {len(y_test)} test digits were told otherwise by two blocks"
)
