#!/usr/bin/env bash
# Faker 40.63.0, read 2026-11-30.
# Valid use: `Faker("it_IT")`, seeded with `seed_instance(1)`, then `city()`, in two processes.
# A good guess: the same seed gives the same names, as the documentation says and as `Faker("de_DE")` does.
# What happens: the Italian provider makes its list of cities of a set of strings, whose order follows the process's hash
# seed, so each process draws other cities, unless PYTHONHASHSEED is set. Names made for a corpus differ from run to run.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'Faker==40.63.0'
drawn() {
  PYTHONHASHSEED=$2 "$work/venv/bin/python" - "$1" <<'PYTHON'
import sys

from faker import Faker

faker = Faker(sys.argv[1])
faker.seed_instance(1)
print(", ".join(faker.city() for _ in range(5)))
PYTHON
}
for locale in de_DE it_IT; do
  first=$(drawn "$locale" 1)
  second=$(drawn "$locale" 2)
  printf '%s, hash seed 1: %s\n%s, hash seed 2: %s\n' "$locale" "$first" "$locale" "$second"
  case $locale in
    de_DE) [ "$first" = "$second" ] ;;
    it_IT) [ "$first" != "$second" ] ;;
  esac
done
