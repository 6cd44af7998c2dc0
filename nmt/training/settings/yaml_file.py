"""Read settings from a YAML file, nested like the configuration, each with its line number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from nmt.errors import ConfigError
from nmt.training.settings.overrides import GROUPS, Override, check_name, is_group, value_of

ALL_SETTINGS = "# All settings of a training"
"""First line of a file that contains all settings of a training."""


def read_settings(path: Path) -> tuple[dict[str, Override], bool]:
    """Return the file's settings by name, and whether it claims to have all settings of the version that wrote it.

    The file is read only once, as it may be a pipe. Raises ConfigError with the line at fault.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); give a YAML file in UTF-8") from error
    given: dict[str, Override] = {}
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        for name, node in _settings(root, "", path) if root is not None else ():
            origin = _place(path, node)
            check_name(name, origin)
            if name in given:
                raise ConfigError(f"{origin}: {name} is set a second time, after {given[name].origin}; keep one")
            if not isinstance(node, yaml.ScalarNode):
                raise ConfigError(f"{origin}: {name} takes one value, found a list")
            value = loader.construct_object(node)
            if isinstance(value, str) and node.style is None:
                value = value_of(value)  # 1e-3 and 2e4 are not numbers in YAML 1.1
            given[name] = Override(value, origin)
    except yaml.YAMLError as error:
        raise ConfigError(_fault(path, error)) from error
    except ValueError as error:  # looks like a date but is invalid
        raise ConfigError(f"{path}: a value cannot be read ({error}); write a number, a word, true or false") from error
    return given, text.startswith(ALL_SETTINGS)


def _settings(node: yaml.Node, prefix: str, path: Path) -> Iterator[tuple[str, yaml.Node]]:
    """Yield the full names and value nodes of the settings in a mapping, recursively."""
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return  # a group whose settings are all commented out
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(
            f"{_place(path, node)}: expected settings in the groups {', '.join(GROUPS)}, such as "
            f"training: {{max_updates: 2000}}"
        )
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ConfigError(f"{_place(path, key)}: expected the name of a setting, found a {key.id}")
        name = f"{prefix}{key.value}"
        # Recurse only into known groups, so that an alias inside its own anchor cannot cause infinite recursion.
        if is_group(name):
            yield from _settings(value, f"{name}.", path)
        else:
            yield name, value


def _place(path: Path, node: yaml.Node) -> str:
    # The file name alone: it is stored with the model, and folder names may be private.
    return f"{path.name} line {node.start_mark.line + 1}"


def _fault(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"{path} line {mark.line + 1}" if mark else str(path)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{place}: not YAML ({problem}); write settings as `name: value`, indented below their group"
