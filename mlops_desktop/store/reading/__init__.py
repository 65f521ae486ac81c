"""From a file that a person has to one Parquet file whose every value was proved.

`preview` shows what a file would become; `stage` makes it. `source` opens the file safely, `formats` tells what it
is by its bytes, a reader per kind (`csv`, `parquet`, ...) gives a relation, `values` and `types` decide
the types of text columns from all their values, `staging` writes.
"""

from mlops_desktop.store.reading.previewing import preview
from mlops_desktop.store.reading.stage import SourceFacts, StagedFile, stage

__all__ = ["SourceFacts", "StagedFile", "preview", "stage"]
