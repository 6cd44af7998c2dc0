"""`python -m nmt`, which is how torchrun starts the `nmt` command."""

from nmt.cli.main import main

main(prog_name="nmt")
