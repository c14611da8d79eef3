"""What is said of a change that makes a function right: the place and what is wrong there, never what belongs there."""

from __future__ import annotations

import ast
import re

from mfnumpy.check.source.edits import Edit
from mfnumpy.check.source.reading import Source

LONGEST = 44
"""A longer piece of code is cut."""
OPTIONS = re.compile(r",? *(axis|keepdims)=[^,()]*")
"""What is not shown of a call, unless it is what is wrong."""
ABOUT_OPTIONS = ("axis", "no_axis", "keepdims", "ddof", "option")

SAYS = {
    "returns_early": "the return stands inside the loop: it ends after the first pass, all others are left out",
    "overwritten": "`=` overwrites what came before; the parts should be added up (`+=`)",
    "overwritten_minus": "`=` overwrites what came before; something should be subtracted from it (`-=`)",
    "each_time_anew": "this stands in the loop: it is done anew, or reset, in every pass; it must be done once before",
    "in_the_loop": "this stands after the loop and belongs into it: it must be done in every pass, not once at the end",
    "in_the_loop_first": "this stands before the loop and belongs into it: it must be done anew in every pass",
    "after_the_loop": "this stands in the loop and belongs after it: it must be done once, not in every pass",
    "loop_left": "the loop is left, or a pass is skipped, too early",
    "always": "the condition {what} is wrong: what depends on it must happen in every case",
    "never": "the condition {what} is wrong: what depends on it must never happen",
    "off_by_one": "{around} is {more}",
    "loop_bounds": "the loop {more} ({what})",
    "mask": "the mask {what} does not belong there",
    "changed_early": "this line changes (updates) {what} too early: what comes after uses the new one, and the old "
    "one, from before the update, is needed",
    "division": "it is divided by {what}: this division does not belong there",
    "factor": "it is multiplied by {what}: this factor does not belong there",
    "term": "the term {what} does not belong there",
    "keepdims": "the axis that is summed away must be kept, or not (keepdims), so that rows fit rows",
    "axis": "the axis is the wrong one ({what})",
    "no_axis": "the axis is missing: {what} runs over everything",
    "ddof": "the divisor is wrong: n - 1 and n are exchanged (ddof)",
    "everything": "the condition {what} does not belong there: every entry counts, not only those",
    "nothing": "the condition {what} does not belong there: what it chooses must be chosen nowhere",
    "minus": "the minus sign in {what} does not belong there",
    "sign_between": "the sign is wrong in {what}: plus and minus are exchanged",
    "sides": "the two sides are exchanged in {what}: the order is the wrong way round",
    "needless": "this line should not be there: it changes what is right without it",
    "order": "the order is wrong: this is done too late; {what} comes before it and should come after it",
    "both_old": "both are computed from old values; the second needs the first one's new value, or the other way round",
    "copy_missing": "{what} is the same array, not a copy: a change of one changes the other",
    "old_value": "{what} is the new value there, after the update; the old one, from before it, is needed",
    "added_up": "it accumulates from pass to pass: it is added up (`+=`) where it should be reset, set anew (`=`)",
    "brackets": "the brackets are wrong in {what}: the operations are done in another order (precedence)",
    "power": "the power {what} does not belong there",
    "needless_call": "`{more}` does not belong there ({what}): it is applied once too often",
    "function": "{what} is the wrong function",
    "reshaped": "{what} mixes the order of the axes: reshape turns nothing, and entries land at other places",
    "turned": "{what} is transposed and should not be",
    "negation": "{what} is the opposite (inverted) of what belongs there",
    "count": "{what} counts something else than what is meant",
    "comparison": "the comparison {what} is the wrong one",
    "slice": "{what} is wrong: the bounds of the slice leave something out, at the beginning or at the end",
    "number": "the number {what} is wrong",
    "index_beside": "the index {what} is wrong by one",
    "index_backwards": "the order is wrong: {around} is read from the wrong end (reversed)",
    "index": "the index {what} is wrong in {around}",
    "variable": "{what} is the wrong variable in {around}",
    "operation": "the operation is the wrong one in {what}",
    "targets": "the two results are exchanged",
    "exchanged": "the order is wrong in {what}: the parts are exchanged",
    "arguments": "the arguments of {what} are exchanged",
    "option": "the option {what} is wrong",
    "loop_order": "the loop runs in the wrong order ({what}): it should go the other way round",
    "no_minus": "a minus sign is missing before {what}",
    "layout": "the axes of {what} are in the wrong order (layout: which one counts channels, rows, columns)",
    "flipped": "{what} is the wrong way round: its rows and columns should be read from the other end (flipped)",
    "complement": "{what} and 1 minus it are exchanged",
    "not_turned": "{what} should be transposed",
    "beside": "{what} is {more}",
    "factor_missing": "{what} lacks a factor: {more} is missing there",
    "divisor_missing": "{what} should be divided by {more}",
    "term_missing": "a term is missing beside {what}",
    "count_missing": "{what} {more}",
    "mask_missing": "a mask is missing at {what}: the slope of the ReLU",
    "relu_missing": "the ReLU is missing at {what}: negative values must become 0",
    "curve_missing": "{more} is missing: {what} is used as it is",
    "reduction_missing": "a {more} is missing around {what}",
}
"""What is wrong, by the kind of the change that mends it; of several changes that do, the first kind here is told."""
KINDS = tuple(SAYS)


def told(source: Source, edit: Edit, parent: ast.AST | None) -> str:
    """The place and what is wrong there, in one line.

    source: the student's code.
    edit: the change that makes it right.
    parent: what the changed piece stands in.
    """
    says = SAYS[edit.kind]
    cut = (lambda text: text) if edit.kind in ABOUT_OPTIONS else (lambda text: OPTIONS.sub("", text))
    what = _quoted(cut(source.shown(edit.what or edit.at)))
    around = _quoted(cut(source.shown(parent if parent is not None else edit.at)))
    line = "" if "{" in says.replace("{more}", "") else f" ({_quoted(cut(source.line(edit.at)))})"
    return f"In line {edit.at.lineno} of your code{line}: {says.format(what=what, around=around, more=edit.more)}."


def _quoted(text: str) -> str:
    """A piece of code, cut if it is long."""
    return f"`{text if len(text) <= LONGEST else text[: LONGEST - 3].rstrip() + '...'}`"
