"""What is copied into an exported bundle and runs there without this package.

One scoring path: a hold-out, a form, a file and a server all go through `scorer.Scorer`.

* `files`: the files of a bundle, in a folder, a ``.pyz`` or in memory, and their checksums.
* `values`: columns of typed values out of text and JSON, with row and column where one does not fit.
* `preparation`: turns typed columns into the matrix a model takes; what to do is data.
* `runtimes`: numpy, LightGBM, scikit-learn (through skops) and ONNX Runtime behind one call.
* `scorer`: all of that in one object. `tables`, `server`, `self_test`, `pyfunc`: its ways in.

Only numpy and the model's runtime are imported, the latter on first use.
"""
