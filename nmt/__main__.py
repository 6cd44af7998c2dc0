"""`python -m nmt`, which is how torchrun starts the `nmt` command."""

from nmt.cli import main

main(prog_name="nmt")
