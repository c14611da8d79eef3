"""The experiments of the paper: what each table and figure shows, and the claims that are judged by it."""
