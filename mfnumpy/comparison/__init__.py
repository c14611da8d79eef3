"""The main job: every learning rule on the same network, data and seeds; its page and its pictures."""
