"""Sentences on dense layers, convolutions and pooling."""

TEXT = """
bias_missing: The bias is missing.
bias_added_to_weights: The bias is added to the weights; it belongs to the product.
last_window_dropped: The last window of each row and column is left out.
bias_subtracted: The bias is subtracted.
bias_multiplied: The bias multiplies; it should be added.
bias_twice: The bias is added twice.
bias_averaged: An average of the bias (or of its gradient) is used.
bias_summed: The bias (or its gradient) is summed to one number; each neuron has its own.
bias_in_first_row_only: The bias is added to the first sample only.
bias_outside_sum: The bias is added as many times as there are rows.
bias_wrong_axis: The gradient of the bias is summed over the wrong axis.
bias_not_summed: The gradient of the bias is not summed over the batch.
bias_of_one_row: The gradient of the bias comes from one sample only.
bias_axis_kept: The gradient of the bias keeps the summed axis with length 1.
bias_gradient_is_count: The gradient of the bias does not contain the incoming error.
bias_averaged_over_batch: The gradient of the bias is averaged over the images in place of summed.
bias_averaged_over_places: The gradient of the bias is averaged over the places of the image in place of summed.
rectified: A ReLU is applied; the exercise asks for the pre-activation.
product_missing: The input does not enter.
input_gradient_masked: The gradient at the input is rectified.
input_gradient_zero: The gradient at the input is 0.
outputs_in_another_order: The results come in another order than asked for.
weights_reshaped: The weights are reshaped where they should be transposed.
weights_binarised: Only the signs of the weights are used.
column_order: The numbers of a patch are in another order than the rows of the weights.
weights_in_another_order: The rows of the weights are taken in another order than the numbers of a patch.
row_order: The patches come in another order than image, output row, output column.
kernel_flipped: The kernel is turned by 180 degrees; in deep learning it is not.
kernel_sides_swapped: Height and width of the kernel are exchanged.
stride_missing: The stride is not used.
stride_sides_swapped: Vertical and horizontal stride are exchanged.
stride_is_kernel: The kernel's size is used as the stride.
padding_missing: The padding is missing.
padding_sides_swapped: Vertical and horizontal padding are exchanged.
padding_not_zero: The padding is not with zeros.
padding_on_one_side: The padding is all on one side of the image.
windows_from_the_end: The windows are counted from the far end of the image.
channels_mixed: Channels and places are mixed up: a reshape treats (C, H, W) as (H, W, C).
only_first_channel: Only the first channel is used.
only_first_image: Only the first image of the batch is used.
assigned_for_added: Pixels that several patches share are overwritten; their shares should be added.
divided_by_coverage: Pixels that several patches share are averaged; their shares should be added.
padding_cropped_wrongly: The padding is cut off on the wrong side.
padding_not_cropped: The padding is still on the image.
channels_first: The channels come first; here images are (N, H, W, C).
output_reshaped: The rows are folded back into images in the wrong order of axes.
flat_rows_returned: The result is still flat rows; it should be images.
error_reshaped: The error is flattened to rows in the wrong order of axes.
averaged_over_places: It is averaged over the places of the image as well.
smallest_for_mean: The smallest value of the window is taken in place of the mean.
median_for_mean: The median of the window is taken in place of the mean.
first_of_window: One pixel of each window is taken in place of the mean.
half_of_window: Only one row or column of each window is averaged.
pixels_far_apart: The window gathers pixels that are far apart: the axes of the reshape are in the wrong order.
image_sides_swapped: Height and width of the image are exchanged.
channels_averaged: The channels are averaged as well; each has its own.
windows_overlap: The windows overlap; they should lie side by side.
root_mean_square: This is the root mean square of the window, not the mean.
image_reshaped: A plain reshape cuts the image into runs of numbers, not into windows.
channels_as_rows: Channels are treated as rows of the image.
sum_for_mean: The sum of the window is taken in place of the mean.
divided_by_side: It is divided by the side of the window, not by its number of pixels.
averaged_twice: It is divided by the number of pixels twice.
share_not_divided: Every pixel gets the whole error; it should be shared out over the window.
divided_twice: The error is divided by the number of pixels twice.
one_pixel_gets_all: One pixel of each window gets all; every pixel has its share.
tiled_for_repeated: The image is tiled as a whole; each entry should be repeated in its own window.
not_spread: The error is not spread over the windows: the image is still small.
"""
