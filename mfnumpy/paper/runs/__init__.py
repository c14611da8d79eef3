"""Making runs: the plan, the protocol, and the sweep that makes what is missing."""
