"""Which test shows each case that is no import: people's tables in training, comparing, window, schedule and scoring.

The case is named by its fault and by what a good product does; `test_steps.py` holds that each named test exists.
"""

from __future__ import annotations

from typing import Final

_BAD = "training/test_bad_tables.py"
_SCORING = "training/test_scoring.py"
_EXPORTING = "training/test_exporting.py"
_TIMES = "service/test_timetable.py"
_DUE = "service/test_due.py"
_CHECKS = "project/test_training_checks.py"

SHOWN_BY: Final[dict[str, tuple[str, ...]]] = {
    "c041a one class": (f"{_BAD}::test_one_class_is_refused_with_its_name_and_count",),
    "c042a a class of one row": (
        f"{_BAD}::test_a_class_of_one_row_is_named_and_its_score_is_no_zero",
        "project/test_datasets.py::test_the_words_for_yes_and_no_are_those_that_the_column_began_with",
    ),
    "c043a a constant target": (
        f"{_BAD}::test_a_constant_target_is_refused_as_constant",
        f"{_BAD}::test_a_target_that_is_too_large_to_be_squared_is_refused_with_its_row",
    ),
    "c044a a column without values": (
        f"{_BAD}::test_a_column_without_values_in_the_training_rows_of_a_fold_trains",
        f"{_BAD}::test_a_column_without_values_is_left_out_and_named",
        f"{_SCORING}::test_a_column_without_values_may_be_in_the_file_or_not",
    ),
    "c045a rows without target": (f"{_BAD}::test_rows_without_target_are_left_out_and_counted",),
    "c046a one row": (
        f"{_BAD}::test_one_row_is_refused_with_what_is_needed",
        f"{_CHECKS}::test_too_few_rows_are_said_before_the_training",
    ),
    "c047a more columns than rows": (
        f"{_BAD}::test_more_columns_than_rows_train_with_a_warning",
        f"{_CHECKS}::test_more_columns_than_rows_are_said_with_both_numbers",
    ),
    "c048a equal rows": (
        f"{_CHECKS}::test_rows_that_are_all_the_same_are_counted",
        f"{_CHECKS}::test_rows_alike_are_counted_beside_others",
        f"{_BAD}::test_equal_rows_on_both_sides_of_a_split_are_counted",
        f"{_BAD}::test_one_class_is_refused_with_its_name_and_count",
    ),
    "c049a identifiers": (
        f"{_BAD}::test_an_identifier_is_left_out_and_named",
        f"{_BAD}::test_an_identifier_that_is_asked_for_makes_no_column_a_row",
    ),
    "c050a names that libraries refuse": (
        f"{_BAD}::test_names_that_boosters_refuse_come_back_letter_by_letter",
    ),
    "c050c names that collide": (f"{_BAD}::test_two_names_that_differ_by_a_blank_stay_two",),
    "c051a names that tools keep": (
        "bundle/test_tables.py::test_a_column_named_prediction_is_kept",
        "bundle/test_tables.py::test_names_that_are_taken_get_a_number",
        "bundle/test_tables.py::test_an_empty_and_a_repeated_name_are_what_an_import_made_of_them",
        f"{_SCORING}::test_columns_that_tools_keep_for_themselves_come_back_unchanged",
    ),
    "c052a booleans with missing": (f"{_BAD}::test_a_missing_boolean_is_a_third_state",),
    "c053a dates as features": (
        f"{_BAD}::test_dates_far_away_and_missing_train",
        f"{_EXPORTING}::test_a_bundle_scores_as_the_run_does",
    ),
    "c054a infinite values": (
        f"{_BAD}::test_a_label_that_is_infinite_is_no_class",
        f"{_BAD}::test_a_column_of_infinite_values_alone_is_left_out_and_named",
        f"{_BAD}::test_infinite_values_are_counted_and_taken_as_missing",
        "store/test_profiles.py::test_infinite_values_are_counted_apart_from_missing_ones",
        f"{_CHECKS}::test_infinite_values_are_named_with_their_column_and_number",
    ),
    "c055a what single precision confuses": (
        f"{_BAD}::test_numbers_of_any_size_are_predicted_as_well",
        f"{_BAD}::test_features_of_any_size_are_told_apart",
        f"{_BAD}::test_values_that_single_precision_confuses_are_told_apart",
        f"{_EXPORTING}::test_onnx_is_refused_where_single_precision_turns_labels",
    ),
    "c056a labels of true and false": (f"{_BAD}::test_labels_come_back_with_their_type_and_letters",),
    "c056c labels of digits as text": (f"{_BAD}::test_labels_come_back_with_their_type_and_letters",),
    "c056f labels with blanks and accents": (
        f"{_BAD}::test_labels_come_back_with_their_type_and_letters",
        f"{_BAD}::test_yes_and_no_come_back_in_the_words_of_the_person",
    ),
    "c057a a score that can't be computed": (
        f"{_BAD}::test_a_score_is_undefined_on_folds_of_one_class",
        f"{_BAD}::test_a_score_that_no_fold_gives_is_nan_with_its_reason",
    ),
    "c058a unseen categories": (
        f"{_EXPORTING}::test_unseen_and_missing_values_are_counted_apart",
        "bundle/test_preparation.py::test_missing_rare_and_unseen_categories_are_told_apart",
    ),
    "c058c values outside the range": (
        "bundle/test_preparation.py::test_values_outside_the_range_seen_are_counted_and_kept",
    ),
    "c059a a column is missing": (
        f"{_SCORING}::test_a_missing_column_is_refused_by_name_and_leaves_no_file",
        f"{_EXPORTING}::test_a_request_that_does_not_fit_gets_400_and_a_sentence",
    ),
    "c060a columns in another order": (
        f"{_SCORING}::test_csv_and_parquet_and_turned_columns_give_equal_predictions",
    ),
    "c061a text in a number": (
        f"{_SCORING}::test_text_in_a_number_is_refused_with_row_and_column",
        "bundle/test_values.py::test_what_is_no_number_is_refused_with_row_and_column",
        "store/test_scoring.py::test_a_file_with_decimal_commas_and_the_day_first_is_scored_as_it_was_trained_on",
    ),
    "c061d a number in a text": (
        f"{_SCORING}::test_a_number_never_stands_for_a_code_with_leading_zeros",
        "bundle/test_values.py::test_json_that_is_no_text_is_not_converted",
    ),
    "c062a file and request": (f"{_EXPORTING}::test_a_bundle_answers_every_form_of_request_alike",),
    "c063a negative zero": (f"{_SCORING}::test_negative_zero_scores_as_zero",),
    "c068a metrics that are no number": (
        "store/test_runs.py::test_a_point_keeps_its_value",
        "store/test_runs.py::test_the_last_value_by_step_stands_for_a_metric_without_a_final_one",
        "store/test_runs.py::test_what_is_no_number_stays_so_in_json",
        "store/test_run_pages.py::test_what_is_no_finite_number_is_sorted_last_both_ways_then_the_newest_first",
    ),
    "c069a many metrics": (
        "store/test_runs.py::test_every_metric_of_many_is_listed_before_and_after_the_end",
        "gui/screens/runs/test_run_state.py::test_a_script_with_hundreds_of_metrics_has_few_tiles_and_the_number_of_the_rest",
    ),
    "c070a every digit": (
        "project/test_datasets.py::test_whole_numbers_of_any_size_are_shown_sorted_and_exported_with_every_digit",
        "project/test_datasets.py::test_whole_numbers_beyond_a_double_are_told_apart_by_a_filter",
    ),
    "c076a the clock changes": (
        f"{_TIMES}::test_a_time_that_does_not_exist_is_taken_after_the_gap_and_said",
        f"{_TIMES}::test_a_time_that_exists_twice_is_taken_the_first_time_and_said",
        f"{_TIMES}::test_a_daily_time_comes_once_on_every_day_of_two_years",
    ),
    "c076d the 31st and 29 February": (
        f"{_TIMES}::test_months_without_the_day_are_skipped_and_named",
        f"{_TIMES}::test_the_29th_of_february_comes_in_leap_years_only",
    ),
    "c077a the service was off": (
        f"{_DUE}::test_a_service_that_was_off_runs_once_and_says_how_late",
        f"{_DUE}::test_many_missed_times_are_caught_up_by_one_run_and_each_leaves_a_line",
    ),
    "c078a runs that overlap": (
        f"{_DUE}::test_each_minute_with_runs_of_three_gives_three_or_four_runs_in_ten_minutes",
        f"{_DUE}::test_a_clock_set_back_repeats_nothing_and_says_so",
    ),
    "c079a curves with gaps": (
        "gui/charts/test_charts.py::test_a_curve_with_nan_first_and_infinity_within_has_a_finite_axis_and_says_what_is_left_out",
        "gui/charts/test_charts.py::test_a_logarithmic_axis_leaves_out_zero",
    ),
    "c080a closing during an import": (
        "gui/test_launch.py::test_a_window_that_closes_during_an_import_ends_well_and_the_import_goes_on",
    ),
    "c082a long and odd names": (
        "gui/test_screens.py::test_names_of_any_length_and_script_are_shown_as_letters_and_nothing_overlaps",
        "gui/widgets/test_widgets.py::test_a_long_text_is_cut_and_told_whole",
    ),
    "c083a numbers of weekdays": (
        f"{_TIMES}::test_zero_and_seven_are_sunday_and_one_is_monday",
        "domain/test_schedules.py::test_numbers_of_weekdays_are_those_of_cron_and_shown_by_name",
    ),
}
"""Id and fault of each case to the tests that show it, as pytest names them below ``tests``."""
