"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "normalise_length",
        "It divides by the squared length (the goodness), not by the length.",
        """
def normalise_length(a):
    length = np.sum(a * a, axis=1, keepdims=True)
    return a / (length + 1e-8)
""",
        must="squar | root | sqrt | goodness | length^2 | |a|^2 | dot product | power 2",
        must_not="column | whole array | sum of abs",
    ),
    Coding(
        "negative_labels",
        (
            "A draw that hits the true label moves to the next class, so y + 1 is twice as likely as every other "
            "wrong label."
        ),
        """
def negative_labels(y, n_classes, rng):
    y_neg = rng.integers(0, n_classes, size=y.shape)
    for i in range(len(y)):
        if y_neg[i] == y[i]:
            y_neg[i] = (y_neg[i] + 1) % n_classes
    return y_neg
""",
        must=(
            "y + 1 | y+1 | next class | next label | following label | following class | label after | class after "
            "| one after | twice as | double | more often | more likely | more probable | too often | too likely | "
            "uniform | equally | equal chance | same chance | bias | collision | preferred | favour | favor | "
            "evenly | likel"
        ),
        must_not="true label can | same for all | keeps the true",
    ),
    Coding(
        "negative_labels",
        "A draw that hits the true label is moved to the next class, which is so twice as likely as the others.",
        """
def negative_labels(y, n_classes, rng):
    y_neg = rng.integers(0, n_classes, size=y.shape)
    hit = y_neg == y
    y_neg[hit] = (y[hit] + 1) % n_classes
    return y_neg
""",
        must=(
            "equally likely | twice as | double | y + 1 | y+1 | next class | next label | following | more likely "
            "| more often | too often | uniform | favour | favor | prefer | evenly | neighbour | neighbor | same "
            "chance | probab | frequen | as likely"
        ),
        must_not="may equal | seed | one shift",
    ),
    Coding(
        "mf_predict_ff",
        "A majority vote: each layer's own prediction counts once, the scores themselves are not added.",
        """
def mf_predict_ff(goodness_per_layer):
    G0 = goodness_per_layer[0]
    votes = np.zeros(G0.shape, dtype=int)
    for G in goodness_per_layer:
        winner = G.argmax(axis=1)
        votes[np.arange(len(winner)), winner] += 1
    return votes.argmax(axis=1)
""",
        must=(
            "vote | votes | voting | majority | poll | own prediction | own argmax | argmax of each | argmax in "
            "each | argmax per layer | argmax...before | before...add | before...sum | winner | winners | each "
            "layer's prediction | each layer's label | each layer predicts | layers' labels | layers' predictions "
            "| most frequent | most layers | mode of | how sure | strength | margin | hard | size of the scores | "
            "counts | counted | one-hot"
        ),
        must_not="softmax | last layer only",
    ),
    Coding(
        "mf_predict_ff",
        "The layers' softmax probabilities are averaged (soft voting), instead of their goodness scores being added.",
        """
def mf_predict_ff(goodness_per_layer):
    # VotingClassifier(voting='soft')
    proba = np.stack([equations.softmax(np.asarray(G)) for G in goodness_per_layer])
    return proba.mean(axis=0).argmax(axis=-1)
""",
        must=(
            "softmax | probabilit | soft vot | normali | squash | raw scores | raw goodness | scores themselves | "
            "unnormali | logits | exponent"
        ),
        must_not="majority | last layer only | first layer",
    ),
    Coding(
        "mf_predict_ff",
        "Each layer's scores go through softmax first: probabilities are added, not goodness.",
        """
def mf_predict_ff(goodness_per_layer):
    total = 0
    for G in goodness_per_layer:
        total = total + equations.softmax(G)
    return np.argmax(total, axis=1)
""",
        must=(
            "softmax | probabilit | normalis | normaliz | before the sum | before adding | raw scores | scores "
            "themselves | same weight | each layer's scale | goodness itself"
        ),
        must_not="last layer | vote | mean over",
    ),
    Coding(
        "mf_predict_ff",
        "The product of the layers' scores instead of their sum.",
        """
def mf_predict_ff(goodness_per_layer):
    # independent layers: joint weight of a class is the product
    joint = np.prod(np.stack(goodness_per_layer), axis=0)
    return joint.argmax(axis=1)
""",
        must="product | multipl | prod | times instead of | added instead",
        must_not="last layer | vote | softmax",
    ),
    Coding(
        "mf_predict_bp",
        "The layers are added with weights that grow with the depth, instead of the last layer alone.",
        """
def mf_predict_bp(goodness_per_layer):
    total, weight = 0.0, 0.0
    for depth, G in enumerate(goodness_per_layer, start=1):
        total = total + depth * G
        weight += depth
    return np.argmax(total / weight, axis=1)
""",
        must=(
            "weighted | weights that | weighs | sum | sums | summed | added | adds | add | averag | mean of | all "
            "layers | earlier layers | other layers | lower layers | every layer | combin | last layer alone | "
            "only the last | last layer only | last layer's | all of the layers | mix"
        ),
        must_not="softmax | vote | first layer only",
    ),
    Coding(
        "mf_predict_bp",
        "For each sample the layer with the most confident score decides, instead of the last.",
        """
def mf_predict_bp(goodness_per_layer):
    G = np.stack(goodness_per_layer)                 # (L, N, m)
    best_layer = G.max(axis=2).argmax(axis=0)        # (N,)
    rows = np.arange(G.shape[1])
    return G[best_layer, rows].argmax(axis=1)
""",
        must=(
            "confiden | surest | most sure | largest score of | highest score of | largest of all | highest of all "
            "| maximum over | max over | over all layers | over the layers | across layers | across the layers | "
            "all layers | any layer | other layers | earlier layers | another layer | best layer | layer with the "
            "| only the last | last layer alone | last layer only | from the last | last layer's | layer...chosen "
            "| chosen...layer | whichever layer | loudest"
        ),
        must_not="added | sum | vote",
    ),
    Coding(
        "mf_predict_bp",
        "Labels are counted from 1.",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[-1]
    labels = []
    for row in G:
        labels.append(int(np.argmax(row)) + 1)
    return np.array(labels)
""",
        must=(
            "from 1 | from 0 | + 1 | off by one | off-by-one | one too | too large by | by 1 | by one | plus 1 | "
            "plus one | shifted | starts at | start at | 1 to m | one higher | one more | 0 to m"
        ),
        must_not="first layer | sum | smallest",
    ),
    Coding(
        "mf_predict_bp",
        "The answer is taken from the layer with the largest goodness, not from the last one.",
        """
def mf_predict_bp(goodness_per_layer):
    stack = np.stack(goodness_per_layer)              # (L, N, m)
    best = stack.max(axis=0)                          # strongest response of any layer
    return best.argmax(axis=1)
""",
        must=(
            "largest of all layers | max over | maximum over | maximum of | max of | any layer | all layers | "
            "other layers | earlier layers | lower layers | each layer | layers below | every layer | largest "
            "score of | strongest | hidden layers | highest over | several layers | first layers | instead of the "
            "last | last layer alone | last layer only | only the last"
        ),
        must_not="sum | softmax | counted from 1",
    ),
    Coding(
        "plug_block",
        (
            "The topmost block is taken off before the new one is put on, as one swaps the head of a Keras model: "
            "a trained block is replaced."
        ),
        """
def plug_block(net, rule, width):
    # layers.pop(); model.add(Dense(width))
    net.unplug()
    net.plug(net.new_dense(width))
    rule.plug(net)
""",
        must=(
            "unplug | taken off | takes off | take off | taken away | removed | removes | remove | replac | swap | "
            "topmost | top block | last block | old block | lost | loses | lose | gone | missing...block | "
            "block...missing | deleted | discard | dropped | popped | pop | instead of on top | in place of | same "
            "number of blocks | as many blocks | number of blocks | how many blocks | one block fewer | one block "
            "less | no more blocks | grow | one more | blocks as before"
        ),
        must_not="M is not drawn | rule.plug is missing | redrawn M",
    ),
)
