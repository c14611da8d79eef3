"""Sentences on softmax, cross-entropy, goodness and the losses of Forward-Forward."""

TEXT = """
not_shifted: Large scores overflow: the scores are exponentiated as they are.
shifted_wrong_way: The shift against overflow has the wrong sign: it makes large scores larger.
shifted_by_whole_maximum: One number is taken off the whole batch: rows far below it vanish. Each row has its own
  maximum.
shifted_by_column_maximum: The shift is taken over the batch: it differs within a row, and so changes the result.
shifted_by_mean: The shift is a mean, which does not stop the largest scores from overflowing.
shifted_by_minimum: The shift is a minimum, which does not stop the largest scores from overflowing.
scores_clipped: Large scores are clipped: they differ no more, and share the probability.
mean_in_one_part: Only one of the two parts is divided by the batch size.
softmax_over_batch: The softmax runs over the batch, along the wrong axis.
softmax_column_total: The total is taken over the batch, along the wrong axis.
softmax_over_everything: The total is taken over the whole array, not over each row.
not_normalised: Nothing is divided by the total: the result is not normalised.
exponential_missing: The exponential is missing.
wrong_base: The exponential has another base than e.
sign_in_exponent: The sign in the exponent is wrong: the largest score gets the smallest probability.
log_softmax_returned: The logarithm of the probabilities is returned, not the probabilities.
log_softmax_for_softmax: The logarithm of the probabilities is used in place of the probabilities.
softmax_twice: The softmax is applied twice.
softmax_missing: The softmax is missing: scores are treated as if they were (log) probabilities.
sigmoid_for_softmax: Each score goes through a sigmoid of its own, not through a softmax over the classes.
hard_maximum: The largest score gets everything: that is a maximum, not a softmax.
normalised_by_length: It is divided by the length of the row, not by its total.
mean_for_sum_in_softmax: It is divided by the mean of the row, not by its total.
log_of_zero: The logarithm is taken of a probability that has become 0: the loss is infinite or not a number.
epsilon_in_log: A small number inside the logarithm (or a clip) bounds the loss: where it should be large, it is not.
log_without_softmax: The logarithm is taken of the scores themselves.
log_missing: The logarithm is missing.
label_off_by_one: Labels are off by one: they count from 0.
every_class_counted: Every class is counted as if it were the true one: the one-hot label is missing.
prediction_for_label: The predicted class is used in place of the label.
column_of_labels: The index mixes samples: each row uses the labels of the whole batch, not its own.
mean_before_log: The mean over the batch is taken before the logarithm.
log_base_two: The logarithm has base 2.
log_base_ten: The logarithm has base 10.
squared_error_for_cross_entropy: This is the squared error's, not the cross-entropy's.
binary_cross_entropy: This is the binary cross-entropy, one for each class; here the classes exclude each other.
largest_for_mean: The largest value is taken in place of the mean.
probability_weighted_twice: The loss is weighted by the probability once more.
entropy_for_cross_entropy: This is the entropy of the prediction; the label does not enter.
loss_not_reduced: One value for each sample is returned; the mean over the batch is still to be taken.
mean_over_classes: It is divided by the number of classes as well; the mean is over the batch only.
label_missing: The label does not enter.
label_not_one_hot: The label's number is used as a value; it should be one-hot.
label_added: The label is added.
probability_missing: The probabilities do not enter: only the label is left.
jacobian_on_top: The softmax's derivative is applied twice: the simple form already contains it.
diagonal_of_jacobian: The result is multiplied by p (1 - p), as if each class had a sigmoid of its own.
diagonal_only: Only the diagonal is filled; the other entries are not 0.
gradient_at_p: This is the gradient at the probabilities; it has not come back through the softmax.
divided_by_p: The result is divided by the probabilities.
other_classes_only: The true class of each row gets no gradient.
sign_of_error: Only the sign of the error is used, not its size.
square_missing: The squares are missing.
absolute_for_square: Absolute values are summed in place of squares.
square_of_sum: The sum is squared; it should be the squares that are summed.
root_taken: A square root is taken: that is the length, not the goodness.
squared_twice: The square is taken twice.
cubed: The third power is taken in place of the second.
summed_over_batch: The sum runs over the batch, not over the neurons.
summed_to_one_number: Everything is reduced to one number; each sample has a goodness of its own.
largest_for_sum: The largest value is taken in place of the sum.
not_summed: The sum over the neurons is missing.
axis_kept: The summed axis is kept with length 1.
last_column_dropped: The last neuron (column) is left out.
first_column_dropped: The first neuron (column) is left out.
variance_for_goodness: The mean is taken off first: that is a variance, not the goodness.
goodness_centred: The mean over the batch is taken off the goodness.
goodness_negated: The sign is wrong: goodness is never negative.
mean_for_sum: The goodness is the mean over the neurons; the exercise asks for the sum.
positive_and_negative_swapped: The roles of positive and negative data are exchanged.
overflow: It overflows where the goodness is far from theta: an exponential of 1000 is infinite.
one_missing: The 1 next to the exponential is missing.
hinge_for_softplus: This is a hinge with a sharp corner, not the smooth loss.
sigmoid_for_softplus: This is a sigmoid, the derivative of the loss, not the loss.
theta_missing: The threshold theta does not enter.
theta_added: The threshold theta has the wrong sign.
theta_for_goodness: The goodness does not enter, only theta.
goodness_squared_again: The goodness is squared again; it is already a sum of squares.
root_of_goodness: A root of the goodness is compared with theta.
divided_by_theta: The distance from theta is divided by theta.
mean_before_loss: The goodness is averaged over the batch before the curve is applied.
squared_error_for_softplus: The squared distance from theta is used in place of the loss.
sigmoid_flipped: The sigmoid runs the wrong way: samples that are already right get the largest gradient.
sigmoid_derivative: This is the derivative of a sigmoid; the loss is derived once too often.
tanh_for_sigmoid: A tanh stands where a sigmoid belongs.
step_for_sigmoid: A hard step stands where a sigmoid belongs.
sigmoid_missing: Every sample has the same weight: the slope of the loss is missing.
loss_for_gradient: This is the loss itself, not its gradient.
exponential_for_sigmoid: An exponential stands where a sigmoid belongs.
times_goodness: The gradient is multiplied by the goodness: the chain rule is applied once too often.
times_distance: The gradient is multiplied by the distance from theta.
gradient_summed: One number is returned; each sample has a gradient of its own.
softmax_over_samples: The samples compete in a softmax; each has a sigmoid of its own.
"""
