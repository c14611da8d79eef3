# %% [markdown]
# # A confusion matrix for each block
#
# Every block of a Mono-Forward network has an opinion. What does the second one know that the first does not?

# %%
import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from mfnumpy import confusion_matrix
from mfnumpy.sklearn import LocalLearningClassifier
from mfnumpy.teach import drawing

warnings.simplefilter("ignore", ConvergenceWarning)
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X / 16, y, test_size=0.5, stratify=y, random_state=0
)
model = LocalLearningClassifier((15, 60), max_iter=30, learning_rate_init=0.003, random_state=0)
model.fit(X_train, y_train)
said = model.layer_predict(X_test)  # (N, 2): what each block alone would say

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 4))
for i, axis in enumerate(axes):
    counts = confusion_matrix(y_test, said[:, i], 10)
    wrong = len(y_test) - counts.trace()
    counts[range(10), range(10)] = 0  # what is right would outshine the rest
    axis.imshow(counts, cmap="Blues")
    axis.set(
        title=f"block {i + 1}: {wrong} wrong",
        xlabel="taken for",
        ylabel="digit",
        xticks=range(10),
        yticks=range(10),
    )
    print(f"block {i + 1}: {wrong} of {len(y_test)} wrong")
plt.tight_layout()
drawing.finish(
    figure,
    alt="Two heat maps, of block 1 and of block 2: rows are digits, columns what the block took them for, colours how "
    "often; the diagonal is left empty. Block 2 has fewer and paler fields.",
)

# %% [markdown]
# Rows on which the blocks disagree, and who is right:

# %%
apart = said[:, 0] != said[:, 1]
for i in (0, 1):
    print(
        f"block {i + 1} is right in {(said[apart, i] == y_test[apart]).sum()} of {apart.sum()} of them"
    )
assert apart.any()
