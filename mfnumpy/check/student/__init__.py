"""A student's code: read from a file, called with copies and limits, or run in a process of its own."""
