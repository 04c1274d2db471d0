"""Plan, run, report, undo: the one door to a catalogue."""
