#!/usr/bin/env python3
"""TAP: includes go only downward.

    src -> lib/desk -> lib/mail, lib/sieve, lib/net, lib/store -> lib/base

The four in the middle do not know each other, nor do the programs in src/
(except src/common); a foreign library is known to one layer only.
"""
import os
import re
import sys

MIDDLE = ("mail", "sieve", "net", "store")
MAY = {  # layer: those it may include besides itself
    "base": (),
    "mail": ("base",),
    "sieve": ("base",),
    "net": ("base",),
    "store": ("base",),
    "desk": ("base",) + MIDDLE,
    "src": ("base", "desk") + MIDDLE,
}
FOREIGN = (  # <header> that only one layer may include
    (re.compile(r"(mysql|mariadb|sqlite)"), "store"),
    (re.compile(r"gmime/"), "mail"),
    (re.compile(r"libetpan/"), "net"),
    (re.compile(r"systemd/"), "base"),
    (re.compile(r"seccomp\.h"), "base"),
)
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def layer_of(path):
    """The layer of a path below the source tree's root; None: of no layer."""
    parts = path.split("/")
    if parts[0] == "src":
        return "src"
    return parts[1] if parts[0] == "lib" and len(parts) > 2 else None


def wrong(path, own, foreign):
    """Why the file may not include this; None: it may."""
    layer = layer_of(path)
    if foreign:
        for pattern, owner in FOREIGN:
            if pattern.match(foreign) and owner != layer:
                return f"<{foreign}> belongs to lib/{owner}"
        return None
    if own.startswith("."):
        return f'"{own}": write the layer\'s name'
    parts = own.split("/")
    if parts[0] == "src" and layer == "src":
        parts = parts[1:]
    if len(parts) == 1 or parts[0] == layer or parts[0] in MAY[layer]:
        return None
    if layer == "src" and parts[0] in (path.split("/")[1], "common"):
        return None
    return f'"{own}" is not below it'


def sources(root):
    for top in ("lib", "src"):
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(folder, name), root)


def main():
    root = os.environ.get("PD_SRCDIR", ".")
    faults = {layer: [] for layer in MAY}
    counts = dict.fromkeys(MAY, 0)
    strangers = []
    for path in sources(root):
        layer = layer_of(path)
        if layer not in MAY:
            strangers.append(path)
            continue
        counts[layer] += 1
        with open(os.path.join(root, path), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                found = INCLUDE.match(line)
                why = found and wrong(path, *found.groups())
                if why:
                    faults[layer].append(f"{path}:{number}: {why}")
    print(f"1..{len(MAY) + 2}")
    for test, layer in enumerate(MAY, 1):
        for fault in faults[layer]:
            print(f"# {fault}")
        print(f"{'not ok' if faults[layer] else 'ok'} {test} - {layer}: {counts[layer]} files")
    for path in strangers:
        print(f"# {path}: a layer that this test does not know")
    print(f"{'not ok' if strangers else 'ok'} {len(MAY) + 1} - each file is of a layer")
    seen = counts["base"] > 0 and counts["src"] > 0
    print(f"{'ok' if seen else 'not ok'} {len(MAY) + 2} - the tree was found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
