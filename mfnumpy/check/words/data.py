"""Sentences on labels, negatives, predictions, shuffling and accuracy."""

TEXT = """
label_pixels_not_reset: The label is written, but the other label pixels keep their old values.
label_at_the_end: The label is written over the last inputs, not the first.
label_shifted: The label begins one input too late.
label_multiplied: The label multiplies the inputs; it should replace them.
label_appended: The label is put beside the inputs; it should be written over the first of them.
label_only: Only the label is returned; the image is lost.
image_lost: The rest of the image is lost.
classes_counted_in_batch: The number of classes is counted from the labels of the batch, which may lack some.
ten_classes_assumed: Ten classes are assumed.
label_value: The label is not written as a 1.
label_inverted: Ones and zeros of the label are exchanged.
neutral_label: A neutral label is written in place of the sample's own.
first_label_for_all: Every sample gets the first sample's label.
carries_true_label: Negatives must never carry their true label.
one_offset_for_all: Each sample should get a wrong label of its own.
one_wrong_label_per_class: The wrong label should be drawn for each sample.
negatives_not_uniform: The wrong labels are not drawn evenly.
negatives_in_order: The wrong labels are not drawn independently.
label_out_of_range: A label is not one of the classes.
generator_not_used: Chance must come from rng alone, so that a seed repeats a run.
generator_ignored: Every call makes the same choice, whatever rng is.
zero_row_divided: A row of zeros is divided by its length 0.
normalised_over_batch: The length is taken over the batch, along the wrong axis.
normalised_as_a_whole: The length is that of the whole array; each row has its own.
absolute_sum_for_length: The sum of absolute values is taken for the length.
sum_for_length: The sum is taken for the length.
largest_for_length: The largest entry is taken for the length.
spread_for_length: The standard deviation is taken for the length.
standardised_over_batch: Each column is standardised over the batch: that is batch normalisation.
mean_length: All rows are divided by one mean length.
epsilon_too_large: The epsilon is so large that lengths are not 1.
multiplied_by_length: Rows are multiplied by their length.
length_returned: The lengths are returned, not the scaled rows.
sign_returned: Only the signs are returned.
goodness_divided: Rows are divided by the root of their length.
rms_for_length: Rows are scaled to a root mean square of 1, as in Hinton's own code; the exercise asks for length 1.
smallest_for_largest: The smallest score is chosen.
largest_over_samples: The largest is looked for over the samples, along the wrong axis.
largest_of_everything: The largest is looked for in the whole array; each sample has its own.
scores_returned: The scores are returned, not the labels.
largest_score_returned: The largest score is returned, not the class that has it.
one_hot_returned: One-hot rows are returned, not labels.
last_layer_only: Only the last layer is asked; here all layers count.
first_layer_only: Only the first layer is asked.
second_layer_only: Only the second layer is asked.
first_layer_left_out: The first layer is left out.
last_layer_left_out: The last layer is left out.
layer_before_last: The layer before the last is asked.
largest_layer_for_sum: The largest score over the layers is used.
smallest_layer_for_sum: The smallest score over the layers is used.
product_for_sum: The layers' scores are multiplied.
median_for_sum: The median over the layers is used.
softmax_before_sum: A softmax is applied in each layer before the sum; the scores themselves should be added.
tanh_before_sum: The scores go through a tanh before the sum.
squares_summed: The scores are squared before the sum.
majority_vote: The layers vote; their scores should be combined before the choice.
layer_returned: The choice is between layers, not between classes.
all_layers_summed: All layers are summed: that is the FF prediction. Here one layer decides.
pairs_broken: X and y are shuffled separately: rows lose their labels.
only_X_shuffled: Only X is shuffled: rows lose their labels.
only_y_shuffled: Only y is shuffled: rows lose their labels.
not_shuffled: Nothing is shuffled.
drawn_with_replacement: Rows are drawn with replacement: some come twice, others never.
order_not_random: The order is not random.
sorted_for_shuffled: The rows are sorted, not shuffled.
rows_changed: Rows are broken up: a sample's features must stay together.
not_batched: predict must be given a batch at a time: a whole data set may not fit into memory.
last_batch_dropped: The last, smaller batch is dropped.
last_batch_not_counted: The last, smaller batch is not counted, but the division is by all samples.
divided_by_full_batches: The last, smaller batch is counted as if it were full.
mean_of_batch_means: The batches' accuracies are averaged as if all batches were equally large.
batch_divided_by_full_size: Every batch is divided by the full batch size and by the number of whole batches.
last_batch_only: Only the last batch is counted.
first_batch_only: Only the first batch is counted.
first_batch_skipped: The first batch is skipped.
error_for_accuracy: This is the share of wrong predictions.
percent_for_share: The result is in per cent; asked for is a share from 0 to 1.
count_for_share: The right predictions are counted, but not divided by their number.
batches_overlap: The batches overlap.
nonzero_counted: Predictions that are not 0 are counted; they should be compared with the labels.
"""
