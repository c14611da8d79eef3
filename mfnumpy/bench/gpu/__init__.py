"""What a GPU can do with all this, in one command and a given time: `make gpu`, or `python -m mfnumpy.bench.gpu`.

It needs an NVIDIA GPU, NumPy and CuPy; pytest and PyTorch for what they are asked, and no network. The most valuable
comes first, every step in a process of its own, every result in a file as it comes: see `plan.STEPS`.
"""
