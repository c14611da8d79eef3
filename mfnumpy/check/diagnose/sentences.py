"""Sentences that are true of any exercise: how a function behaves, factors, and what is turned round."""

from __future__ import annotations

SENTENCES = {
    "not_written": "The function is not written yet.",
    "wrong_signature": "The function does not take the arguments of the exercise.",
    "raises": "The function raises an exception.",
    "ends_program": "The function ends the program in place of returning.",
    "too_slow": "The function does not return in time.",
    "uses_too_much_memory": "The function needs far more memory than arrays of this size call for.",
    "returns_none": "The function returns None.",
    "returns_list": "The function returns a list where an array is expected.",
    "wrong_type": "The function returns something that is not an array.",
    "wrong_number_of_outputs": "The function returns another number of results than expected.",
    "wrong_dtype": "The result has a dtype that cannot be right.",
    "wrong_shape": "The result has another shape than expected.",
    "not_finite": "The result holds NaN or Inf on ordinary numbers.",
    "input_changed": "An argument is changed in place.",
    "input_returned": "The result shares its memory with an argument.",
    "not_deterministic": "Two calls with the same arguments give different answers.",
    "sign_flipped": "The sign is the wrong way round: a step would climb in place of descending.",
    "sign_wrong": "The sign is the wrong way round.",
    "constant_factor": "There is a constant factor that does not belong here.",
    "lr_divides": "The step is divided by the learning rate.",
    "lr_twice_again": "The learning rate is used three times.",
    "factor_two": "There is a factor 2 too many.",
    "factor_half": "A factor 2 is missing.",
    "mean_missing": "The mean over the batch is missing.",
    "mean_twice": "The mean over the batch is taken twice.",
    "lr_missing": "The learning rate is not used.",
    "lr_twice": "The learning rate is used twice.",
    "scaled_by_batch": "There is a factor of the batch size that does not belong here.",
    "scaled_by_size": "There is a factor made of a size of the arrays that does not belong here.",
    "divided_by_one_less": "A mean is divided by a count that is 1 too small.",
    "divided_by_one_more": "A mean is divided by a count that is 1 too large.",
    "transposed": "It is transposed: the values are right, but rows and columns are exchanged.",
}

LESSONS = {
    "mean_missing": "lesson 3",
    "mean_twice": "lesson 3",
    "transposed": "lesson 1",
    "reshaped_for_transposed": "lesson 1",
    "wrong_shape": "lesson 1",
    "mask_missing": "lesson 1",
    "mask_inverted": "lesson 1",
    "mask_threshold": "lesson 1",
    "not_shifted": "lesson 2",
    "projection_updated_first": "lesson 3",
    "activation_after_update": "lesson 5",
}
"""Where to read on, where that is not the exercise's own lesson."""
