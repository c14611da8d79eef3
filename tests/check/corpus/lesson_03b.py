"""Mistakes in free codings of sgd_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "sgd_step",
        "The parameter is changed in place.",
        """
def sgd_step(parameter, gradient, lr):
    parameter -= lr * gradient
    return parameter
""",
        must="changes its argument | changes parameter | parameter is changed | modifies | changed in place",
    ),
    Coding(
        "sgd_step",
        "The step is divided by the learning rate.",
        """
def sgd_step(parameter, gradient, lr):
    return parameter - gradient / lr
""",
        must="divided by lr | divided by the learning | 1/lr | inverse | divides",
        must_not="not used",
    ),
    Coding(
        "sgd_step",
        "The gradient is normalised to length 1.",
        """
def sgd_step(parameter, gradient, lr):
    return parameter - lr * gradient / np.linalg.norm(gradient)
""",
        must="length | norm | unit | size of the gradient | double | clip",
    ),
    Coding(
        "sgd_step",
        "Only the sign of the gradient is used.",
        """
def sgd_step(parameter, gradient, lr):
    return parameter - lr * np.sign(gradient)
""",
        must="sign of | signSGD | size of the gradient | double",
    ),
    Coding(
        "sgd_step",
        "The gradient is divided by the number of rows, as if by the batch size.",
        """
def sgd_step(parameter, gradient, lr):
    return parameter - lr * gradient / len(gradient)
""",
        must="rows | len | first axis | divided | factor | N | number of | size of the array",
    ),
    Coding(
        "sgd_step",
        "The learning rate is fixed at 0.01.",
        """
def sgd_step(parameter, gradient, lr=0.01):
    lr = 0.01
    return parameter - lr * gradient
""",
        must="lr | learning rate | 0.01",
    ),
    Coding(
        "sgd_step",
        "The gradient is clipped to [-1, 1].",
        """
def sgd_step(parameter, gradient, lr):
    return parameter - lr * np.clip(gradient, -0.5, 0.5)
""",
        must="clip | large entries | large gradient | cut off",
    ),
    Coding(
        "sgd_step",
        "gradient and lr multiply the parameter: p (1 - lr g).",
        """
def sgd_step(parameter, gradient, lr):
    return parameter * (1 - lr * gradient)
""",
        must="multipl | times the parameter | product | relative",
    ),
)
