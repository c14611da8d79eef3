# %% [markdown]
# # 06 · Backpropagation, Feedback Alignment, Direct Feedback Alignment
#
# **Goal.** See that these rules, and Mono-Forward, run over the very same blocks and differ by *which method is called*
# and with which matrix; and measure how well a random feedback matrix can stand in for the true one.
#
# **Time.** 35 minutes. **Before.** Lesson 03; lesson 05 is useful.

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, measure, rules
from mfnumpy.blocks import Block
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.teach import moments, pictures, show_source, step_through
from mfnumpy.train import Trainer

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Derivation
#
# One loss, at the output: $G = a_L W_{out}$, $L$ = cross-entropy, $dG = (p - y)/N$. All three rules learn $W_{out}$ by
# its true gradient $a_L^T dG$. Then the error must reach block $l$. Backpropagation is the chain rule:
#
# $$dz_l = (dz_{l+1} W_{l+1}^T) \odot [z_l > 0].$$
#
# A brain, so the objection goes, has no second copy of $W$ to send errors backwards through. **Feedback Alignment**
# sends them through a fixed random matrix of the same shape:
#
# $$dz_l = (dz_{l+1} B_{l+1}^T) \odot [z_l > 0].$$
#
# **Direct Feedback Alignment** does not go through the blocks at all. The output's error goes straight to each block:
#
# $$dz_l = (dG\, B_l) \odot [z_l > 0].$$
#
# And **Mono-Forward** has no output error to send: $dz_l = (dG_l M_l) \odot [z_l > 0]$, with the block's own $dG_l$ and
# a matrix $M_l$ that is *learned*. In all four, $dW_l = x_l^T dz_l$.

# %%
show_source(rules.Backpropagation.errors_at_z)

# %%
show_source(rules.FeedbackAlignment.errors_at_z, rules.DirectFeedbackAlignment.errors_at_z)

# %% [markdown]
# Four methods of a block are counted here. Which rule calls which? We let each rule do one update and write down the
# calls.

# %%
data = load("digits")
METHODS = ("forward", "error_at_z", "parameter_gradients", "error_to_input")


class Spy(Block):
    """A block that counts the calls of its methods."""

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

# %% [markdown]
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
B = np.array([[1.0, -1.0], [0.5, 0.5]])  # (n, m), drawn once, never learned
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
# The two errors are not equal, but they point into the same half of the space: less than a right angle apart. A step
# along FA's direction still lowers the loss. With one hidden block, DFA is the same rule as FA (its $B$ is FA's
# transposed); with more blocks they differ.

# %% [markdown]
# ## Check the gradient
#
# BP claims to yield the true gradient of its loss. FA and DFA do not, and the check must say so. (Their readout is
# learned by its true gradient: only the blocks differ.)

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
# gives the angle between a rule's $dW$ and backpropagation's, for the same network and batch. A right angle is no
# relation.

# %%
show_source(measure.alignment)

# %%
angles, accuracy = {}, {}
x, y = data.x_train[:200], data.y_train[:200]
for name in ("bp", "fa", "dfa", "mf"):
    net = mlp(data.input_shape, (64, 64), seed=0)
    rule = rules.make(name)
    rule.start(net, data.n_classes, seed=0)
    optimiser = Adam(lr=2e-3)
    angles[name] = [measure.alignment(net, rule, x, y)["block1.W"]]
    accuracy[name] = [measure.evaluate(net, rule, data.x_val, data.y_val).main]
    for epoch in range(10):
        Trainer(net, rule, optimiser, epochs=1, seed=epoch).fit(data.x_train, data.y_train)
        angles[name].append(measure.alignment(net, rule, x, y)["block1.W"])
        accuracy[name].append(measure.evaluate(net, rule, data.x_val, data.y_val).main)
    print(f"{name:3} angle of block 1: {np.array(angles[name]).round(0)}")
    print(f"    validation acc. : {np.array(accuracy[name])}")

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
# The feedback never learns; the weights learn to make use of it. Nobody told them to.
#
# ### Step through DFA
#
# Look at the order: the readout first, then the blocks, each with the same error $dG$ and a matrix of its own.

# %%
tiny = mlp(4, (5, 3), seed=1)
rule = rules.DirectFeedbackAlignment()
rule.start(tiny, n_classes=3, seed=2)
batch, labels = (
    np.random.default_rng(0).standard_normal((3, 4)).astype("float32"),
    np.array([0, 2, 1]),
)
step_through(tiny, rule, batch, labels)

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
# Lesson 07, Forward-Forward. The papers: Lillicrap and others 2016, *Nature Communications* 7:13276; Nøkland 2016,
# arXiv 1609.01596. In the source: `mfnumpy/rules/bp.py`, `fa.py`, `dfa.py`, each about a screen long.
