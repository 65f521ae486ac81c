"""Random histories of data sets against plain Python lists: every version reads back exactly, in order, after each step.

A history is made by `random.Random(seed)`; the seed is in the test's name, so a failure is repeated by its name.
``MLOPS_HISTORIES`` says how many histories the slow tier makes (300).
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.store.versions import Limits

NAMES = (
    "a",
    "A",
    "b",
    "_k",
    "file_row_number",
    'q"\n',
    "a_2",
    "",
    "n",
    "h",
    "r",
    "key0",
    "c0",
    "_r",
    "_n",
    "_f",
)
TYPES = ("INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "INTEGER[]", "STRUCT(x INTEGER, y VARCHAR)")
LIMITS = (Limits(), Limits(0.5, 2.0), Limits(10.0, 1e9))
HISTORIES = int(os.environ.get("MLOPS_HISTORIES", "300"))
WIDER = {("INTEGER", "BIGINT"): "BIGINT", ("INTEGER", "DOUBLE"): "DOUBLE"}


def wider(old: str | None, new: str | None) -> str | None:
    if old is None or new is None or old == new:
        return new if old is None else old
    return WIDER.get((old, new)) or WIDER.get((new, old)) or "VARCHAR"


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def cast(value: Any, old: str | None, new: str | None) -> Any:
    """A value of the type `old` as the type `new`, as the design says and without DuckDB."""
    if value is None or old == new:
        return value
    return float(value) if new == "DOUBLE" else shown(value) if new == "VARCHAR" else value


class Model:
    """A version as plain lists: columns of (written name, type or None), rows of values in those types."""

    def __init__(self, columns: list[tuple[str, str | None]], rows: list[list[Any]]) -> None:
        self.columns = columns
        self.rows = rows

    def places(self) -> list[tuple[str, int]]:
        names = [name for name, _ in self.columns]
        return [(name, names[:i].count(name)) for i, name in enumerate(names)]

    def continued(
        self, new: Model
    ) -> tuple[list[tuple[str, str | None]], list[list[Any]], list[list[Any]], list[int | None]]:
        """Columns of both, the old and the new rows in them, and where each column stands in `new`."""
        mine, theirs = self.places(), new.places()
        added = [i for i, place in enumerate(theirs) if place not in mine]
        where = [theirs.index(p) if p in theirs else None for p in mine] + added
        types = [
            wider(t, new.columns[w][1] if w is not None else None)
            for (_, t), w in zip(self.columns, where[: len(mine)], strict=True)
        ]
        columns = [(n, t) for (n, _), t in zip(self.columns, types, strict=True)] + [
            new.columns[i] for i in added
        ]
        old_rows = [
            [cast(v, o, t) for v, (_, o), (_, t) in zip(row, self.columns, columns[: len(mine)], strict=True)]
            + [None] * len(added)
            for row in self.rows
        ]
        new_rows = [
            [
                None if w is None else cast(row[w], new.columns[w][1], t)
                for w, (_, t) in zip(where, columns, strict=True)
            ]
            for row in new.rows
        ]
        return columns, old_rows, new_rows, where


class History:
    """A project and its model, changed side by side."""

    def __init__(self, lab: Any, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = self.random.sample(NAMES, 4)  # few, so that they meet again
        self.lab = lab
        self.models: dict[int, Model] = {}
        self.newest = 0
        self.copies = 0
        self.do_import()

    def key(self, model: Model) -> int:
        """Number of the column k, which every version has."""
        return [name for name, _ in model.columns].index("k")

    # ------------------------------------------------------------------------------------ random tables

    def value(self, type_: str) -> Any:
        r = self.random
        if r.random() < 0.15:
            return None
        if type_ in ("INTEGER", "BIGINT"):
            return r.choice([0, 1, 2, 3, -7] + ([2**53 + 1] if type_ == "BIGINT" else []))
        if type_ == "DOUBLE":
            return r.choice([0.0, 1.0, 3.0, 0.5, -2.25])
        if type_ == "BOOLEAN":
            return r.random() < 0.5
        if type_ == "INTEGER[]":
            return r.choice(["[1, 2]", "[]", "[NULL]", "[3]"])
        if type_.startswith("STRUCT"):
            return r.choice(["{'x': 1, 'y': a}", "{'x': NULL, 'y': NULL}"])
        return r.choice(["3", "3.0", "x", "", "NULL", 'it\'s\n"é" 🙂', "true"])

    def table(
        self, keys: list[int], columns: list[tuple[str, str]] | None = None, shuffle: bool = True
    ) -> Model:
        r = self.random
        if columns is None:
            columns = [(r.choice(self.names), r.choice(TYPES)) for _ in range(r.randint(0, 3))]
        every = [("k", "VARCHAR"), *columns]
        data = [[f"p{k}" for k in keys], *([self.value(t) for _ in keys] for _, t in columns)]
        if columns and r.random() < 0.15:
            data[1] = [None] * len(keys)
        order = list(range(len(every)))
        if shuffle:
            r.shuffle(order)
        self.types = [every[i][1] for i in order]
        rows = [list(row) for row in zip(*(data[i] for i in order), strict=True)]
        return Model(self.typed([every[i][0] for i in order], rows), rows)

    def typed(self, names: list[str], rows: list[list[Any]]) -> list[tuple[str, str | None]]:
        """The columns of a table whose types are `self.types`; one without a value has no type."""
        return [
            (name, type_ if any(row[i] is not None for row in rows) else None)
            for i, (name, type_) in enumerate(zip(names, self.types, strict=True))
        ]

    def keys(self, most: int = 40) -> list[int]:
        return self.random.sample(range(60), self.random.choice([0, 1, 3, 12, most]))

    def staged(self, model: Model) -> list[tuple[str, str, list[Any]]]:
        return [
            (name, type_, [None if row[i] is None else shown(row[i]) for row in model.rows])
            for i, ((name, _), type_) in enumerate(zip(model.columns, self.types, strict=True))
        ]

    def like(self, model: Model) -> list[tuple[str, str]]:
        """Columns like those of `model`, sometimes one less, one more or one of another type."""
        r = self.random
        columns = [(n, t or r.choice(TYPES)) for n, t in model.columns if n != "k"]
        if columns and r.random() < 0.25:
            columns.pop(r.randrange(len(columns)))
        if columns and r.random() < 0.3:
            i = r.randrange(len(columns))
            columns[i] = (columns[i][0], r.choice(TYPES))
        if len(columns) < 5 and r.random() < 0.3:
            columns.append((r.choice(self.names), r.choice(TYPES)))
        return columns

    # --------------------------------------------------------------------------------------------- moves

    def add(self, version_id: int, model: Model) -> None:
        self.models[version_id] = model
        self.newest = version_id

    def do_import(self) -> None:
        table = self.table(self.keys())
        self.add(self.lab.new(self.staged(table)), table)

    def do_append(self) -> None:
        self.append(self.keys(), self.like(self.models[self.newest]))

    def append(self, keys: list[int], columns: list[tuple[str, str]]) -> None:
        """Append rows of those `keys` that aren't taken."""
        parent = self.models[self.newest]
        taken = {row[self.key(parent)] for row in parent.rows}
        table = self.table([x for x in keys if f"p{x}" not in taken], columns)
        columns_after, old, new, _ = parent.continued(table)
        self.add(self.lab.append(self.newest, self.staged(table)), Model(columns_after, old + new))

    def do_replace(self) -> None:
        parent = self.models[self.newest]
        table = self.table(self.keys(), self.like(parent))
        if self.random.random() < 0.7 and all(t for _, t in parent.columns):
            table = self.grown(parent)
        before = dict(zip(parent.places(), (t for _, t in parent.columns), strict=True))
        columns = [
            (n, t or before.get(place)) for (n, t), place in zip(table.columns, table.places(), strict=True)
        ]
        self.add(self.lab.replace(self.newest, self.staged(table)), Model(columns, table.rows))

    def grown(self, parent: Model) -> Model:
        """The parent's leading rows, perhaps a column less, and some more: what is shared must read the same."""
        r = self.random
        kept = [i for i, (n, _) in enumerate(parent.columns) if n == "k" or r.random() < 0.85]
        kept.sort(key=lambda i: parent.columns[i][0] != "k")
        names = [parent.columns[i][0] for i in kept]
        rows = [[row[i] for i in kept] for row in parent.rows[: r.randint(0, len(parent.rows))]]
        taken = {row[0] for row in rows}
        types = [str(parent.columns[i][1]) for i in kept]
        fresh = [x for x in self.keys(3) if f"p{x}" not in taken]
        rows += self.table(fresh, list(zip(names, types, strict=True))[1:], shuffle=False).rows
        return Model(self.typed(names, rows), rows)

    def merged(self, remove_missing: bool) -> tuple[Model, Model]:
        """A table to merge and what comes of it."""
        r = self.random
        parent = self.models[self.newest]
        k = self.key(parent)
        share = r.choice([0.0, 0.1, 0.5, 1.0])
        old_keys = [int(row[k][1:]) for row in parent.rows if not remove_missing or r.random() < 0.9]
        fresh = [x for x in self.keys(3) if f"p{x}" not in {row[k] for row in parent.rows}]
        keys = [*old_keys, *fresh]
        r.shuffle(keys)
        table = self.table(keys, self.like(parent))
        columns, old, new, where = parent.continued(table)
        by_key = {row[k]: row for row in old}
        at = next(i for i, (n, _) in enumerate(table.columns) if n == "k")
        for row, staged in zip(new, table.rows, strict=True):
            if row[k] in by_key and r.random() >= share:  # as it was, where the table's types can say so
                for i, w in enumerate(where[: len(parent.columns)]):
                    if w is not None and w != at and parent.columns[i][1] == table.columns[w][1]:
                        staged[w] = parent.rows[old.index(by_key[row[k]])][i]
        table.columns = self.typed([n for n, _ in table.columns], table.rows)
        columns, old, new, where = parent.continued(table)
        staged_by_key = {row[k]: row for row in new}
        rows: list[list[Any]] = []
        for row in old:
            if row[k] in staged_by_key:
                rows.append(
                    [v if w is None else n for v, n, w in zip(row, staged_by_key[row[k]], where, strict=True)]
                )
            elif not remove_missing:
                rows.append(row)
        known = {row[k] for row in old}
        rows += [row for row in new if row[k] not in known]
        return table, Model(columns, rows)

    def do_merge(self) -> None:
        remove_missing = self.random.random() < 0.6
        table, model = self.merged(remove_missing)
        self.add(self.lab.merge(self.newest, self.staged(table), remove_missing=remove_missing), model)

    def do_merge_with_a_double_key(self) -> None:
        table = self.table([1, 2, 1], self.like(self.models[self.newest]))
        with pytest.raises(InvalidInputError):
            self.lab.merge(self.newest, self.staged(table))

    def do_restore(self) -> None:
        source = self.random.choice(list(self.models))
        self.add(self.lab.restore(self.newest, source), self.models[source])

    def do_two_merges_from_one_parent(self) -> None:
        base = self.newest
        self.do_merge()
        self.add(self.lab.restore(self.newest, base), self.models[base])
        self.do_merge()
        self.compare(self.newest - 2, self.newest, keyed=True)
        self.compare(base, self.newest, keyed=False)

    def do_delete(self) -> None:
        parent = self.models[self.newest]
        share = self.random.choice([0.02, 0.1, 0.6, 1.0])
        gone = [i for i in range(len(parent.rows)) if self.random.random() < share]
        condition = f"_position in ({', '.join(map(str, gone))})" if gone else "false"
        rows = [row for i, row in enumerate(parent.rows) if i not in gone]
        self.add(self.lab.delete(self.newest, condition), Model(parent.columns, rows))

    def do_bring_a_column_back(self) -> None:
        base = self.newest
        parent = self.models[base]
        columns = [(n, t or "INTEGER") for n, t in parent.columns if n != "k"]
        self.types = ["VARCHAR"]
        rows = [[row[self.key(parent)]] for row in parent.rows]
        before = dict(zip(parent.places(), (t for _, t in parent.columns), strict=True))
        bare = Model([("k", "VARCHAR" if rows else None)], rows)
        after = Model([("k", "VARCHAR" if rows else before[("k", 0)])], rows)
        self.add(self.lab.replace(self.newest, self.staged(bare)), after)
        self.append(self.random.sample(range(60), 12), columns)
        self.compare(base, self.newest, keyed=True)
        self.compare(base, self.newest, keyed=False)

    def do_erase(self) -> None:
        lab = self.lab
        person = f"p{self.random.choice(range(60))}"
        erasure = lab.versions.prepare_erase(lab.connection, 1, self.newest, "k", [person])
        gone = 0
        for version_id, model in self.models.items():
            k = self.key(model)
            rows = [row for row in model.rows if row[k] != person]
            gone = len(model.rows) - len(rows) if version_id == self.newest else gone
            self.models[version_id] = Model(model.columns, rows)
        assert erasure.rows == gone
        lab.versions.commit_erase(lab.connection, erasure)
        lab.versions.collect_files(lab.connection, erasure.old_files)
        assert not lab.files() & set(erasure.old_files)
        assert not any(person in lab.texts(file, "k") for file in lab.files())

    def do_widen_twice(self) -> None:
        parent = self.models[self.newest]
        numbers = [n for n, t in parent.columns if t == "INTEGER"]
        name = numbers[0] if numbers else "n"
        for type_ in ("INTEGER", "DOUBLE", "VARCHAR"):
            self.append(self.random.sample(range(60), 12)[:4], [(name, type_)])

    def do_difference(self) -> None:
        first, second = (self.random.choice(list(self.models)) for _ in range(2))
        if self.random.random() < 0.5:
            first = max([v for v in self.models if v < second], default=second)
        keyed = self.random.random() < 0.6
        self.compare(first, second, keyed)

    def compare(self, first: int, second: int, keyed: bool) -> None:
        lab = self.lab
        found = lab.versions.difference(lab.connection, first, second, ["k"] if keyed else None)
        old, new = self.models[first], self.models[second]
        pairs = [
            (i, new.places().index(place))
            for i, place in enumerate(old.places())
            if place in new.places() and old.columns[i][1] == new.columns[new.places().index(place)][1]
        ]
        if len(pairs) < len(set(old.places()) & set(new.places())):
            return  # how values of unlike types compare is a matter of their lists of types
        a: dict[Any, list[Any]] = {r[self.key(old)] if keyed else n: r for n, r in enumerate(old.rows)}
        b: dict[Any, list[Any]] = {r[self.key(new)] if keyed else n: r for n, r in enumerate(new.rows)}
        changed = {x for x in a if x in b and any(a[x][i] != b[x][j] for i, j in pairs)}
        assert (found.new, found.changed, found.removed) == (
            len(b.keys() - a),
            len(changed),
            len(a.keys() - b),
        )
        assert sorted(map(repr, found.before.rows())) == sorted(repr(tuple(a[x])) for x in changed)
        assert sorted(map(repr, found.after.rows())) == sorted(repr(tuple(b[x])) for x in changed)
        assert sorted(map(repr, found.removed_rows.rows())) == sorted(repr(tuple(a[x])) for x in a.keys() - b)
        assert sorted(map(repr, found.new_rows.rows())) == sorted(repr(tuple(b[x])) for x in b.keys() - a)

    def do_pages_of_a_filter_and_of_a_sort(self) -> None:
        lab, model = self.lab, self.models[self.newest]
        k = self.key(model)
        column = lab.versions.schema(lab.connection, self.newest)[k]
        index = lab.versions.filter_index(lab.connection, self.newest, f"{column.sql} < 'p3'")
        matches = [row for row in model.rows if row[k] < "p3"]
        assert index.matches == len(matches)
        first = self.random.randint(0, 10)
        page = lab.versions.filtered_page(lab.connection, index, first, 5)
        assert [list(row) for row in page.rows()] == matches[first : first + 5]
        order = lab.versions.sort_index(lab.connection, self.newest, [("k", True)])
        ranked = sorted(model.rows, key=lambda row: row[k], reverse=True)
        page = lab.versions.sorted_page(lab.connection, order, first, 5)
        assert [list(row) for row in page.rows()] == ranked[first : first + 5]

    def do_export(self) -> None:
        lab, model = self.lab, self.models[self.newest]
        path = lab.folder / "out.parquet"
        assert lab.versions.export_to_parquet(lab.connection, self.newest, path, ["k"]) == len(model.rows)
        assert lab.read(path) == [row[self.key(model)] for row in model.rows]

    def do_drop(self) -> None:
        while len(self.models) > 4:
            victim = self.random.choice([v for v in self.models if v != self.newest])
            del self.models[victim]
            self.lab.versions.drop(self.lab.connection, victim)

    def do_reopen(self) -> None:
        self.lab.close()
        self.lab.open()

    def do_copy(self) -> None:
        self.copies += 1
        old = self.lab.folder
        self.lab = self.lab.copy_to(old.with_name(f"{old.name}c"))
        shutil.rmtree(old)

    # -------------------------------------------------------------------------------------------- checks

    def step(self) -> str:
        moves = [name for name in dir(self) if name.startswith("do_") and name != "do_import"]
        weights = [
            6 if m in ("do_append", "do_merge", "do_replace") else 2 if m in ("do_delete", "do_drop") else 1
            for m in moves
        ]
        move = self.random.choices(moves, weights)[0]
        getattr(self, move)()
        return move

    def check(self) -> None:
        lab = self.lab
        for version_id, model in self.models.items():
            page = lab.versions.page(lab.connection, version_id, 0, 1_000)
            assert page.names == [n for n, _ in model.columns]
            assert page.types == [t or "NULL" for _, t in model.columns]
            assert [list(row) for row in page.rows()] == model.rows
            assert page.total_rows == len(model.rows)
        version_id, model = self.random.choice(list(self.models.items()))
        first, count = self.random.randint(0, 50), self.random.randint(1, 20)
        part = lab.versions.page(lab.connection, version_id, first, count)
        assert [list(row) for row in part.rows()] == model.rows[first : first + count]
        lab.versions.collect(lab.connection, 0)
        rows = lab.connection.execute(
            "select file from piece union select patch from piece where patch is not null"
        )
        assert lab.files() == {row[0] for row in rows.fetchall()}


def run(make_lab: Callable[..., Any], seed: int, steps: int) -> None:
    history = History(make_lab(f"p{seed}", LIMITS[seed % len(LIMITS)]), seed)
    done = ["do_import"]
    try:
        history.check()
        for _ in range(steps):
            done.append("?")
            done[-1] = history.step()
            history.check()
        assert history.lab.versions.check(history.lab.connection) == []
    except BaseException as error:
        error.add_note(f"seed {seed}, after {done}")
        raise
    finally:
        history.lab.close()


@pytest.mark.parametrize("seed", range(15))
def test_every_version_reads_back_exactly_after_every_step(make_lab: Callable[..., Any], seed: int) -> None:
    run(make_lab, seed, 10)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(HISTORIES // 25))
def test_hundreds_of_histories_read_back_exactly(make_lab: Callable[..., Any], block: int) -> None:
    for seed in range(1000 + 25 * block, 1025 + 25 * block):
        run(make_lab, seed, 8)
