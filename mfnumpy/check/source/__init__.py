"""Where in a student's code the mistake is: one small change after another is tried, until the function is right."""
