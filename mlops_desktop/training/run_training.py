"""One training from its input to its artifacts, stage by stage."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from mlops_desktop.bundle.files import MemoryFiles
from mlops_desktop.bundle.scorer import Scorer, shown
from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.algorithms import algorithm, resolved_params
from mlops_desktop.domain.errors import InvalidInputError, NotFoundError, Where
from mlops_desktop.domain.evaluations import Signature
from mlops_desktop.domain.messages import TrainWork
from mlops_desktop.domain.runs import (
    DEFAULT_METRIC,
    METRICS,
    ClassCount,
    MetricInfo,
    RunFacts,
    RunSpec,
    RunWarning,
    Task,
)
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.training.environment import describe_environment, package_versions, usable_threads
from mlops_desktop.training.features import Chosen, choose_features
from mlops_desktop.training.fitting import OnIteration, fitting_params
from mlops_desktop.training.fold_fitting import PartFit, Setting, fit_part, guess_part, predict_part
from mlops_desktop.training.leaking import say_leaks
from mlops_desktop.training.metrics import Scores, mean_over_folds
from mlops_desktop.training.packing import GOLDEN, Description, describe_inputs, golden_rows, pack_model
from mlops_desktop.training.reading import InputTable, read_input
from mlops_desktop.training.reporting import Reporter
from mlops_desktop.training.results import Predicted, evaluate, predictions_table
from mlops_desktop.training.splitting import Plan, Rows, plan_split
from mlops_desktop.training.targets import Target, read_target

_FITS_FROM, _FITS_TO = 0.05, 0.92
"""Fractions of the whole between which the fits lie."""


@dataclass
class _Found:
    """What the stages find, on its way to the facts."""

    predicted: list[Predicted] = field(default_factory=list[Predicted])
    fold_scores: list[Scores] = field(default_factory=list[Scores])
    fold_values: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    scores: Scores = field(default_factory=Scores)


class Training:
    """A training; `run` does all of it.

    Parameters
    ----------
    work : TrainWork
        What to train on what.
    reporter : Reporter
        Where it says how it goes, and where artifacts are written.
    """

    def __init__(self, work: TrainWork, reporter: Reporter) -> None:
        self.work = work
        self.spec = work.spec
        self.reporter = reporter
        self.entry = algorithm(work.spec.algorithm)
        self.params = resolved_params(self.entry, work.spec.params)
        self.found = _Found()

    def run(self) -> tuple[dict[str, float], RunFacts]:
        """Train, judge and save; the final metrics and the facts.

        Raises
        ------
        UserError
            The table can't be trained on as asked, or the fit failed.
        """
        table = self._read()
        target, chosen, plan = self._check(table)
        params = fitting_params(self.spec.algorithm, self.params, set(self.spec.params), len(plan.last.train))
        threads = usable_threads(self.spec.threads, len(target.rows) * len(chosen.features))
        setting = Setting(table, target, chosen.features, self.spec, params, threads)
        with threadpool_limits(threads):
            self._fit_folds(setting, plan)
            final = self._fit_last(setting, plan)
            files = self._pack(setting, final)
            self._test(setting, plan, final, files)
            self._save(setting, final, files)
        facts = self._facts(setting, chosen, plan, final)
        for name, value in self.found.scores.values.items():
            self.reporter.metric(name, value)
        self.reporter.progress(1.0, "Save")
        self.reporter.log("done", f"model saved without pickle: {final.fitted.file}")
        return self.found.scores.values, facts

    def _read(self) -> InputTable:
        self.reporter.stage("Data")
        table = read_input(Path(self.work.input), self.work.columns)
        title = self.spec.data.ref if self.spec.data else Path(self.work.input).name
        self.reporter.stage_done("Data", title, f"{table.rows:,} rows read")
        return table

    def _check(self, table: InputTable) -> tuple[Target, Chosen, Plan]:
        """Target, features and split, each with what is to be said of it."""
        self.reporter.stage("Check")
        said = [RunWarning("changed_data", text) for text in self.spec.changes]
        target = read_target(table, self.spec, said)
        self.metric = main_metric(target.task, self.spec.metric)
        self.reporter.log("info", f"task: {target.task}, {target.reason}")
        if target.task == "binary":
            self.reporter.log("info", f"positive class: {shown(target.labels[1])}")
        chosen = choose_features(table, target.rows, self.spec, said)
        plan = plan_split(self.spec.split, split_rows(table, target, self.spec), self.spec.seed)
        self.reporter.log("info", f"split: {plan.words}")
        if plan.without_time:
            text = f"{plan.without_time:,} of {len(target.rows):,} rows have no time: they are in neither training nor test."
            said.append(RunWarning("no_time", text, count=plan.without_time))
        say_leaks(table, chosen.features, target, said)
        for warning in said:
            self.reporter.warn(warning)
        left_out = [name for name, reason in chosen.left_out.items() if reason != "ignored"]
        note = f"{len(left_out)} left out: {', '.join(left_out[:5])}" if left_out else "all in order"
        self.reporter.stage_done("Check", f"{len(chosen.features)} columns", note)
        self.reporter.progress(_FITS_FROM, "Check")
        return target, chosen, plan

    def _fit_folds(self, setting: Setting, plan: Plan) -> None:
        if not plan.folds:
            return
        self.reporter.stage("Folds")
        names = [part.name for part in plan.folds]
        fits = len(plan.folds) + 1
        repeated = 0
        for number, part in enumerate(plan.folds):
            fitted = fit_part(setting, part, self._progress("Folds", number, fits, None))
            scored, scores = predict_part(setting, part, fitted.scorer(setting))
            self.found.predicted.append(Predicted(part, scored.outputs))
            self.found.fold_scores.append(scores)
            for name, value in scores.values.items():
                self.reporter.metric(f"fold_{name}", value, number)
            word = self._word(scores)
            self.reporter.log("info", f"fold {number + 1} of {len(names)}: {part.name}, {word}")
            repeated += fitted.repeated
        self._say_repeated(repeated, sum(len(part.test) for part in plan.folds), "the folds")
        total, self.found.fold_values = mean_over_folds(self.found.fold_scores, names)
        self.found.scores = total
        self.reporter.stage_done("Folds", f"{len(names)} of {len(names)}", self._spread())

    def _spread(self) -> str:
        """Mean and standard deviation of the main metric over the folds where it is defined."""
        known = [v for v in self.found.fold_values[self.metric.name] if not math.isnan(v)]
        if not known:
            return f"{self.metric.title} undefined"
        return f"{self.metric.title} {np.mean(known):.4g} ± {np.std(known):.2g}"

    def _word(self, scores: Scores) -> str:
        """The main metric in words."""
        value = scores.values[self.metric.name]
        if math.isnan(value):
            return f"{self.metric.title} undefined: {scores.undefined[self.metric.name]}"
        return f"{self.metric.title} {value:.4g}"

    def _fit_last(self, setting: Setting, plan: Plan) -> PartFit:
        self.reporter.stage("Final fit")
        count = len(plan.folds)
        part = plan.last
        fitted = fit_part(setting, part, self._progress("Final fit", count, count + 1, ""))
        self._say_repeated(fitted.repeated, len(part.test), part.name)
        gone = [label for code, label in enumerate(setting.target.labels) if code not in fitted.present]
        if setting.target.task != "regression" and gone:
            names = ", ".join(f"“{shown(label)}”" for label in gone)
            text = f"No training row is {names}: the model never predicts it."
            self.reporter.warn(RunWarning("absent_class", text, setting.target.name, len(gone)))
        word = f"{fitted.fitted.word} on {len(part.train):,} rows"
        self.reporter.stage_done("Final fit", self.entry.title, word)
        return fitted

    def _say_repeated(self, repeated: int, rows: int, part: str) -> None:
        if repeated:
            text = (
                f"{repeated:,} of {rows:,} rows of {part} stand in the training rows too, equal in every feature and "
                "the target: the scores may be too good."
            )
            self.reporter.warn(RunWarning("duplicates", text, count=repeated))

    def _progress(self, stage: str, done: int, fits: int, prefix: str | None) -> OnIteration:
        """Reports each iteration; also its metrics, under `prefix`, unless that is None."""

        def on_iteration(step: int, steps: int, values: dict[str, float]) -> None:
            within = (step + 1) / max(1, steps)
            self.reporter.progress(_FITS_FROM + (_FITS_TO - _FITS_FROM) * (done + within) / fits, stage)
            if prefix is not None:
                for name, value in values.items():
                    self.reporter.metric(prefix + name, value, step)

        return on_iteration

    def _pack(self, setting: Setting, final: PartFit) -> dict[str, bytes]:
        """The model's files, with its golden rows."""
        target, rows = setting.target, setting.target.rows[final.part.train]
        signature = Signature(
            inputs=describe_inputs(setting.table, rows, setting.features, target),
            task=target.task,
            target=target.name,
            output_type="decimal" if target.task == "regression" else target.type,  # pyright: ignore[reportArgumentType]
            labels=target.labels,
            positive=target.labels[1] if target.task == "binary" else None,
        )
        packages = package_versions(["numpy", "scipy", "scikit-learn", "lightgbm", "skops", "narwhals"])
        described = Description(
            signature, final.features, final.present, self.spec.algorithm, packages, final.unit
        )
        files = pack_model(described, final.fitted)
        files[GOLDEN] = golden_rows(files, setting.table, rows)
        return files

    def _test(self, setting: Setting, plan: Plan, final: PartFit, files: dict[str, bytes]) -> None:
        """Judge the saved model, read again from its files; cross-validation has judged by its folds."""
        self.reporter.stage("Test")
        if plan.method == "cross_validation":
            self.reporter.stage_done(
                "Test", self._word(self.found.scores), f"mean of {len(plan.folds)} folds"
            )
        else:
            scorer = Scorer.load(MemoryFiles(files), setting.threads)
            scored, self.found.scores = predict_part(setting, final.part, scorer)
            self.found.predicted.append(Predicted(final.part, scored.outputs))
            note = f"{len(final.part.test):,} rows"
            self.reporter.stage_done("Test", self._word(self.found.scores), note)
        titles = {info.name: info.title for info in METRICS}
        for name, reason in self.found.scores.undefined.items():
            self.reporter.warn(RunWarning("undefined", f"{titles[name]} is {_undefined(reason)}.", name))
        for name, reason in self.found.scores.partial.items():
            self.reporter.warn(RunWarning("partial", f"{titles[name]} is {reason}.", name))
        if self.spec.algorithm != "baseline":
            self._say_no_better(setting.target, plan)

    def _say_no_better(self, target: Target, plan: Plan) -> None:
        """Warn where a metric is no better than what the same rows get without a model."""
        parts = [one.part for one in self.found.predicted]
        parts = parts if plan.method == "cross_validation" else parts[-1:]
        guessed, _ = mean_over_folds(
            [guess_part(target, part) for part in parts], [part.name for part in parts]
        )
        for name in dict.fromkeys([self.metric.name, "rmse" if target.task == "regression" else "log_loss"]):
            info = main_metric(target.task, name)
            value, guess = self.found.scores.values[name], guessed.values[name]
            if value <= guess if info.higher_is_better else value >= guess:  # never so where one is NaN
                what = (
                    "the mean of the target" if target.task == "regression" else "the shares of the classes"
                )
                text = f"{info.title} {value:.4g} is no better than without a model: always saying {what} gets {guess:.4g}."
                self.reporter.warn(RunWarning("no_better", text, name))

    def _save(self, setting: Setting, final: PartFit, files: dict[str, bytes]) -> None:
        self.reporter.stage("Save")
        evaluation = evaluate(setting, final, self.found.predicted, self.found.scores)
        before = len(self.reporter.artifacts)
        for name, data in files.items():
            self.reporter.save(name, "model", data, holds_rows=name == GOLDEN)
        self.reporter.save("evaluation.json", "evaluation", evaluation)
        rows = predictions_table(setting.target, self.found.predicted)
        self.reporter.save("predictions.parquet", "predictions", rows, holds_rows=True)
        size = sum(a.size_bytes for a in self.reporter.artifacts[before:])
        self.reporter.stage_done("Save", f"{len(files) + 2} files", size_words(size))

    def _facts(self, setting: Setting, chosen: Chosen, plan: Plan, final: PartFit) -> RunFacts:
        target = setting.target
        return RunFacts(
            task=target.task,
            task_reason=target.reason,
            rows_read=setting.table.rows,
            rows_used=len(target.rows),
            rows_without_target=target.without,
            train_rows=len(plan.last.train),
            test_rows=sum(len(p.part.test) for p in self.found.predicted[-1:])
            if plan.method != "cross_validation"
            else len(target.rows),
            split_reason=plan.words,
            features=chosen.features,
            left_out=chosen.left_out,
            inputs_after_encoding=len(final.owners),
            classes=class_counts(target),
            positive_class=shown(target.labels[1]) if target.task == "binary" else None,
            main_metric=self.metric.name,
            params=setting.params,
            undefined=self.found.scores.undefined,
            fold_values=self.found.fold_values,
            fold_names=[part.name for part in plan.folds],
            stages=self.reporter.stages,
            environment=describe_environment(self.spec.seed, setting.threads),
            model_runtime=final.fitted.runtime.name,
        )


def _undefined(reason: str) -> str:
    return reason if reason.startswith("undefined") else f"undefined: {reason}"


def main_metric(task: Task, wanted: str) -> MetricInfo:
    """The metric that a run is judged by.

    Raises
    ------
    InvalidInputError
        There is no such metric for the task.
    """
    fitting = [info for info in METRICS if task in info.tasks]
    name = wanted or DEFAULT_METRIC[task]
    for info in fitting:
        if info.name == name:
            return info
    raise InvalidInputError(
        f"“{name}” is no metric for this task.",
        remedy="Take one of " + ", ".join(info.name for info in fitting) + ".",
        where=Where(field="metric"),
    )


def class_counts(target: Target) -> list[ClassCount]:
    """How many rows each class has; empty for numbers."""
    if target.task == "regression":
        return []
    counts = np.bincount(target.values, minlength=len(target.labels))
    return [ClassCount(shown(label), int(count)) for label, count in zip(target.labels, counts, strict=True)]


def split_rows(table: InputTable, target: Target, spec: RunSpec) -> Rows:
    """What a split may look at.

    Raises
    ------
    NotFoundError
        The column of times or of groups isn't there.
    """
    timed = [name for name, role in spec.roles.items() if role == "time" and name in table.columns]
    time_column = spec.split.time_column or (
        timed[0] if timed and spec.split.method in (None, "time") else ""
    )
    times = _column(table, time_column, target.rows, "time_column") if time_column else None
    groups = _column(table, spec.split.group, target.rows, "group") if spec.split.group else None
    if times is not None and times.dtype == object:
        raise InvalidInputError(
            f"“{time_column}” holds text, which does not order rows in time.",
            where=Where(field="time_column"),
        )
    return Rows(target.task, target.values, times, groups)


def _column(table: InputTable, name: str, rows: Array, field_name: str) -> Array:
    if name not in table.columns:
        raise NotFoundError(f"The data has no column “{name}”.", where=Where(column=name, field=field_name))
    return table.columns[name][rows]
