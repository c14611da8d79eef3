"""The data sets, as facts: files, addresses, checksums, shapes, classes, licences.

No code that reads anything.
"""

from __future__ import annotations

from data_utils import class_names as names_of
from data_utils.source import RemoteFile, Source
from mfnumpy.choices import INPUT_SCALING
from mfnumpy.errors import unknown_name


def _idx_files(urls: tuple[str, ...], checks: dict[str, tuple[str, str]]) -> tuple[RemoteFile, ...]:
    return tuple(
        RemoteFile(f"{name}.gz", tuple(f"{u}{name}.gz" for u in urls), md5, 40_000_000, sha256)
        for name, (md5, sha256) in checks.items()
    )


IDX_MEMBERS = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)

_MNIST = Source(
    name="mnist",
    title="MNIST handwritten digits",
    kind="image",
    samples=(60_000, 10_000),
    sample_shape=(28, 28, 1),
    class_names=names_of.DIGITS,
    scaling=INPUT_SCALING.of("mnist"),
    largest=255.0,
    licence="CC BY-SA 3.0",
    citation="LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition. Proc. IEEE 1998",
    used_for="Table 2 (CNN), Table 3 (MLP 2x1000), Tables 4 and 5",
    files=_idx_files(
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        {
            "train-images-idx3-ubyte": (
                "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            "train-labels-idx1-ubyte": (
                "d53e105ee54ea40749a09fcbcd1e9432",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
            "t10k-images-idx3-ubyte": (
                "9fb629c4189551a2d022fa330f9573f3",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            "t10k-labels-idx1-ubyte": (
                "ec29112dd5afa0611ce80d1b7f02629c",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        },
    ),
    members=IDX_MEMBERS,
    folders=("mnist", "MNIST", "MNIST/raw"),
)

_FASHION = Source(
    name="fashion_mnist",
    title="Fashion-MNIST articles of clothing",
    kind="image",
    samples=(60_000, 10_000),
    sample_shape=(28, 28, 1),
    class_names=names_of.CLOTHING,
    scaling=INPUT_SCALING.of("fashion_mnist"),
    largest=255.0,
    licence="MIT",
    citation="Xiao, Rasul, Vollgraf: Fashion-MNIST: a novel image dataset. arXiv:1708.07747, 2017",
    used_for="Table 2 (CNN), Table 3 (MLP 2x1000)",
    files=_idx_files(
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        {
            "train-images-idx3-ubyte": (
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            ),
            "train-labels-idx1-ubyte": (
                "25c81989df183df01b3e8a0aad5dffbe",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            ),
            "t10k-images-idx3-ubyte": (
                "bef4ecab320f06d8554ea6380940ec79",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            ),
            "t10k-labels-idx1-ubyte": (
                "bb300cfdad3c16e7a12a480ee83cd310",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ),
        },
    ),
    members=IDX_MEMBERS,
    folders=("fashion_mnist", "fashion-mnist", "FashionMNIST/raw"),
    system_folder="/usr/share/datasets/fashion-mnist",
)

_CIFAR_CITATION = "Krizhevsky: Learning multiple layers of features from tiny images. Tech. report, Toronto 2009"
_CIFAR_LICENCE = "none stated by the authors; free for research, cite the report"

_CIFAR10 = Source(
    name="cifar10",
    title="CIFAR-10 small photographs",
    kind="image",
    samples=(50_000, 10_000),
    sample_shape=(32, 32, 3),
    class_names=names_of.CIFAR10,
    scaling=INPUT_SCALING.of("cifar10"),
    largest=255.0,
    licence=_CIFAR_LICENCE,
    citation=_CIFAR_CITATION,
    used_for="Table 2 (CNN), Table 3 (MLP 3x2000)",
    files=(
        RemoteFile(
            "cifar-10-binary.tar.gz",
            ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
            "c32a1d4ab5d03f1284b67883e8d87530",
            250_000_000,
        ),
    ),
    members=(
        *(f"cifar-10-batches-bin/data_batch_{i}.bin" for i in range(1, 6)),
        "cifar-10-batches-bin/test_batch.bin",
    ),
    archive="cifar-10-binary.tar",
    folders=("cifar10", "cifar-10"),
)

_CIFAR100 = Source(
    name="cifar100",
    title="CIFAR-100 small photographs, 100 fine or 20 coarse classes",
    kind="image",
    samples=(50_000, 10_000),
    sample_shape=(32, 32, 3),
    class_names=names_of.CIFAR100_FINE,
    scaling=INPUT_SCALING.of("cifar100"),
    largest=255.0,
    licence=_CIFAR_LICENCE,
    citation=_CIFAR_CITATION,
    used_for="Table 2 (CNN), Table 3 (MLP 3x2000)",
    files=(
        RemoteFile(
            "cifar-100-binary.tar.gz",
            ("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",),
            "03b5dce01913d631647c71ecec9e9cb8",
            250_000_000,
        ),
    ),
    members=("cifar-100-binary/train.bin", "cifar-100-binary/test.bin"),
    archive="cifar-100-binary.tar",
    folders=("cifar100", "cifar-100"),
)

_IMDB = Source(
    name="imdb",
    title="IMDB film reviews",
    kind="text",
    samples=(25_000, 25_000),
    sample_shape=(5_000,),
    class_names=("negative", "positive"),
    scaling=INPUT_SCALING.of("imdb"),
    largest=None,
    licence="none stated by the authors; free for research, cite the paper",
    citation="Maas, Daly, Pham, Huang, Ng, Potts: Learning word vectors for sentiment analysis. ACL 2011",
    used_for="Table 6 (MLP)",
    files=(
        RemoteFile(
            "aclImdb_v1.tar.gz",
            ("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",),
            "7c2ac02c03563afcf9b574c7e56c153a",
            150_000_000,
        ),
    ),
    archive="aclImdb_v1.tar",
    folders=("imdb", "aclImdb"),
    lazy=True,
)

_TRANSACTION = Source(
    name="transaction",
    title="Santander customer transaction prediction",
    kind="table",
    samples=(200_000, 0),
    sample_shape=(200,),
    class_names=("no transaction", "transaction"),
    scaling=INPUT_SCALING.of("transaction"),
    largest=None,
    licence="the rules of the Kaggle competition: not to be passed on",
    citation="Banco Santander: Santander customer transaction prediction. Kaggle, 2019",
    used_for="Table 6 (MLP)",
    files=(
        RemoteFile("train.csv", ("https://www.kaggle.com/c/santander-customer-transaction-prediction/data",), "", 0),
    ),
    members=("train.csv",),
    openml=45566,
    instead=" Kaggle asks for an account; without one, `mfnumpy data fetch transaction` gets the table from OpenML. "
    "For lessons there is 'transaction-synthetic'.",
    folders=("transaction", "santander", "santander-customer-transaction-prediction"),
)

_SYNTHETIC = Source(
    name="transaction-synthetic",
    title="Synthetic twin of the transactions (NOT the real data)",
    kind="table",
    samples=(20_000, 0),
    sample_shape=(200,),
    class_names=_TRANSACTION.class_names,
    scaling=INPUT_SCALING.of("transaction-synthetic"),
    largest=None,
    licence="MIT (made by mfnumpy's own code)",
    citation="generated by data_utils.transaction.synthetic; no measurement of anything",
    used_for="nothing in the paper: a stand-in for lessons and tests",
)

_DIGITS = Source(
    name="digits",
    title="small handwritten digits, 8x8",
    kind="image",
    samples=(1_797, 0),
    sample_shape=(8, 8, 1),
    class_names=names_of.DIGITS,
    scaling=INPUT_SCALING.of("digits"),
    largest=16.0,
    licence="CC BY 4.0",
    citation="Alpaydin, Kaynak: Optical recognition of handwritten digits. UCI repository, 1998 (in scikit-learn)",
    used_for="nothing in the paper: lessons",
)

_BREAST_CANCER = Source(
    name="breast_cancer",
    title="Breast Cancer Wisconsin (diagnostic)",
    kind="table",
    samples=(569, 0),
    sample_shape=(30,),
    class_names=("malignant", "benign"),
    scaling=INPUT_SCALING.of("breast_cancer"),
    largest=None,
    licence="CC BY 4.0",
    citation="Wolberg, Mangasarian, Street, Street: Breast Cancer Wisconsin. UCI repository, 1993 (in scikit-learn)",
    used_for="Table 6 (MLP)",
)

SOURCES: dict[str, Source] = {
    s.name: s
    for s in (
        _DIGITS, _BREAST_CANCER, _MNIST, _FASHION, _CIFAR10, _CIFAR100, _TRANSACTION, _SYNTHETIC, _IMDB
    )
}  # fmt: skip


def names() -> tuple[str, ...]:
    """The names of all data sets, small ones first."""
    return tuple(SOURCES)


def get(name: str) -> Source:
    """The facts about one data set. Raises UnknownNameError, with the nearest name suggested."""
    if name not in SOURCES:
        raise unknown_name("data set", name, SOURCES)
    return SOURCES[name]
