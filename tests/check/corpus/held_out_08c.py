"""Held out, for measuring only: mistakes in free codings of avgpool_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "avgpool_backward",
        "Each error is repeated, but not divided.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    return dy.repeat(PH, axis=1).repeat(PW, axis=2)
""",
        must="not divided | shared out | whole error | not shared | size^2 | number of pixels | 1/4",
    ),
    Coding(
        "avgpool_backward",
        "np.tile in place of np.repeat: the whole image is put next to itself.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    return np.tile(dy, (1, PH, PW, 1)) / (PH * PW)
""",
        must="tile | whole image | as a whole | own window",
    ),
    Coding(
        "avgpool_backward",
        "Height and width are exchanged on the way back.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    dx = np.repeat(np.repeat(dy, PH, axis=1), PW, axis=2) / (PH * PW)
    return dx.transpose(0, 2, 1, 3)
""",
        must="transpos | height | exchang | swap | rows and columns | axes | width",
    ),
    Coding(
        "avgpool_backward",
        "A fixed window of 2: 4 in place of the window's size.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    return np.repeat(np.repeat(dy, PH, axis=1), PW, axis=2) / 4
""",
        must="constant | always 4 | fixed | / 4 | by 4 | 2 x 2 | size is not",
    ),
    Coding(
        "avgpool_backward",
        "i % OH in place of i // PH: the wrong window is read.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * PH, OW * PW, C))
    for i in range(OH * PH):
        for j in range(OW * PW):
            dx[:, i, j] = dy[:, i % OH, j % OW] / (PH * PW)
    return dx
""",
        must="tile | whole image | as a whole | modul | own window | wrong window",
    ),
)
