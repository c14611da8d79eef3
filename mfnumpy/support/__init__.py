"""What every room may use: files, signals, seeds, threads, checks of arguments. Nothing of it knows a rule."""
