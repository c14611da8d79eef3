# %% [markdown]
# # 07 · Forward-Forward, Equations (1)-(4)
#
# **Goal.** Understand the rule from which Mono-Forward descends: two forward passes, goodness as a sum of squares, why
# the length is normalised, and why a prediction needs one pass for each label.
#
# **Time.** 35 minutes. **Before.** Lesson 04.

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, rules
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.rules import ff
from mfnumpy.teach import pictures, show_source, step_through
from mfnumpy.train import Trainer

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Derivation
#
# Forward-Forward has no scores for classes. Its question to each block is only: *is this sample genuine?* The label is
# written into the image itself. A **positive** sample carries its own label, a **negative** one a wrong label, and a
# block's goodness is the sum of its squared activities:
#
# $$G_{pos} = \sum_j a_{pos,j}^2 \quad (1) \qquad\qquad G_{neg} = \sum_j a_{neg,j}^2 \quad (2)$$
#
# Goodness should lie above the threshold $\theta$ for positive data, and below it for negative data:
#
# $$L_{pos} = \log(1 + e^{\theta - G_{pos}}) \quad (3) \qquad\qquad L_{neg} = \log(1 + e^{G_{neg} - \theta}) \quad (4)$$

# %%
show_source(equations.positive_goodness, equations.positive_loss, equations.negative_loss)

# %% [markdown]
# **Derivatives.** With $\sigma(u) = 1/(1 + e^{-u})$, and the mean over the batch,
#
# $$\frac{\partial L_{pos}}{\partial G} = -\frac{\sigma(\theta - G)}{N} \le 0, \qquad
#   \frac{\partial L_{neg}}{\partial G} = +\frac{\sigma(G - \theta)}{N} \ge 0, \qquad
#   \frac{\partial G}{\partial a_j} = 2 a_j.$$
#
# Then as ever: $dz = da \odot [z > 0]$ and $dW = x^T dz$. Here the mask changes nothing: where $z \le 0$, $a = 0$, and
# $da = dG \cdot 2a$ is zero already.

# %%
show_source(
    equations.positive_loss_gradient, equations.negative_loss_gradient, equations.goodness_gradient
)  # fmt: skip

# %%
show_source(rules.ForwardForward.local_step)

# %% [markdown]
# **Why normalise the length?** Block 1 makes positive activities long and negative ones short. If block 2 could read
# that length, it would have nothing to learn: any random $W_2$ gives more goodness for longer inputs. So each block
# sees its input with the length taken out.

# %% [markdown]
# ## By hand
#
# Three activities, and $\theta = 2$. Is the sample good enough? Which way will each activity be pushed?

# %%
a = np.array([[1.0, 0.0, 2.0]])
theta = 2.0
G = equations.positive_goodness(a)
print("G = 1 + 0 + 4 =", G)
print(
    "if positive: L =",
    equations.positive_loss(G, theta),
    " dG =",
    equations.positive_loss_gradient(G, theta),
)
print(
    "if negative: L =",
    equations.negative_loss(G, theta),
    " dG =",
    equations.negative_loss_gradient(G, theta),
)
print("da if negative:", equations.goodness_gradient(a, equations.negative_loss_gradient(G, theta)))
curve = np.linspace(-4, 8, 49)
pictures.plot(
    {
        "L_pos, Eq. (3)": [equations.positive_loss(np.array([g]), theta) for g in curve],
        "L_neg, Eq. (4)": [equations.negative_loss(np.array([g]), theta) for g in curve],
    },
    x=curve, xlabel="goodness G", ylabel="loss", size=(6, 2.8),
    alt="The two losses over the goodness: L_pos falls towards zero above the threshold, "
    "L_neg rises from zero below it; they cross at theta.",
)  # fmt: skip

# %% [markdown]
# As a positive sample it is above the threshold already, so its loss is small and so is the push. As a negative one it
# is far too good, and every activity is pushed towards zero in proportion to itself.
#
# Negative labels are drawn uniformly from the *wrong* ones. Permuting the labels of a batch, as some code does, lets
# true labels slip in:

# %%
y = np.random.default_rng(0).integers(0, 10, 1000)
rng = np.random.default_rng(1)
print("share of true labels among ours    :", (ff.negative_labels(y, 10, rng) == y).mean())
print("share of true labels when permuted :", (rng.permutation(y) == y).mean())

# %% [markdown]
# ## Check the gradient

# %%
rng = np.random.default_rng(2)
x_pos, x_neg, W = (
    rng.standard_normal((4, 6)),
    rng.standard_normal((4, 6)),
    rng.standard_normal((6, 5)),
)


def ff_loss(W):
    """Mean L_pos + mean L_neg of one block, as a function of its weights."""
    G_pos = equations.positive_goodness(np.maximum(x_pos @ W, 0))
    G_neg = equations.negative_goodness(np.maximum(x_neg @ W, 0))
    return equations.positive_loss(G_pos, 5.0) + equations.negative_loss(G_neg, 5.0)


def ff_gradient(W, sign=1):
    """Eqs. (1)-(4), differentiated; sign=-1 plants a mistake in the negative half."""
    total = 0
    for x, goodness, slope, s in (
        (x_pos, equations.positive_goodness, equations.positive_loss_gradient, 1),
        (x_neg, equations.negative_goodness, equations.negative_loss_gradient, sign),
    ):
        a = np.maximum(x @ W, 0)
        total = total + x.T @ equations.goodness_gradient(a, s * slope(goodness(a), 5.0))
    return total


print("as above         :", check.gradient(ff_loss, ff_gradient, W))
print("sign of (4) wrong:", check.gradient(ff_loss, lambda W: ff_gradient(W, sign=-1), W))

# %% [markdown]
# ## A run
#
# First, what the network sees: the label, one-hot, over the first pixels. On these very small images that hides part
# of the digit, which is a price FF pays here and MF does not.

# %%
data = load("digits")
H, width, _ = data.image_shape
shown, truth = data.x_train[:4], data.y_train[:4]
wrong = ff.negative_labels(truth, data.n_classes, np.random.default_rng(0))
rows = [
    shown,
    ff.overlay_label(shown, truth, 10),
    ff.overlay_label(shown, wrong, 10),
    ff.overlay_neutral(shown, 10),
]
names = ("image", "positive", "negative", "neutral")
print("true labels:", truth, " wrong labels:", wrong)
pictures.images(
    np.stack(rows, axis=1).reshape(-1, H, width),
    titles=[f"{name}" for _ in truth for name in names], columns=8,
    alt="Four digits, each as it is, with its own label as one dark pixel in the first ten, "
    "with a wrong label, and with a neutral grey label.",
)  # fmt: skip

# %%
histories, networks = {}, {}
for name in ("ff", "mf"):
    net = mlp(data.input_shape, (100, 100), seed=0)
    rule = rules.make(name)
    rule.start(net, data.n_classes, seed=0)
    history = Trainer(net, rule, Adam(lr=3e-3), epochs=12).fit(
        data.x_train, data.y_train, data.x_val, data.y_val
    )
    histories[name.upper()] = [next(iter(e["val_accuracy"].values())) for e in history.epochs]
    networks[name] = (net, rule)
    print(f"{name}: validation accuracy {histories[name.upper()][-1]:.3f}")
pictures.plot(
    histories, ylabel="validation accuracy", ylim=(0, 1.02),
    alt="Validation accuracy by epoch: MF rises at once; FF climbs more slowly and ends a "
    "little below it.",
)  # fmt: skip

# %% [markdown]
# ### Goodness of both kinds of data
#
# After training, does each block tell genuine from wrong labels?

# %%
net, rule = networks["ff"]
rng = np.random.default_rng(3)
both = rule.enter(net, data.x_test, data.y_test, rng)
N, means = len(data.y_test), {"positive": [], "negative": []}
a = both
for i in range(len(net.blocks)):
    a = rule.pass_on(net, i, a)
    means["positive"].append(float(equations.positive_goodness(a[:N]).mean()))
    means["negative"].append(float(equations.negative_goodness(a[N:]).mean()))
print("theta:", [rule.threshold(net, i) for i in range(2)], " mean goodness:", means)
pictures.bars(
    means, ["block 1", "block 2"], ylabel="mean goodness, test data", size=(5, 2.7),
    alt="Mean goodness of test data with true and with wrong labels, for both blocks: "
    "positive data have more.",
)  # fmt: skip

# %% [markdown]
# ### One pass for each label
#
# The label is an *input*. To ask "is it a 3?" one must write a 3 into the image and run the network; so a prediction
# takes $m$ passes, one for each label. Mono-Forward asks about all classes at once, because its $M$ has a row for each.
# We count the rows that block 1 is given to predict the test set:

# %%
show_source(rules.ForwardForward.layer_scores)

# %%
for name, (net, rule) in networks.items():
    rows, block = [], net.blocks[0]
    original = block.forward
    block.forward = lambda x, rows=rows, original=original: rows.append(len(x)) or original(x)
    rule.scores(net, data.x_test)
    print(f"{name}: block 1 ran on {sum(rows):,} rows for {N} test images")
    del block.forward

# %%
net, rule = networks["ff"]
scores = rule.layer_scores(net, data.x_test[:1])
pictures.goodness_bars(
    {f"block {i + 1}": s[0] - s[0].min() for i, s in enumerate(scores)}, int(data.y_test[0]),
    ylabel="goodness above the least",
    alt="Forward-Forward's goodness for one test image with each of the ten labels written "
    "into it, above the smallest, for both blocks. The true class is hatched.",
)  # fmt: skip

# %% [markdown]
# ### Step through one update
#
# Note the batch: the first half of the rows are positive, the second half negative, so $N$ samples make $2N$ rows.

# %%
tiny = mlp(6, (4,), seed=1)
rule = rules.ForwardForward()
rule.start(tiny, n_classes=3, seed=2)
batch = np.random.default_rng(0).random((3, 6)).astype("float32")
step_through(tiny, rule, batch, np.array([0, 2, 1]))

# %% [markdown]
# ## Questions
#
# 1. Eqs. (1) and (2) are the same formula. Why two equations?
#
# <details><summary>Answer</summary>
#
# The formula is the same, the data are not: they are two passes, with true and with wrong labels. What follows differs,
# too: Eq. (3) pushes the one up, Eq. (4) the other down.
#
# </details>
#
# 2. You remove the normalisation between blocks. The training loss of block 2 becomes *better*. Why is that bad?
#
# <details><summary>Answer</summary>
#
# Block 2 reads off the length of its input what block 1 has already found out; it need not find any feature of its
# own. Its loss says how well block 1 works.
#
# </details>
#
# 3. A one-pass variant predicts from a neutral label with a learned softmax readout. What does it give up?
#
# <details><summary>Answer</summary>
#
# The network was never trained on neutral labels, so its activities for them are a by-product, and the readout has to
# make the best of them. It also needs a second set of learned parameters. The paper's Table 4 shows it faster and less
# accurate than FF. In this repository's own runs it was faster and *more* accurate (Table 3, lesson 13): what it gives
# up depends on how well FF itself is trained. `rules.make("ff_one_pass")` lets you measure both.
#
# </details>
#
# ## Read next
#
# Lesson 08, convolutions; or lesson 10, what one can do with blocks that do not depend on each other. The paper:
# Hinton 2022, *The Forward-Forward Algorithm: Some Preliminary Investigations*. In the source: `mfnumpy/rules/ff.py`.
