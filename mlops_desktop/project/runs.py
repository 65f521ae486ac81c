"""Verbs of runs: trainings, and what people's own scripts log."""

from __future__ import annotations

from mlops_desktop.domain.algorithms import ALGORITHMS, Algorithm
from mlops_desktop.domain.comparisons import RunComparison
from mlops_desktop.domain.curves import Curve, CurveName
from mlops_desktop.domain.evaluations import Evaluation
from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.references import DatasetRef
from mlops_desktop.domain.run_pages import RunLine, RunPage, RunQuery
from mlops_desktop.domain.runs import Metric, ParamValue, Run, RunSpec, Split
from mlops_desktop.domain.training_checks import TrainingCheck

from .logging import RunLog
from .verb import Group, List, verb


class Runs(Group, group="runs"):
    """Trainings in child processes of the service, and runs that scripts log themselves."""

    @verb(right="view")
    def algorithms(self) -> List[Algorithm]:
        """What can be trained, with parameters and defaults."""
        return List(ALGORITHMS)

    @verb(right="view")
    def list(
        self, limit: int = 0, trashed: bool = False, before: int | None = None, matching: str = ""
    ) -> List[Run]:
        """Runs, newest first.

        Parameters
        ----------
        limit : int
            How many at most; 0: all.
        trashed : bool
            Those in the trash instead.
        before : int, optional
            Only those before this number, for the next page.
        matching : str
            Only those that have this in their number, name or tags.
        """
        return self.store.runs.newest(limit, trashed=trashed, before=before, matching=matching)

    @verb(right="view")
    def page(
        self,
        filter: str = "",
        sort: str = "run",
        descending: bool = True,
        offset: int = 0,
        limit: int = 100,
        trashed: bool = False,
        columns: List[str] = [],
        numbers: bool = False,
    ) -> RunPage:
        """A page of the runs that match a filter, in any order, with how many match.

        Parameters
        ----------
        filter : str
            As ``mae < 140 and data = bikes and not failed``; a word is looked for everywhere.
        sort : str
            ``run``, ``name``, ``algorithm``, ``data``, ``target``, ``task``, ``state``, ``time``, ``started``, ``by``,
            ``tags``, ``train_rows``, ``warnings``, or a metric or parameter; what is missing stands last.
        descending : bool
            The largest first.
        offset : int
            Runs to leave out at the beginning.
        limit : int
            How many lines at most.
        trashed : bool
            Those in the trash instead.
        columns : list of str
            Metrics and parameters that come along, as ``metric:mae`` and ``param:depth``; empty: all.
        numbers : bool
            Whether the numbers of all that match come too.
        """
        query = RunQuery(filter, sort, descending, trashed)
        return self.store.run_pages.page(query, offset, limit, columns, numbers=numbers)

    @verb(right="view")
    def lines(self, runs: List[int], columns: List[str] = []) -> List[RunLine]:
        """What a table needs of runs; one that there is not is left out.

        Parameters
        ----------
        runs : list of int
            Numbers of the runs.
        columns : list of str
            Metrics and parameters that come along, as ``metric:mae`` and ``param:depth``; empty: all.
        """
        return self.store.run_pages.lines(runs, columns)

    @verb(right="view")
    def show(self, run: int) -> Run:
        """One run: what was asked, how it went, what came out.

        Parameters
        ----------
        run : int
            Number of the run.
        """
        return self.store.runs.find(run)

    @verb(right="view")
    def check(
        self, data: DatasetRef, target: str = "", ignore: List[str] = [], split: Split = Split()
    ) -> TrainingCheck:
        """What a training on this data would do, and what to look at before: leaks, identifiers, missing values.

        Parameters
        ----------
        data : str
            The data set or version.
        target : str
            Column to predict; empty: the one with the role ``target``.
        ignore : list of str
            Columns that are left out besides those whose role says so.
        split : Split
            How rows would be held back.
        """
        return self.store.training_checks.check(data, target, ignore, split)

    @verb(right="edit")
    def start(
        self,
        data: DatasetRef,
        target: str = "",
        algorithm: str = "lightgbm",
        params: dict[str, ParamValue] = {},
        split: Split = Split(),
        ignore: List[str] = [],
        metric: str = "",
        positive_class: str = "",
        seed: int = 0,
        threads: int = 0,
        name: str = "",
        tags: List[str] = [],
    ) -> Job[Run]:
        """Train a model in a child process.

        Parameters
        ----------
        data : str
            The data set (newest version) or version.
        target : str
            Column to predict; empty: the one with the role ``target``.
        algorithm : str
            Id of an entry of `algorithms`.
        params : dict
            Parameters that differ from the algorithm's defaults.
        split : Split
            How rows are held back to judge the model.
        ignore : list of str
            Columns to leave out besides those whose role says so.
        metric : str
            Main metric; empty: the task's own.
        positive_class : str
            The class that is looked for; empty: the rarer one.
        seed : int
            Start of every random choice.
        threads : int
            Threads of the child; 0: as the settings say.
        name : str
            Name of the run; empty: the algorithm's title.
        tags : list of str
            Words to find it by.
        """
        spec = RunSpec(
            target=target, algorithm=algorithm, params=params, split=split, ignored=ignore, metric=metric,
            positive_class=positive_class, seed=seed, threads=threads or None,
        )  # fmt: skip
        plan = self.store.training.plan(spec, data, name, tags)
        return self.begin("train", plan.title, plan.run, f"run:{plan.run_id}")

    @verb(right="edit")
    def reproduce(self, run: int) -> Job[Run]:
        """Train the same again: same data version, parameters and seed; equal metrics are the proof.

        Parameters
        ----------
        run : int
            Number of a training.
        """
        plan = self.store.training.again(run, newest=False)
        return self.begin("train", plan.title, plan.run, f"run:{plan.run_id}")

    @verb(right="edit")
    def retrain(self, run: int) -> Job[Run]:
        """Train as this run did, on the newest version of its data set.

        Parameters
        ----------
        run : int
            Number of the training to follow.
        """
        plan = self.store.training.again(run, newest=True)
        return self.begin("train", plan.title, plan.run, f"run:{plan.run_id}")

    @verb(right="edit")
    def cancel(self, run: int) -> Run:
        """Cancel a training; its whole process tree ends within five seconds.

        Parameters
        ----------
        run : int
            Number of the run.
        """
        self._backend.cancel_job(self.store.runs.job_of(run))
        self.store.say(f"Cancelled run {run}")
        return self.store.runs.find(run)

    @verb(right="view")
    def metrics(self, run: int, name: str = "") -> List[Metric]:
        """The points of a metric by step.

        Parameters
        ----------
        run : int
            Number of the run.
        name : str
            Name of the metric; empty: all of them.
        """
        return self.store.runs.points(run, name or None)

    @verb(right="view")
    def curve_names(self, runs: List[int]) -> List[CurveName]:
        """Which metrics have values at several steps, and how many.

        Parameters
        ----------
        runs : list of int
            Numbers of the runs.
        """
        return self.store.curves.names(runs)

    @verb(right="view")
    def curves(
        self, runs: List[int], names: List[str] = [], most: int = 1000, smooth: int = 1
    ) -> List[Curve]:
        """Metrics by step as charts draw them: of very many points those that make the same line, and on demand means.

        Parameters
        ----------
        runs : list of int
            Numbers of the runs.
        names : list of str
            Metrics; none: all that have values at several steps.
        most : int
            About so many points of each: of equal stretches the smallest and the largest, gaps, the first and the last
            of all; 0: every point.
        smooth : int
            Each value is the mean of so many points around it; 1: as it was logged.
        """
        return self.store.curves.read(runs, names, most, smooth)

    @verb(right="view")
    def evaluation(self, run: int) -> Evaluation:
        """What the charts of a run show: curves, confusion, residuals, importance.

        Parameters
        ----------
        run : int
            Number of a training that has finished.
        """
        return self.store.model_files.evaluation(self.store.runs.find(run))

    @verb(right="view")
    def log_text(self, run: int, first_line: int = 0, limit: int = 2000) -> List[str]:
        """Lines that the run's child has written.

        Parameters
        ----------
        run : int
            Number of the run.
        first_line : int
            Lines to leave out at the beginning.
        limit : int
            How many lines at most; 0: all.
        """
        return self.store.training.log_lines(run, first_line, limit)

    @verb(right="view")
    def compare(self, runs: List[int]) -> RunComparison:
        """What differs between runs: settings, data, metrics; and whether the difference of metrics is real.

        Parameters
        ----------
        runs : list of int
            Numbers of two to ten runs; the first is what the others are held against.
        """
        return self.store.comparisons.compare(runs)

    # A script's own run.

    @verb(right="edit")
    def begin_log(self, name: str, params: dict[str, ParamValue] = {}, tags: List[str] = []) -> Run:
        """Begin a run that a script logs itself; `log` does this for you.

        Parameters
        ----------
        name : str
            Name of the run.
        params : dict
            What the script was set to.
        tags : list of str
            Words to find it by.
        """
        run_id = self.store.runs.add(None, name, "logged", tags)
        self.store.runs.set_params(run_id, params)
        self.store.say(f"Began logging run {run_id}, {name}")
        return self.store.runs.find(run_id)

    @verb(right="edit", recorded=False)
    def log_points(
        self,
        run: int,
        points: List[Metric],
        finals: dict[str, float] = {},
        params: dict[str, ParamValue] = {},
    ) -> int:
        """Add a batch of values to a logged run; once answered, they are safe.

        Parameters
        ----------
        run : int
            Number of the run.
        points : list of Metric
            Values by step.
        finals : dict
            Final values by name.
        params : dict
            Parameters to set.
        """
        self.store.runs.must_log(run)
        self.store.runs.add_points(run, points)
        self.store.runs.set_finals(run, finals)
        self.store.runs.set_params(run, params)
        return len(points)

    @verb(right="edit")
    def end_log(self, run: int, state: str = "finished", error: str = "") -> Run:
        """End a logged run.

        Parameters
        ----------
        run : int
            Number of the run.
        state : str
            ``finished`` or ``failed``.
        error : str
            Why it failed.
        """
        return self.store.runs.end_log(run, state, error)

    def log(
        self, name: str, params: dict[str, ParamValue] | None = None, tags: List[str] | None = None
    ) -> RunLog:
        """Log a script's own run: ``with project.runs.log("trial", {"depth": 3}) as run: run.metric("loss", 0.3)``."""
        return RunLog(self, name, params or {}, tags or [])

    # Words about a run.

    @verb(right="edit", undoable=True)
    def rename(self, run: int, name: str) -> Run:
        """Give a run another name.

        Parameters
        ----------
        run : int
            Number of the run.
        name : str
            Its new name.
        """
        return self.store.runs.change(run, f"Renamed run {run} to {name}", name=name.strip())

    @verb(right="edit", undoable=True)
    def set_notes(self, run: int, notes: str) -> Run:
        """Write what people should know of a run.

        Parameters
        ----------
        run : int
            Number of the run.
        notes : str
            The text.
        """
        return self.store.runs.change(run, f"Changed the notes of run {run}", notes=notes)

    @verb(right="edit", undoable=True)
    def set_tags(self, run: int, tags: List[str]) -> Run:
        """Set the words to find a run by.

        Parameters
        ----------
        run : int
            Number of the run.
        tags : list of str
            All of its tags.
        """
        return self.store.runs.set_tags(run, tags)

    @verb(right="edit", undoable=True)
    def trash(self, runs: List[int]) -> List[Run]:
        """Put runs into the trash; `activity undo` or `restore` brings them back.

        Parameters
        ----------
        runs : list of int
            Numbers of the runs.
        """
        return self.store.runs.trash(runs)

    @verb(right="edit", undoable=True)
    def restore(self, runs: List[int]) -> List[Run]:
        """Take runs out of the trash.

        Parameters
        ----------
        runs : list of int
            Numbers of the runs.
        """
        return self.store.runs.restore(runs)
