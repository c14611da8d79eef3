# %% [markdown]
# # A grid search over learning rules
#
# `LocalLearningClassifier` is an estimator of scikit-learn, so a search over its parameters is one over learning rules,
# too: is it Mono-Forward or backpropagation that does better on these digits, and at which rate?

# %%
import warnings

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split

from mfnumpy.sklearn import LocalLearningClassifier

warnings.simplefilter("ignore", ConvergenceWarning)  # few passes are meant
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)

# %% [markdown]
# Every combination is tried on three divisions of the training part. The test part is not looked at.

# %%
grid = {"rule": ["mf", "bp", "dfa"], "learning_rate_init": [0.0003, 0.003]}
model = LocalLearningClassifier((60, 60), batch_size=64, max_iter=20, random_state=0)
search = GridSearchCV(model, grid, cv=3).fit(X_train, y_train)
found = search.cv_results_
for options, score in zip(found["params"], found["mean_test_score"], strict=True):
    print(f"{options['rule']:<4} at {options['learning_rate_init']:<7} {score:.1%}")

# %% [markdown]
# The best of them, trained once more on all of the training part, is asked about the test part once.

# %%
print("chosen:", search.best_params_)
print(f"test accuracy {search.score(X_test, y_test):.1%}")
assert search.score(X_test, y_test) > 0.9
