"""The words of the field: frozen structs, the tree of errors, pure rules; no input or output."""
