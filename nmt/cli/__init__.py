"""The `nmt` command, one file per subcommand. May call every room.

Commands import their dependencies inside functions, so that `nmt translate` does not wait for torch.
"""
