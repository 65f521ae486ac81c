"""Charts, themed live: lines and scatter on pyqtgraph (imported with the first one), the rest painted directly."""
