"""Checks SARIF files against the official schema. Use: check_sarif.py SCHEMA FILE..."""
import json
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(0)


def main(schema_path, paths):
    with open(schema_path, encoding="utf-8") as handle:
        schema = json.load(handle)
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    failed = False
    for path in paths:
        with open(path, encoding="utf-8") as handle:
            log = json.load(handle)
        errors = list(validator.iter_errors(log))
        failed = failed or bool(errors)
        print(f"{path}: {len(errors)} errors in {len(log['runs'][0]['results'])} results")
        for error in errors[:5]:
            print(f"  {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
