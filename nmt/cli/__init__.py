"""The `nmt` command, one file for each subcommand. May call every room.

Commands import what they need inside functions: `nmt translate` must not wait for torch.
"""
