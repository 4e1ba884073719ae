"""The right letter of each multiple-choice item, and what each wrong one is a sign of.

That these letters are right is shown with torch in ``tests/test_reference_questions.py``.
"""

from autograder.compare import same

# by task: the right letter, then the hint that each of the others earns
CHOICES = {
    "quiz_output_size": (
        "b",
        {"size_of_the_sheet": "a", "size_before_the_pool": "c", "size_one_position_lost": "d"},
    ),
    "quiz_parameters": (
        "d",
        {
            "parameters_one_channel": "a",
            "parameters_without_bias": "b",
            "parameters_one_filter": "c",
        },
    ),
    "quiz_max_gradient": (
        "c",
        {"gradient_shared": "a", "gradient_copied": "b", "gradient_times_input": "d"},
    ),
    "quiz_receptive_field": (
        "a",
        {"field_without_stride": "b", "field_summed": "c", "field_stride_too_early": "d"},
    ),
    "quiz_skip_gradient": (
        "d",
        {"skip_forgotten": "a", "skip_halved": "b", "skip_multiplied": "c"},
    ),
    "quiz_frozen_weights": (
        "b",
        {"frozen_without_bias": "a", "frozen_one_class": "c", "frozen_everything": "d"},
    ),
}


def judge(task, letter):
    """Pass if ``letter`` is the right answer to ``task``; a wrong one earns its explanation."""
    right, mistakes = CHOICES[task]
    same(letter, right, mistakes=mistakes)
