"""Sentences on optimisers and on whole training steps."""

TEXT = """
step_returned: The step is returned in place of the new parameter.
update_multiplied: The parameter is multiplied by the step; it should be added.
moved_towards_gradient: The parameter is mixed with the gradient, as a running mean would be.
lr_on_parameter: The learning rate multiplies the parameter.
weight_decay_added: The parameter itself is added to its gradient: that is weight decay, which was not asked for.
gradient_squared: The gradient is squared.
parameter_unchanged: The parameter is not changed.
bias_correction_missing: Both bias corrections are missing: the first steps come out with the wrong size.
first_correction_missing: The first moment's bias correction is missing.
second_correction_missing: The second moment's bias correction is missing.
correction_multiplied: A bias correction multiplies where it should divide.
correction_without_time: The bias correction does not use the time step as a power.
time_from_zero: Time is counted from 0: at the first step the correction divides by 0.
time_from_two: Time is one step ahead.
epsilon_under_root: Epsilon is under the root; it should be outside.
epsilon_missing: Epsilon is missing: a gradient of 0 gives 0/0.
epsilon_misplaced: Epsilon is not where the algorithm has it: where all gradients are tiny, the step has another size.
epsilon_squared_under_root: Epsilon squared is under the root.
epsilon_hat: This is the variant with epsilon-hat (epsilon beside the uncorrected root), which is legitimate.
betas_swapped: beta1 and beta2 are exchanged.
one_beta_for_both: One of the two betas is used for both moments.
default_betas: The betas that were passed in are not used.
old_moments_used: The step uses the moments from before this gradient.
first_moment_unused: The step uses the gradient in place of its running mean.
gradient_uncorrected: The step uses the gradient, not the first moment: that is RMSprop, not Adam.
weights_of_average_swapped: In a running mean, the weights of the old value and the new one are exchanged.
one_minus_beta_missing: In a running mean, the new value has weight 1.
moments_not_decayed: In a running mean, the old value does not decay.
gradient_not_squared: The second moment is not of the squared gradient.
root_missing: The square root is missing.
root_of_first_moment: The root is taken of the first moment as well.
second_moment_unused: The second moment is not used.
corrected_moments_returned: The corrected moments are returned: at the next step they would be corrected again.
largest_second_moment: The larger of the old and new second moment is kept: that is AMSGrad.
infinity_norm: A running maximum is used: that is AdaMax.
projection_updated_first: M is updated before the error goes back through it; the error belongs to the M of the
  forward pass.
weights_updated_first: W is updated before the gradient of M is taken; both belong to the same forward pass.
activation_after_update: The activation handed on comes from the updated weights; the one from before belongs here.
preactivation_handed_on: The pre-activation is handed on in place of the activation.
scores_handed_on: The scores are handed on in place of the activation.
normalised_handed_on: The activation is scaled to length 1 before it is handed on: that is Forward-Forward's.
relu_missing: The ReLU is missing in the forward pass.
other_activation: The forward pass uses another activation than a ReLU.
projection_unchanged: M is not trained.
weights_unchanged: W is not trained.
positive_only: Only the positive data count.
negative_only: Only the negative data count.
negative_sign: The negative half has the wrong sign: its goodness grows.
same_loss_for_both: Both halves use the same loss.
updated_between_halves: The weights are updated between the two halves; both should see the old weights.
mean_missing_in_one_half: The mean over the batch is missing in one of the two halves.
factor_half_of_square_or_mean: A factor 2 is missing: that of the derivative of the square, or the mean was taken over
  both halves together.
factor_two_extra: There is a factor 2 too many.
mean_for_sum_after: The result is divided by the number of neurons.
rectified_output: The last layer is rectified; it should be linear.
layers_in_reverse: The layers come back in reverse order.
mask_on_output: The error of the output is masked, but the last layer is linear.
only_last_layer: Only the last layer is trained.
last_layer_unchanged: The last layer is not trained.
first_layer_unchanged: The first layer is not trained.
only_first_layer: Only the first layer is trained.
averaged_in_every_layer: The mean over the batch is taken in every layer again.
updated_weights_sent_back: The error goes back through weights that are already updated.
error_not_through_weights: The error goes back without the weights.
error_sign: The error changes its sign from layer to layer.
output_error_skips_layers: The error goes through all weights at once, and misses the masks of the layers between.
weights_for_feedback: The error goes back through the weights: that is backpropagation. The feedback matrices are not
  used.
feedback_reshaped: A feedback matrix is reshaped where it should be used as it is.
feedback_binarised: Only the signs of the feedback matrices are used.
feedback_absolute: The feedback matrices lose their signs.
feedback_negated: The feedback has the wrong sign.
feedback_added_to_weights: Feedback and weights are used together; the feedback stands alone.
feedback_in_last_only: Only the topmost hidden layer uses its feedback matrix; the others use the weights.
direct_error: The error of the output is sent down without the masks of the layers between.
feedback_at_top_then_weights: Only the topmost hidden layer gets its direct feedback; below, the error comes through
  weights.
target_for_error: The target is sent back, not the error.
target_part_only: Only the target's part of the error is sent back.
"""
