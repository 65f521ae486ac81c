"""The parts around the screens: bars, sidebar, palette, jobs, inspector and notices."""
