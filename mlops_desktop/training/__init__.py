"""The child process: the only home of pandas, scikit-learn, LightGBM and ONNX."""
