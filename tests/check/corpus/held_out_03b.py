"""Held out, for measuring only: mistakes in free codings of sgd_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "sgd_step",
        "Plus in place of minus: a step uphill.",
        """
def sgd_step(parameter, gradient, lr):
    return parameter + gradient * lr
""",
        must="sign | plus | uphill | climb | minus",
    ),
    Coding(
        "sgd_step",
        "The learning rate is ignored.",
        """
def sgd_step(parameter, gradient, lr):
    return parameter - gradient
""",
        must="lr | learning rate",
    ),
    Coding(
        "sgd_step",
        "The change is returned, not the new parameter.",
        """
def sgd_step(parameter, gradient, lr):
    return -lr * gradient
""",
        must=(
            "step is returned | change is returned | change itself | without the parameter | not depend on "
            "parameter | not change when parameter | not the new parameter | in place of the new"
        ),
    ),
    Coding(
        "sgd_step",
        "Weight decay of 0.01 is built in.",
        """
def sgd_step(parameter, gradient, lr):
    weight_decay = 0.01
    return parameter - lr * (gradient + weight_decay * parameter)
""",
        must="decay | 0.01 | shrink | regulari | parameter itself | L2",
    ),
    Coding(
        "sgd_step",
        "A running mean: the parameter is scaled by 1 - lr, and lr times the gradient is added.",
        """
def sgd_step(parameter, gradient, lr):
    return (1 - lr) * parameter + lr * gradient
""",
        must="running mean | mixed | 1 - lr | shrink | decay | scaled | average",
    ),
    Coding(
        "sgd_step",
        "gradient and parameter are exchanged in the list of arguments.",
        """
def sgd_step(gradient, parameter, lr):
    return parameter - lr * gradient
""",
        must="exchang | swap | gradient and parameter | parameter and gradient | order of the arg | other order",
    ),
    Coding(
        "sgd_step",
        "A half of the learning rate is used.",
        """
def sgd_step(parameter, gradient, lr):
    new = np.empty_like(parameter)
    for i in np.ndindex(parameter.shape):
        new[i] = parameter[i] - lr / 2 * gradient[i]
    return new
""",
        must="half | 0.5 | factor 2 | 1/2",
    ),
    Coding(
        "sgd_step",
        "The last entry of the first axis is left out of the loop.",
        """
def sgd_step(parameter, gradient, lr):
    new = parameter.copy()
    for i in range(len(parameter) - 1):
        new[i] = parameter[i] - lr * gradient[i]
    return new
""",
        must="last row | last entry | left out | only ... last",
    ),
)
