"""Speed: ours against PyTorch on the same machine, in alternating rounds, beside the machine's own limit."""
