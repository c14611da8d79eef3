# %% [markdown]
# # 06 · Backpropagation, Feedback Alignment, Direct Feedback Alignment
#
# **Goal.** See that these rules, and Mono-Forward, run over the very same blocks and differ by *which method is called*
# and with which matrix; and measure how well a random feedback matrix can stand in for the true one.
#
# **Time.** 40 minutes. **Before.** [Lesson 03](03_equations_by_hand.ipynb); [lesson 05](05_deep_mf.ipynb) is useful.

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, measure, rules
from mfnumpy.blocks import Block
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.teach import moments, pictures, reveal, show_source, step_through
from mfnumpy.train import Trainer

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Derivation
#
# A network of $K$ blocks, and these three rules have one more matrix on top, the *readout* $W_{out}$, which makes the
# scores; the blocks have no $M$. One loss, at the output: $G = a_K W_{out}$, $L$ = cross-entropy, $dG = (p - y)/N$. All
# three rules learn $W_{out}$ by its true gradient $a_K^T dG$. Then each block $l$ must be told its *error*, $dz_l =
# \partial L/\partial z_l$: how the loss depends on what it computed. Backpropagation is the chain rule, from the top
# block $K$ down. In lesson 03 $G = aM^T$ gave $da = dG\, M$; here $G = a_K W_{out}$ and $z_{l+1} = a_l W_{l+1}$, so in
# the same way $da_K = dG\, W_{out}^T$ and $da_l = dz_{l+1} W_{l+1}^T$. With the mask, each error is made of the one
# above:
#
# $$dz_K = (dG\, W_{out}^T) \odot [z_K > 0],$$
#
# $$dz_l = (dz_{l+1} W_{l+1}^T) \odot [z_l > 0].$$
#
# A brain, so the objection goes, has no second copy of $W$ to send errors backwards through. **Feedback Alignment**
# sends them through fixed random matrices instead. They stand in the formula just where $W$ stood:
#
# $$dz_K = (dG\, B_{out}^T) \odot [z_K > 0],$$
#
# $$dz_l = (dz_{l+1} B_{l+1}^T) \odot [z_l > 0].$$
#
# Here $dz_l$ is a stand-in for the true derivative, which only backpropagation's is.
#
# **Direct Feedback Alignment** does not go through the blocks at all. The output's error goes straight to each block
# $l$, the top one included:
#
# $$dz_l = (dG\, B_l) \odot [z_l > 0].$$
#
# And **Mono-Forward** has no output error to send: $dz_l = (dG_l M_l) \odot [z_l > 0]$, with the block's own $dG_l$ and
# a matrix $M_l$ that is *learned*. In all four, $dW_l = x_l^T dz_l$. ($n_l$ is the number of neurons of block $l$.)
#
# | rule | matrices | shapes | in the formula |
# |---|---|---|---|
# | BP | $W_{out}$; $W_{l+1}$ | $(n_K, m)$; $(n_l, n_{l+1})$ | transposed |
# | FA | $B_{out}$; $B_{l+1}$ | the same (in some papers and in the exercise, transposed) | transposed |
# | DFA | $B_l$ | $(m, n_l)$ | as it is |
# | MF | $M_l$ | $(m, n_l)$ | as it is |
#
# In the code FA's list `feedback` begins with $B_2$, as nothing is sent below block 1, and ends with $B_{out}$. Blocks
# are counted from 0 there, so the matrix through which an error leaves `blocks[i]` is `feedback[i - 1]`.

# %%
show_source(rules.Backpropagation.errors_at_z)

# %%
show_source(rules.FeedbackAlignment.errors_at_z, rules.DirectFeedbackAlignment.errors_at_z)

# %% [markdown]
# A block has four methods: `forward`, `error_at_z`, `parameter_gradients`, and `error_to_input`, which sends an error
# to the block below. We let five rules do one update of a network of three blocks and count the calls (the fifth,
# `ff`, is the next lesson's). Before you see the table: how often does backpropagation call `error_to_input` in three
# blocks?

# %%
my_calls = ...  # a number

# %%
data = load("digits")
METHODS = ("forward", "error_at_z", "parameter_gradients", "error_to_input")


class Spy(Block):
    """A block that counts the calls of its methods. (How it does that is a trick of Python's; you may pass over it.)"""

    def __init__(self, block, calls):
        super().__init__(block.linear, block.pool)
        self.calls = calls

    def __getattribute__(self, name):
        if name in METHODS:
            calls = object.__getattribute__(self, "calls")
            calls[name] = calls.get(name, 0) + 1
        return object.__getattribute__(self, name)


def calls_of(name):
    """How often one update of this rule calls each method of the blocks, in a network of three blocks."""
    net, calls = mlp(data.input_shape, (12, 11, 9)), {}
    rule = rules.make(name)
    rule.start(net, data.n_classes)
    net.blocks = [Spy(block, calls) for block in net.blocks]
    for _ in rule.steps(net, data.x_train[:5], data.y_train[:5], np.random.default_rng(0)):
        pass
    return [calls.get(method, 0) for method in METHODS]


print(f"{'':4}" + "".join(f"{method:>21}" for method in METHODS))
for name in ("bp", "fa", "dfa", "mf", "ff"):
    print(f"{name:4}" + "".join(f"{count:>21}" for count in calls_of(name)))

# %%
reveal(
    my_calls,
    calls_of("bp")[-1],
    why="Block 3 and block 2 send an error down; below block 1 there is nobody to send it to.",
)

# %% [markdown]
# <!-- holds: [row("error_to_input", name)[-1] for name in ("bp", "fa", "dfa", "mf", "ff")] == [2, 2, 0, 0, 0] -->
# Read the last column: `error_to_input` is the only door between blocks through which an error can pass. DFA, MF and FF
# never open it. (Mono-Forward goes through a method of its own, `local_gradients`, which calls Eq. (7): one function
# that does the work of `error_at_z` and `parameter_gradients`, and that a student can replace.)

# %% [markdown]
# ## By hand
#
# One sample, one hidden block with two neurons, two classes. The same error, two ways down:

# %%
dG = np.array([[-0.5, 0.5]])
W_out = np.array([[2.0, 0.0], [0.0, 1.0]])  # (n, m)
B = np.array([[1.0, -1.0], [0.5, 0.5]])  # (n, m), never learned
z = np.array([[1.0, 3.0]])
for name, matrix in (("BP,  through W_out", W_out), ("FA,  through B    ", B)):
    print(name, " dz =", (dG @ matrix.T) * (z > 0))
angle = np.degrees(
    np.arccos(
        np.sum((dG @ W_out.T) * (dG @ B.T))
        / np.prod([np.linalg.norm(dG @ A.T) for A in (W_out, B)])
    )
)
print("angle between them in degrees:", round(float(angle), 1))

# %% [markdown]
# The two errors are not equal, but they point into the same half of the space: less than a right angle apart.
# <!-- holds: at("angle between them in degrees") < 90 -->
# That is enough: a small step changes the loss by minus the step size times the product of the two directions, entry by
# entry and added up, and below a right angle that product is positive. So a small step along FA's direction still
# lowers the loss. (We chose this $B$ so. Of those that are drawn at random, half give more than a right angle; what
# helps then comes below.) With one hidden block, DFA is the same rule as FA (its $B$ is FA's transposed); with more
# blocks they differ.

# %% [markdown]
# ## Check the gradient
#
# (The first block has 448 weights; they are moved along 12 random directions, as lesson 00 says.) BP claims to yield
# the true gradient of its loss. FA and DFA do not, and the check must say so. (Their readout is learned by its true
# gradient: only the blocks differ.)

# %%
x, y = data.x_train[:6].astype("float64"), data.y_train[:6]
for name in ("bp", "fa", "dfa"):
    net = mlp(data.input_shape, (7, 5), dtype="float64", seed=1)
    rule = rules.make(name)
    rule.start(net, data.n_classes, seed=1)
    W1 = net.blocks[0].parameters["W"]

    def network_loss(W, net=net, rule=rule, W1=W1):
        """The output's loss as a function of block 1's weights."""
        before = W1.copy()
        W1[...] = W
        value = equations.cross_entropy(rule.scores(net, x), y)
        W1[...] = before
        return value

    def block1_gradient(W, net=net, rule=rule):
        """What the rule says that this gradient is."""
        return measure.gradients_of(net, rule, x, y)["block1.W"]

    print(f"{name:3}", check.gradient(network_loss, block1_gradient, W1.copy()))

# %% [markdown]
# "Wrong" is the right answer for FA and DFA: they follow another direction on purpose.

# %% [markdown]
# ## A run: does the angle close?
#
# Lillicrap and others found that the forward weights come to *align* with the random feedback. `measure.alignment`
# gives the angle between a rule's $dW$ and backpropagation's, for the same network and batch, all entries of a matrix
# read as one long vector. A right angle, 90 degrees, is no relation; 0 is the same direction. At what angle will
# Feedback Alignment's $dW$ of block 1 be after ten passes over the digits?

# %%
my_angle = ...  # degrees, from 0 to 180

# %%
show_source(measure.alignment)


# %%
def angle(A, B):
    """The angle between two matrices of the same shape, as vectors, in degrees."""
    return float(np.degrees(np.arccos((A * B).sum() / np.linalg.norm(A) / np.linalg.norm(B))))


angles, accuracy, with_feedback, added = {}, {}, {"W_out with B_out": [], "W_2 with B_2": []}, {}
x, y = data.x_train[:200], data.y_train[:200]
for name in ("bp", "fa", "dfa", "mf"):
    net = mlp(data.input_shape, (64, 64), seed=0)
    rule = rules.make(name)
    rule.start(net, data.n_classes, seed=0)
    optimiser = Adam(lr=2e-3)
    angles[name] = [measure.alignment(net, rule, x, y)["block1.W"]]
    accuracy[name] = [measure.evaluate(net, rule, data.x_val, data.y_val).main]
    for epoch in range(11):
        if name == "fa":
            pairs = (
                (rule.readout.parameters["W"], rule.feedback[1]),
                (net.blocks[1].parameters["W"], rule.feedback[0]),
            )
            for (W, B), label in zip(pairs, with_feedback, strict=True):
                with_feedback[label].append(angle(W, B))
                start = W.copy() if epoch == 0 else added[label][0]
                added[label] = start, W - start, B / np.linalg.norm(B)
        if epoch == 10:
            break
        Trainer(net, rule, optimiser, epochs=1, seed=epoch).fit(data.x_train, data.y_train)
        angles[name].append(measure.alignment(net, rule, x, y)["block1.W"])
        accuracy[name].append(measure.evaluate(net, rule, data.x_val, data.y_val).main)
    print(f"{name:3} angle of block 1: {np.array(angles[name]).round(0)}")
    print(f"    {name} accuracy: {np.array(accuracy[name])}")
for name, values in with_feedback.items():
    start, change, B = added[name]
    along, length = (change * B).sum(), np.linalg.norm(start)
    across = np.linalg.norm(change - along * B)
    print(f"FA, angle of {name}: {np.array(values).round(0)}")
    print(
        f"    learned on top of a start of length 1: {along / length:.2f} along B, {across / length:.2f} across"
    )

# %%
reveal(
    my_angle,
    round(angles["fa"][-1]),
    tolerance=8,
    why="It closes by a third of the right angle in six passes, and wanders between 61 and 70 degrees from then on.",
)

# %%
pictures.plot(
    {name: values for name, values in angles.items() if name != "bp"}, x=range(11), ylim=(0, 100),
    ylabel="angle with BP's dW, degrees", level=(90, "right angle: no relation"),
    alt="Angle between each rule's gradient of block 1 and backpropagation's, over the "
    "epochs. FA and DFA start near a right angle and come down as the network aligns "
    "itself; MF is shown beside them.",
)  # fmt: skip

# %%
pictures.plot(
    accuracy, x=range(11), ylabel="validation accuracy", ylim=(0, 1.02),
    alt="Validation accuracy over the epochs for BP, FA, DFA and MF. All rise well above "
    "chance.",
)  # fmt: skip

# %% [markdown]
# In the first two passes FA's angle is about 90 degrees or more, and its accuracy rises all the same. Why? Here is what
# each matrix does to the loss on the training images when after the first pass it alone is moved:
# <!-- holds: min(row("fa  angle of block 1")[:3]) > 89 -->
# <!-- holds: 28 <= row("fa  angle of block 1")[0] - row("fa  angle of block 1")[6] <= 31 -->
# <!-- holds: min(row("fa  angle of block 1")[6:]) == 61 and max(row("fa  angle of block 1")[6:]) == 70 -->
# <!-- holds: row("fa accuracy")[0] < row("fa accuracy")[1] < row("fa accuracy")[2] -->

# %%
net, rule = mlp(data.input_shape, (64, 64), seed=0), rules.FeedbackAlignment()
rule.start(net, data.n_classes, seed=0)
parameters = rule.parameters(net)


def loss_with(values):
    """The loss on all training images with these values of the parameters."""
    for name, value in values.items():
        parameters[name][...] = value
    return equations.cross_entropy(rule.scores(net, data.x_train), data.y_train)


old = {name: value.copy() for name, value in parameters.items()}
Trainer(net, rule, Adam(lr=2e-3), epochs=1, seed=0).fit(data.x_train, data.y_train)
new = {name: value.copy() for name, value in parameters.items()}
print(f"before: loss {loss_with(old):.3f}; after the pass: loss {loss_with(new):.3f}")
for name in parameters:
    print(f"only {name} moved: loss {loss_with(old | {name: new[name]}):.3f}")

# %% [markdown]
# The readout, which follows its true gradient, does it; the change of either block, alone, makes the loss larger. But
# all three together do better than the readout alone: it has begun to use what the blocks add.
# <!-- holds: at("after the pass: loss") < at("only readout.W moved: loss") -->
# <!-- holds: at("only readout.W moved: loss") < at("before: loss") - 0.1 -->
# <!-- holds: min(at("only block1.W moved: loss"), at("only block2.W moved: loss")) > at("before: loss") -->
#
# ## Why do the weights align?
#
# The feedback never learns; the weights learn to make use of it. Here is why, for one hidden
# block and two small steps, in three lines. Leave out the ReLU, and take $dG$ as nearly the same in both steps.
#
# * Block 1 is changed by $-\eta\, x^T (dG\, B^T)$. So its activities $a = xW_1$ change by $-\eta\, x x^T dG\, B^T$:
#   along the rows of $B^T$, in proportion to the error.
# * The readout is changed by $-\eta\, a^T dG$. The old part of $a$ knows nothing of $B$: its share is larger, but it
#   goes in many directions and adds up to almost nothing along $B$. The part that has just been added gives
#   $+\eta^2\, B\, (dG^T x x^T dG)$: small, but the same way in every step.
# * The bracket is a matrix of the form $S^T S$, with $S = x^T dG$. Each row $b$ of $B$ becomes $b\, S^T S$, and
#   $b\, S^T S\, b^T$ is the squared length of $S b^T$, which is not negative: no row is turned by more than a right
#   angle. So what $W_{out}$ gains leans towards $B$; and once $W_{out}$ is a multiple of $B$ and
#   something unrelated, the true error $dG\,W_{out}^T$ is a multiple of $dG\,B^T$ and something unrelated.
#
# (The run uses Adam, whose steps are not along $-dW$: the argument is about the direction of the force, not the path.)
# The same argument goes from block to block: $W_2$ learns from activities that block 1 has moved along $B_2^T$. It
# predicts something that we can measure: the angle between $W_{out}$ and
# $B_{out}$ must close, not only that between the gradients. And it predicts that $W_2$ follows later and less, as it
# must wait for what is above it.

# %%
pictures.plot(
    with_feedback, x=range(11), ylim=(0, 100), ylabel="angle with B, degrees", level=(90, "right angle: no relation"),
    alt="Angle between weights and feedback matrices under FA, over the epochs. That of the readout closes from a "
    "right angle to about seventy degrees, that of block 2 by a few degrees only.",
)  # fmt: skip

# %% [markdown]
# Both angles close, the readout's by about five times as much.
# <!-- holds: row("FA, angle of W_out with B_out")[0] > 89 and row("FA, angle of W_out with B_out")[-1] < 75 -->
# <!-- holds: 80 < row("FA, angle of W_2 with B_2")[-1] < row("FA, angle of W_2 with B_2")[0] -->
# <!-- holds: 20 <= row("W_out with B_out")[0] - row("W_out with B_out")[-1] <= 22 -->
# <!-- holds: row("W_2 with B_2")[0] - row("W_2 with B_2")[-1] == 4 -->
#
# **Why is $W_{out}$ only near 71 degrees after ten passes, and not at 0?** It keeps its random start, and two random
# matrices of 640 entries stand almost at a right angle to each other: a length of 1 across $B$. Learning has added 0.50
# of that length along $B$, and as much as the start again across $B$, where it learns other things. The two across
# stand almost at a right angle to each other, which makes $\arctan(\sqrt{1^2 + 1^2}/0.5)$, 71 degrees. $W_2$ has gained
# a fifth of that along $B$. Nor is there any need to go on: below a right angle each small step of a block lowers the
# loss, and when the training images are learned, $dG$ vanishes and with it the force that aligns. The $dW$ of block 1,
# which hangs on both matrices, ends at 68 and 65 degrees under FA and DFA. What it costs can be read off the
# accuracies: FA and DFA take more passes than BP to get as far, and end a little below it here.
# <!-- holds: row("W_out with B_out")[-1] == 71 and at("learned on top of a start of length 1:") == 0.5 -->
# <!-- holds: 0.95 < at("0.50 along B,") < 1.05 -->
# <!-- holds: 0.15 < at("W_2 with B_2:", "length 1:") / at("W_out with B_out:", "length 1:") < 0.25 -->
# <!-- holds: row("fa  angle of block 1")[-1] == 68 and row("dfa angle of block 1")[-1] == 65 -->
# <!-- holds: 55 < row("fa  angle of block 1")[-1] < 75 and 55 < row("dfa angle of block 1")[-1] < 75 -->
# <!-- holds: row("bp accuracy")[4] > max(row("fa accuracy")[4], row("dfa accuracy")[4]) -->
# <!-- holds: row("bp accuracy")[-1] - 0.05 < row("fa accuracy")[-1] < row("bp accuracy")[-1] -->
# <!-- holds: row("bp accuracy")[-1] - 0.05 < row("dfa accuracy")[-1] < row("bp accuracy")[-1] -->
#
# And Mono-Forward? Its $dW$ is not an approximation of backpropagation's, it is the exact gradient of another loss.
# It is compared with backpropagation from the last block's scores, down through the same $W$, the last $M$ being the
# readout. An angle of about 50 degrees (cosine $0.64$) says that the two losses want something alike of block 1, and
# far from the same.
# <!-- holds: 40 < row("mf  angle of block 1")[-1] < 60 -->
#
# ### Four rules side by side
#
# The same network, the same batch, four rules. Choose a rule, walk through its moments with the buttons or the arrow
# keys, and tick "predict first" to be asked before each result. Look at the order after the forward pass: BP, FA and
# DFA begin with the readout and go on with block 2. MF has no readout, and has learned block 1 before block 2 runs.

# %%
tiny = mlp(4, (5, 3), seed=1)
four = []
for name in ("bp", "fa", "dfa", "mf"):
    four.append(rules.make(name))
    four[-1].start(tiny, n_classes=3, seed=2)
batch, labels = (
    np.random.default_rng(0).standard_normal((3, 4)).astype("float32"),
    np.array([0, 2, 1]),
)
step_through(tiny, four, batch, labels)

# %% [markdown]
# The moments are data, too. Here is the error at block 1 for the same network and batch, in the three rules:

# %%
errors = {}
for name in ("bp", "fa", "dfa"):
    rule = rules.make(name)
    rule.start(tiny, n_classes=3, seed=2)
    errors[f"{name}: dz of block 1"] = next(
        m.value
        for m in moments(tiny, rule, batch, labels)
        if (m.block, m.symbol) == ("block1", "dz")
    )
pictures.heats(
    errors, columns=3,
    alt="dz of block 1 under BP, FA and DFA: the same entries are masked to zero in all "
    "three, the others differ in size and sign.",
)  # fmt: skip

# %% [markdown]
# ## Questions
#
# 1. With $B_{l+1} = W_{l+1}$ at every moment, what is Feedback Alignment?
#
# <details><summary>Answer</summary>
#
# Backpropagation, to the last bit. A test of this package holds exactly that.
#
# </details>
#
# 2. Which of the four rules can update block 1 before block 2 has been run?
#
# <details><summary>Answer</summary>
#
# Only Mono-Forward (and Forward-Forward). DFA needs no error from the block above, but it still waits for the error at
# the output, and the output comes last. Its blocks can then all be updated at once, in any order.
#
# </details>
#
# 3. DFA's blocks and MF's blocks both compute (something of shape $(N, m)$) times (a matrix of shape $(m, n)$). Name
#    the two differences.
#
# <details><summary>Answer</summary>
#
# The error: DFA uses the output's, MF the block's own. The matrix: DFA's $B_l$ is random and fixed, MF's $M_l$ is
# learned, and it is the very matrix with which the block's scores are computed, so that MF's $dz$ is the exact gradient
# of the block's own loss.
#
# </details>
#
# ## Read next
#
# [Lesson 07](07_forward_forward.ipynb), Forward-Forward. The exercise for this lesson: [06, BP, FA,
# DFA](../exercises/student/06_bp_fa_dfa.ipynb). The papers: Lillicrap and others 2016, *Nature Communications* 7:13276;
# Nøkland 2016, arXiv 1609.01596. In the source: `mfnumpy/rules/bp.py`, `fa.py`, `dfa.py`, each about a screen long.
