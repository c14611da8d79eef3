# %% [markdown]
# # Exercises 13: the paper's tables
#
# A table is a claim. Here you recompute one to the unit, and write the two functions on which the honesty of all
# the others hangs. These exercises belong to lesson 13.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
from mfnumpy import network, rules
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference

# %% [markdown]
# ## 13.1 Table 4: how many parameters
#
# A network of `d` inputs, hidden `widths` and `m` classes, without biases. How many numbers does it need to make
# a prediction, when trained by
#
# - `"bp"`: backpropagation, with a readout on the last block;
# - `"ff"`: Forward-Forward, which tries every label and needs no output layer;
# - `"ff_one_pass"`: Forward-Forward with a readout on the activities of *all* blocks;
# - `"mf"`: Mono-Forward, predicting from the goodness scores of all blocks.
#
# <details><summary>Hint 1</summary>
#
# What do all four have in common? Count that first.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Between two layers lies a matrix: as many rows as the lower one has neurons, as many columns as the upper one.
# The first lower layer is the input.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# What comes on top: $m$ numbers for each neuron of the last block, of no block, of every block, of every block.
# In the paper's 784-1000-1000-10 that is 10,000, 0, 20,000, 20,000.
#
# </details>


# %% solution="parameters"
def parameters(d, widths, m, rule):
    """d: inputs. widths: a list. m: classes. rule: "bp", "ff", "ff_one_pass" or "mf". Returns an int."""
    ### BEGIN SOLUTION
    blocks = sum(below * own for below, own in zip([d, *widths], widths, strict=False))
    read = {"bp": widths[-1], "ff": 0, "ff_one_pass": sum(widths), "mf": sum(widths)}
    return blocks + m * read[rule]
    ### END SOLUTION


# %% check="parameters" points=4
check("parameters", parameters)

# %% [markdown]
# ## 13.2 Mean and deviation over seeds
#
# The accuracies of $n$ runs that differ in the seed alone: return their mean and their standard deviation, as an
# estimate for *all* seeds, of which these are a sample.
#
# <details><summary>Hint 1</summary>
#
# The deviation from the mean of the very same numbers comes out a little too small. Why, and by how much?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Squares of the differences from the mean, added up, divided, and the root. By what is divided?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# By one less than there are runs. NumPy's `std` divides by $n$ unless you give it `ddof`.
#
# </details>


# %% solution="mean_and_deviation"
def mean_and_deviation(values):
    """values: a list of n >= 2 numbers. Returns (mean, deviation)."""
    ### BEGIN SOLUTION
    mean = sum(values) / len(values)
    return mean, (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    ### END SOLUTION


# %% check="mean_and_deviation" points=2
check("mean_and_deviation", mean_and_deviation)

# %% [markdown]
# ## 13.3 Which epoch counts
#
# Given the accuracies of every epoch on the validation set and on the test set, return the one test accuracy that
# may be reported. Choosing the best epoch *by the test set* makes every table too good, and is done often enough.
#
# <details><summary>Hint 1</summary>
#
# Which of the two lists may decide, and which may only be read?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Find the place of the largest entry of the one list.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Then take what stands at that place in the other. The first one, if there are several.
#
# </details>


# %% solution="chosen_by_validation"
def chosen_by_validation(validation, test):
    """validation, test: lists of accuracies, one for each epoch. Returns one of the test accuracies."""
    ### BEGIN SOLUTION
    return test[validation.index(max(validation))]
    ### END SOLUTION


# %% check="chosen_by_validation" points=2
check("chosen_by_validation", chosen_by_validation)

# %% [markdown]
# ## Table 4, by you and by counting
#
# Your formula beside the arrays of real networks, which the package counts one by one.

# %%
with in_one_sentence():
    predictions = {"bp": "readout", "ff": "all-labels", "ff_one_pass": "one-pass", "mf": "ff"}
    formula = mine_or_reference(parameters, lambda d, widths, m, rule: "-")
    for d, widths, m in ((784, [1000, 1000], 10), (3072, [2000, 2000, 2000], 100)):
        print(f"{d} inputs, {widths}, {m} classes")
        net = network.mlp(d, widths)
        for name, prediction in predictions.items():
            rule = rules.make(name)
            rule.start(net, m)
            counted = rule.count(net, prediction)
            print(f"  {name:<12} counted {counted:>11,}   yours {formula(d, widths, m, name)}")
