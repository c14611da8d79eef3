"""Sentences on how a function behaves, on factors, and on mistakes of any gradient."""

TEXT = """
not_written: The function is not written yet.
wrong_signature: The function does not take the arguments of the exercise.
raises: The function raises an exception.
ends_program: The function ends the program in place of returning.
too_slow: The function does not return in time.
uses_too_much_memory: The function needs far more memory than arrays of this size call for.
returns_none: The function returns None.
returns_list: The function returns a list where an array is expected.
wrong_type: The function returns something that is not an array.
wrong_number_of_outputs: The function returns another number of results than expected.
wrong_dtype: The result has a dtype that cannot be right.
wrong_shape: The result has another shape than expected.
not_finite: The result holds NaN or Inf on ordinary numbers.
input_changed: An argument is changed in place.
input_returned: The result shares its memory with an argument.
not_deterministic: Two calls with the same arguments give different answers.
sign_flipped: The sign is the wrong way round: a step would climb in place of descending.
factor_two: There is a factor 2 too many.
factor_half: A factor 2 is missing.
mean_missing: The mean over the batch is missing.
mean_twice: The mean over the batch is taken twice.
lr_missing: The learning rate is not used.
lr_twice: The learning rate is used twice.
scaled_by_batch: There is a factor of the batch size that does not belong here.
scaled_by_size: There is a factor made of a size of the arrays that does not belong here.
scaled_by_width: There is a factor of the layer's width that does not belong here.
scaled_by_root_of_width: It is divided by the square root of the width, which does not belong here.
averaged_again: It is averaged over the batch again; the incoming gradient already carries the mean.
transposed: The values are right, but rows and columns are exchanged.
reshaped_for_transposed: A matrix is reshaped where it should be transposed: the shape fits, the entries are mixed.
mask_missing: The ReLU's slope is missing: neurons that were off must pass no error back.
mask_inverted: The ReLU's mask is inverted: it stops the neurons that were on.
mask_threshold: The ReLU's mask cuts at another threshold than 0.
mask_on_error: The mask looks at the sign of the error; it must look at what the neuron did in the forward pass.
activation_for_mask: The error is multiplied by the activation itself, not by the slope of the activation.
preactivation_for_mask: The error is multiplied by the pre-activation itself, not by the slope there.
sign_for_mask: The error is multiplied by the sign of z: where z is negative it is turned round, not stopped.
leaky_mask: Neurons that were off pass a little of the error: that is the slope of a leaky ReLU.
sigmoid_mask: The slope is a sigmoid's, but the activation is a ReLU.
tanh_mask: The slope is that of tanh, but the activation is a ReLU.
mask_of_batch_mean: The mask is one for the whole batch (from a mean); each sample has its own.
mask_of_any_sample: The mask lets through every neuron that is active for any sample; each sample has its own.
mask_only: The ReLU's slope is returned without the error that should pass through it.
error_missing: The incoming error is not used.
let_through_at_zero: At z = 0 exactly you let the gradient through; the convention here is a slope of 0. Both are
  right.
preactivation_added: The forward pass and the error are added; the slope should multiply the error.
rectified_for_masked: A product was rectified: negative errors of active neurons must pass as well.
zeros_returned: It returns zeros.
mask_added: The error is masked here, but this layer has no activation.
last_sample_dropped: The last sample of the batch is left out.
first_sample_only: Only the first sample of the batch counts.
last_sample_only: Only the last sample of the batch counts; is a sum overwritten in a loop?
averaged_over_batch_early: The batch is averaged too early: before the product or the curve, not after it.
input_rectified: The input is rectified once more.
input_binarised: The input counts by its sign only, not by its size.
input_squared: The input is squared.
input_normalised: The input is scaled to length 1 first; that does not belong here.
input_centred: The mean over the batch is taken off the input; that does not belong here.
input_missing: The input of the layer is not used: every input gets the same gradient.
absolute_value: Signs are lost: an absolute value is taken.
result_rectified: Negative entries of the result are cut off.
squared: The result is squared.
sign_of_gradient: Only the sign of the gradient is used, not its size.
gradient_normalised: The gradient is scaled to length 1.
gradient_clipped: Large entries of the gradient are clipped.
gradient_averaged: Entries of the gradient are averaged that belong to different parameters.
error_binarised: Only the sign of the error is used, not its size.
error_rectified: Negative errors are cut off.
error_squared: The error is squared.
error_normalised: Each sample's error is scaled to length 1.
ff_derivative: The derivative of a goodness of squares is used: that is Forward-Forward's, not Mono-Forward's.
projection_missing: The projection matrix is not used: all neurons get the same error.
projection_reshaped: The projection matrix is reshaped where it should be used as it is, or transposed.
projection_normalised: The projection matrix is scaled to unit rows or columns.
projection_binarised: Only the signs of the projection matrix are used.
softmax_added: A softmax is applied where none belongs.
error_averaged: The error is averaged over the batch before it meets its sample.
target_class_only: Only the error of the true class is sent back; those of the other classes are lost.
activation_missing: The activation does not enter the gradient.
step_for_activation: The activation counts as on or off only, not by its size.
activity_rectified_again: The activation is rectified again; what comes in is already the activation.
activity_centred: A mean is taken off the activation.
goodness_squared: The activation is squared: that is Forward-Forward's goodness, not this one.
rectified_scores: Negative scores are cut off.
scores_squared: The scores are squared.
"""
