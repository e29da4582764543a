"""A round of the pacer in C, where the library is there: round.c, which hatch_build.py compiles."""
