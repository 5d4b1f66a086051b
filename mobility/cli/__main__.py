"""`python -m mobility.cli` does what the console script does."""

from mobility.cli import main

main(prog_name="mobility")
