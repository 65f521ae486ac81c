"""Tables that break such programs: each trains with a word, or is refused with one."""

from __future__ import annotations

import datetime
import math
import random
import uuid

import numpy as np
import pyarrow as pa
import pytest

from mlops_desktop.domain.errors import InvalidInputError, NotFoundError, TrainingError
from mlops_desktop.domain.runs import RunSpec, Split

BOOSTERS = ["lightgbm", "hist_gradient_boosting"]
KINDS = [*BOOSTERS, "linear", "random_forest"]


def with_column(table: pa.Table, name: str, values: object) -> pa.Table:
    return table.append_column(name, pa.array(values))


def with_target(table: pa.Table, values: object) -> pa.Table:
    return table.set_column(table.column_names.index("churned"), "churned", pa.array(values))


QUICK = {"random_forest": {"trees": 20}, "linear": {}, **{name: {"iterations": 20} for name in BOOSTERS}}
"""Parameters of a fit that takes a tenth of a second."""


def spec(algorithm: str = "lightgbm", **options) -> RunSpec:
    params = {"trees": 20} if algorithm == "random_forest" else {}
    return RunSpec("churned", algorithm, params=params, **options)


def test_one_class_is_refused_with_its_name_and_count(train, customers):
    with pytest.raises(TrainingError, match=r"“churned” has only one class: all 200 rows are “no”"):
        train(with_target(customers(200), ["no"] * 200), spec())


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_class_of_one_row_is_named_and_its_score_is_no_zero(train, customers, algorithm):
    table = with_target(customers(200), ["no"] * 199 + ["yes"])
    trained = train(table, spec(algorithm, split=Split("cross_validation")))
    assert "“yes” of “churned” has only 1 row" in trained.said
    assert trained.metrics["roc_auc"] == 0.5
    assert "ROC AUC is the mean of 1 of 5 folds, undefined on 4" in trained.said


def test_a_constant_target_is_refused_as_constant(train, rentals):
    table = rentals().drop_columns("rentals").append_column("rentals", pa.array([7.5] * 400))
    with pytest.raises(TrainingError, match=r"“rentals” is constant: it is 7.5 in all 400 rows"):
        train(table, RunSpec("rentals"))


def test_a_column_without_values_is_left_out_and_named(train, customers):
    trained = train(with_column(customers(), "bonus", pa.nulls(300, pa.float64())), spec())
    assert trained.facts.left_out == {"bonus": "no values"}
    assert "“bonus” left out: it has no value in any row" in trained.said
    assert not next(i for i in trained.signature.inputs if i.name == "bonus").required


def test_rows_without_target_are_left_out_and_counted(train, customers):
    values = [None if i % 10 == 0 else v for i, v in enumerate(customers()["churned"].to_pylist())]
    trained = train(with_target(customers(), values), spec())
    assert (trained.facts.rows_used, trained.facts.rows_without_target) == (270, 30)
    assert [c.label for c in trained.facts.classes] == ["no", "yes"]


def test_one_row_is_refused_with_what_is_needed(train, customers):
    with pytest.raises(TrainingError, match=r"only 1 row to learn from.*At least 10 rows"):
        train(customers(1), spec())


@pytest.mark.parametrize("algorithm", KINDS)
def test_more_columns_than_rows_train_with_a_warning(train, algorithm):
    random = np.random.default_rng(0)
    columns = {f"g{i}": random.normal(size=30) for i in range(200)}
    table = pa.table({**columns, "churned": random.choice(["no", "yes"], 30)})
    trained = train(table, spec(algorithm))
    assert "more columns (200) than rows (30)" in trained.said
    assert len(trained.signature.inputs) == 200


def test_equal_rows_on_both_sides_of_a_split_are_counted(train, customers):
    table = pa.concat_tables([customers(100)] * 4)
    trained = train(table, spec())
    assert "80 of 80 rows of test stand in the training rows too" in trained.said


def test_equal_rows_of_all_folds_are_said_once(train, customers):
    table = pa.concat_tables([customers(100)] * 4)
    trained = train(table, spec(split=Split(method="cross_validation")))
    assert trained.said.count("stand in the training rows too") == 1
    assert " of 400 rows of the folds stand in the training rows too" in trained.said


def test_many_rare_classes_are_one_warning_that_counts_them(train, customers):
    rare = [f"kind {row}" if row < 9 else ("a", "b")[row % 2] for row in range(300)]
    trained = train(with_target(customers(), rare), spec())
    assert [w.code for w in trained.reporter.warnings].count("rare_class") == 1
    assert (
        "9 classes of “churned” have fewer than 10 rows (“kind 0” 1, " in trained.said
        and "and 4 more)" in trained.said
    )


def test_a_model_that_learned_nothing_is_called_no_better_than_none(train, customers):
    dice = random.Random(3)
    table = pa.table(
        {"noise": [dice.random() for _ in range(300)], "sales": [dice.random() for _ in range(300)]}
    )
    trained = train(table, RunSpec("sales"))
    assert "is no better than without a model: always saying the mean of the target gets" in trained.said
    assert "no better" not in train(customers(), spec()).said


def test_an_identifier_is_left_out_and_named(train, customers):
    keys = [str(uuid.UUID(int=i * 7919)) for i in range(300)]
    trained = train(with_column(customers(), "key", keys), spec())
    assert trained.facts.left_out == {"key": "identifier"}
    assert trained.facts.inputs_after_encoding <= 20


@pytest.mark.parametrize("algorithm", KINDS)
def test_an_identifier_that_is_asked_for_makes_no_column_a_row(train, customers, algorithm):
    keys = [str(uuid.UUID(int=i * 7919)) for i in range(300)]
    trained = train(with_column(customers(), "key", keys), spec(algorithm, keep_identifiers=True))
    assert "key" in trained.facts.features
    assert trained.facts.inputs_after_encoding < 30


@pytest.mark.parametrize("algorithm", KINDS)
def test_names_that_boosters_refuse_come_back_letter_by_letter(train, customers, algorithm):
    odd = ["age [years]", 'plan: "type"', "member, of us", "{since}\n", "churned"]
    trained = train(customers().rename_columns(odd), spec(algorithm))
    assert [i.name for i in trained.signature.inputs] == odd[:-1]
    assert trained.evaluation.importance is not None
    assert set(trained.evaluation.importance.names) == set(odd[:-1])


@pytest.mark.parametrize("algorithm", KINDS)
def test_two_names_that_differ_by_a_blank_stay_two(train, algorithm):
    random = np.random.default_rng(0)
    one, two = random.normal(size=(2, 400))
    table = pa.table({"a b": one, "a_b": two, "churned": np.where(one - two > 0, "yes", "no")})
    trained = train(table, spec(algorithm))
    assert trained.metrics["accuracy"] > 0.9
    rows = [[2.0, -2.0], [-2.0, 2.0]]
    turned = trained.scorer.score(trained.scorer.from_rows(["a_b", "a b"], rows), 2).values
    assert trained.scorer.score(trained.scorer.from_rows(["a b", "a_b"], rows), 2).values == turned[::-1]


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_missing_boolean_is_a_third_state(train, customers, algorithm):
    table = customers()
    member = table["member"].to_pylist()
    target = ["yes" if m is None or (m and i % 2) else "no" for i, m in enumerate(member)]
    trained = train(with_target(table, target), spec(algorithm))
    row = {"age": 40, "plan": "pro", "since": "2015-01-01"}
    records = [{**row, "member": value} for value in (True, False, None)]
    _, columns = trained.scorer.from_records(records)
    assert len(set(trained.scorer.score(columns, 3).outputs[:, 1])) == 3
    assert next(i for i in trained.signature.inputs if i.name == "member").may_be_missing


@pytest.mark.parametrize("algorithm", KINDS)
def test_dates_far_away_and_missing_train(train, customers, algorithm):
    days = [datetime.date(1066 + i * 29, 10, 14) for i in range(299)] + [None]
    trained = train(with_column(customers(), "battle", days), spec(algorithm))
    entry = next(i for i in trained.signature.inputs if i.name == "battle")
    assert (entry.minimum, entry.maximum) == ("1066-10-14", "9708-10-14")


def test_days_that_no_calendar_of_python_reaches_train_and_score(train, customers):
    days = pa.array([-1_500_000 + row * 20_000 for row in range(299)] + [2**31 - 1], pa.int32()).cast(
        pa.date32()
    )
    trained = train(with_column(customers(), "battle", days), spec("linear"))
    entry = next(i for i in trained.signature.inputs if i.name == "battle")
    assert (entry.minimum, entry.maximum[:7]) == ("-2137-02-21", "289450-")


@pytest.mark.parametrize("algorithm", KINDS)
def test_infinite_values_are_counted_and_taken_as_missing(train, customers, algorithm):
    values = [math.inf if i < 5 else float(i % 17) for i in range(300)]
    trained = train(with_column(customers(), "spend", values), spec(algorithm))
    assert "spend: 5 infinite values taken as missing" in trained.said


def test_infinite_values_are_refused_if_the_person_chose_so(train, customers):
    values = [math.inf if i < 5 else float(i % 17) for i in range(300)]
    with pytest.raises(TrainingError, match="“spend” has 5 infinite values"):
        train(with_column(customers(), "spend", values), spec(infinite="refuse"))


@pytest.mark.parametrize("algorithm", KINDS)
def test_numbers_near_the_largest_train(train, customers, algorithm):
    values = [1e308 * (1 if i % 2 else -1) for i in range(300)]
    assert train(with_column(customers(), "huge", values), spec(algorithm)).metrics["accuracy"] > 0


@pytest.mark.parametrize("algorithm", BOOSTERS)
def test_values_that_single_precision_confuses_are_told_apart(train, algorithm):
    random = np.random.default_rng(0)
    small = random.integers(0, 100, 1000)
    table = pa.table({"at": 1_600_000_000 + small, "churned": np.where(small % 2 == 0, "yes", "no")})
    trained = train(table, RunSpec("churned", algorithm, params={"min_rows_in_leaf": 1, "max_leaves": 100}))
    assert trained.metrics["accuracy"] > 0.95


@pytest.mark.parametrize(
    ("labels", "positive"),
    [([False, True], True), (["0", "1"], "1"), ([2, 1], 1), (["non ", "résilié, oui"], "résilié, oui")],
)
def test_labels_come_back_with_their_type_and_letters(train, customers, labels, positive):
    values = [labels[int(v == "yes")] for v in customers()["churned"].to_pylist()]
    trained = train(
        with_target(customers(), values), RunSpec("churned", positive_class=str(positive).replace("T", "t"))
    )
    assert trained.signature.positive == positive
    assert type(trained.signature.positive) is type(positive)
    _, columns = trained.scorer.from_records([{"age": 30, "plan": "pro", "member": None, "since": None}])
    assert trained.scorer.score(columns, 1).values[0] in labels


@pytest.mark.parametrize("words", [("no", "yes"), ("N", "Y"), ("Nein", "Ja"), ("off", "ON")])
def test_yes_and_no_come_back_in_the_words_of_the_person(train, customers, words):
    values = [v == "yes" for v in customers()["churned"].to_pylist()]
    trained = train(with_target(customers(), values), spec(), {"churned": words})
    assert (trained.facts.positive_class, trained.signature.output_type) == (words[1], "text")
    assert [c.label for c in trained.facts.classes] == list(words)
    _, columns = trained.scorer.from_records([{"age": 30, "plan": "pro", "member": None, "since": None}])
    assert trained.scorer.score(columns, 1).values[0] in words


@pytest.mark.parametrize(("asked", "looked_for"), [("false", "no"), ("no", "no"), ("true", "yes")])
def test_a_class_that_was_asked_for_as_true_or_false_is_found_among_the_words(
    train, customers, asked, looked_for
):
    values = [v == "yes" for v in customers()["churned"].to_pylist()]
    trained = train(with_target(customers(), values), spec(positive_class=asked), {"churned": ("no", "yes")})
    assert trained.facts.positive_class == looked_for


def test_true_is_the_positive_class_unless_another_is_chosen(train, customers):
    values = [v == "yes" for v in customers()["churned"].to_pylist()]
    table = with_target(customers(), values)
    assert train(table, spec()).facts.positive_class == "true"
    assert train(table, spec(positive_class="false")).facts.positive_class == "false"


def test_a_positive_class_that_is_none_is_refused_with_those_there_are(train, customers):
    with pytest.raises(InvalidInputError, match=r"no class “maybe”.*“no” and “yes”"):
        train(customers(), spec(positive_class="maybe"))


def test_a_score_is_undefined_on_folds_of_one_class(train, customers):
    target = ["no"] * 30 + ["yes"] * 30
    trained = train(with_target(customers(60), target), spec(split=Split("cross_validation", shuffle=False)))
    values = trained.facts.fold_values["roc_auc"]
    assert [math.isnan(v) for v in values] == [True, True, False, True, True]
    assert "ROC AUC is the mean of 1 of 5 folds" in trained.said


def test_a_score_that_no_fold_gives_is_nan_with_its_reason(train, customers):
    target = ["no"] * 150 + ["yes"] * 150
    trained = train(
        with_target(customers(300), target), spec(split=Split("cross_validation", folds=2, shuffle=False))
    )
    assert math.isnan(trained.metrics["roc_auc"])
    assert "undefined on 2 of 2 folds" in trained.facts.undefined["roc_auc"]


def test_a_class_that_training_never_had_is_never_predicted_and_named(train, customers):
    days = [datetime.datetime(2020, 1, 1) + datetime.timedelta(days=i) for i in range(300)]
    target = ["a", "b"] * 140 + ["c"] * 20
    table = with_column(with_target(customers(), target), "at", days)
    trained = train(table, spec(split=Split("time", time_column="at", test_share=0.07)))
    assert "No training row is “c”" in trained.said
    assert "c" not in set(trained.scorer.decide(np.eye(3)[:2]))


def test_whole_numbers_that_differ_beyond_the_precision_of_a_model_are_named(train, customers):
    values = [2**63 - 1 - i % 7 for i in range(300)]
    trained = train(with_column(customers(), "big", values), spec())
    assert "“big” left out: its values differ, if at all, only beyond the 15 digits" in trained.said


def test_a_label_that_is_infinite_is_no_class(train, customers):
    values = [1.5 if v == "yes" else 2.5 for v in customers()["churned"].to_pylist()]
    trained = train(with_target(customers(), [math.inf] * 30 + values[30:]), spec())
    assert "churned: 30 rows with an infinite target left out" in trained.said
    assert [c.label for c in trained.facts.classes] == ["1.5", "2.5"]


@pytest.mark.parametrize("values", [[math.inf, None], [math.inf, -math.inf]])
def test_a_column_of_infinite_values_alone_is_left_out_and_named(train, customers, values):
    trained = train(with_column(customers(), "odd", values * 150), spec("hist_gradient_boosting"))
    assert trained.facts.left_out == {"odd": "no values"}
    assert "“odd” left out: it has no finite value in any row" in trained.said


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_column_without_values_in_the_training_rows_of_a_fold_trains(train, customers, algorithm):
    values = [None if row < 150 else float(row) for row in range(300)]
    split = Split("cross_validation", folds=2, shuffle=False)
    trained = train(
        with_column(customers(), "late", values),
        RunSpec("churned", algorithm, params=QUICK[algorithm], split=split),
    )
    assert trained.metrics["accuracy"] > 0.5


def test_rows_that_are_each_a_class_of_their_own_are_refused_as_that(train, customers):
    with pytest.raises(TrainingError, match=r"Each of the 300 rows has a class.*import this one as numbers"):
        train(with_target(customers(), [f"{row / 7:.3f}" for row in range(300)]), spec())


@pytest.mark.parametrize("written", ["{}", "{}.5%", "$ 1,{}00"])
def test_numbers_written_as_text_are_classes_with_a_word(train, customers, written):
    values = [written.format(row % 20) for row in range(300)]
    trained = train(with_target(customers(), values), spec("baseline"))
    assert "“churned” is text, though every value is a number: its 20 values" in trained.said


@pytest.mark.parametrize("algorithm", KINDS)
@pytest.mark.parametrize(("offset", "scale"), [(0, 1e-12), (1.6e12, 1e2)])
def test_numbers_of_any_size_are_predicted_as_well(train, rentals, algorithm, offset, scale):
    table = rentals()
    numbers = table["rentals"].to_numpy()
    spec = RunSpec("rentals", algorithm, params=QUICK[algorithm])
    moved = table.set_column(3, "rentals", pa.array(numbers * scale + offset))
    assert abs(train(moved, spec).metrics["r2"] - train(table, spec).metrics["r2"]) < 1e-3


def test_a_target_that_is_too_large_to_be_squared_is_refused_with_its_row(train, rentals):
    table = rentals()
    numbers = [*table["rentals"].to_pylist()[:-1], 1e200]
    with pytest.raises(TrainingError, match=r"“rentals” is 1e\+200 in row 400") as caught:
        train(table.set_column(3, "rentals", pa.array(numbers)), RunSpec("rentals"))
    assert caught.value.where.row == 400


@pytest.mark.parametrize("algorithm", KINDS)
@pytest.mark.parametrize(("offset", "scale"), [(0, 1e-310), (1e15, 1)])
def test_features_of_any_size_are_told_apart(train, algorithm, offset, scale):
    small = np.arange(200) * 37 % 100
    target = np.where(small > 50, "yes", "no")
    trained = train(
        pa.table({"at": offset + small * scale, "churned": target}),
        RunSpec("churned", algorithm, params=QUICK[algorithm]),
    )
    assert trained.metrics["accuracy"] > 0.9


def test_a_text_of_many_letters_takes_no_memory_in_the_other_rows(train, customers):
    table = pa.concat_tables([customers()] * 20)
    texts = ["z" * 2_000_000, *(["abcdefgh"[row % 8] for row in range(table.num_rows - 1)])]
    trained = train(with_column(table, "letter", texts), spec("baseline", split=Split(group="letter")))
    assert trained.facts.left_out == {"letter": "keeps groups together"}


def test_rows_without_a_time_are_counted_where_the_split_is_by_time(train, rentals):
    table = rentals()
    times = [None if row % 4 == 0 else v for row, v in enumerate(table["at"].to_pylist())]
    trained = train(
        table.set_column(0, "at", pa.array(times)),
        RunSpec("rentals", "linear", split=Split("time", time_column="at")),
    )
    assert "100 of 400 rows have no time: they are in neither training nor test" in trained.said


@pytest.mark.parametrize("again", [lambda v: v, lambda v: 32 + 1.8 * v])
def test_a_feature_that_is_the_target_is_named(train, rentals, again):
    table = rentals()
    copied = table.append_column("copy", pa.array(again(table["rentals"].to_numpy())))
    assert [
        w.column for w in train(copied, RunSpec("rentals", "linear")).reporter.warnings if w.code == "leak"
    ] == ["copy"]


def test_a_feature_with_a_value_for_each_class_is_named(train, customers):
    copy = [{"yes": 1, "no": 0}[v] for v in customers()["churned"].to_pylist()]
    assert (
        "“copy” has a value of its own for each class"
        in train(with_column(customers(), "copy", copy), spec("linear")).said
    )
    assert "value of its own" not in train(customers(), spec("linear")).said


def test_a_target_that_is_not_there_is_refused(train, customers):
    with pytest.raises(NotFoundError, match="no column “gone”"):
        train(customers(), RunSpec("gone"))


def test_nothing_to_learn_from_is_refused_with_the_reasons(train, customers):
    with pytest.raises(TrainingError, match=r"No column is left to learn from.*age: ignored"):
        train(customers(), spec(ignored=["age", "plan", "member", "since"]))
