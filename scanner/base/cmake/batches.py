#!/usr/bin/env python3
"""Which sources of a target may be compiled as one: batches.py LIST > FILE.cmake

LIST has a line a target: its name, its folder, its sources, with tabs between them. Two sources do
not go together if a name that one of them keeps to itself (in an unnamed namespace) is declared by
the other, or by a header that the other includes. This reads C++ by its brackets only; what it does
not see ends in an error of the compiler, and `./dev` then compiles file by file.
"""
import functools
import os
import re
import sys

MOST_LINES = 2600  # of a batch: more would leave one of two cores without work
NOT_NAMES = {"namespace", "TEST", "TEST_F", "TEST_P", "TYPED_TEST", "INSTANTIATE_TEST_SUITE_P",
             "noexcept", "const", "decltype", "alignas", "requires", "operator", "static_assert"}
# A namespace, or another name for one, may be declared twice.
BEFORE_NO_NAME = {"::", ".", "namespace"}
SKIPPED = re.compile(
    r'R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z])'(?:\\.|[^'\\\n])+'", re.S)
TOKEN = re.compile(r"::|->|[A-Za-z_]\w*|[^\sA-Za-z_0-9]|\d[\w'.]*")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)


@functools.cache
def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Names:
    """Names at the level of namespaces: those of unnamed ones, and the others."""

    def __init__(self, path):
        self.own, self.open = set(), set()
        code = DIRECTIVE.sub("", SKIPPED.sub(" 0 ", text_of(path)))
        scopes = []  # "own", "open" (namespaces), "enum" (its words are names), "" (all else)
        parens, quiet, before, tokens = 0, False, "", TOKEN.findall(code)
        for at, token in enumerate(tokens):
            following = tokens[at + 1] if at + 1 < len(tokens) else ""
            outside = parens == 0 and all(scope in ("own", "open") for scope in scopes)
            if token in "([":
                parens += 1
            elif token in ")]":
                parens -= 1
            elif token == "{":
                scopes.append(self.scope(tokens, at) if outside else "")
                quiet = False
            elif token == "}":
                if scopes:
                    scopes.pop()
                quiet = False
            elif token == ";":
                quiet = False
            elif token == "=" and outside:
                quiet = True
            elif scopes and scopes[-1] == "enum" and parens == 0 and token[0].isidentifier():
                if following in (",", "=", "}"):
                    (self.own if "own" in scopes else self.open).add(token)
            elif outside and not quiet and token[0].isidentifier() and before not in BEFORE_NO_NAME:
                if following in ("(", "=", "{", ";", "[", ":") and token not in NOT_NAMES:
                    (self.own if "own" in scopes else self.open).add(token)
            before = token
        self.open -= self.own

    @staticmethod
    def scope(tokens, at):
        if tokens[at - 1] == "namespace":
            return "own"
        back = at - 1
        while back >= 0 and (tokens[back] in ("::", ":") or tokens[back].isidentifier()):
            if tokens[back] == "namespace":
                return "open"
            if tokens[back] == "enum":
                return "" if tokens[back + 1] in ("class", "struct") else "enum"
            back -= 1
        return ""


@functools.cache
def names_of(path):
    return Names(path)


@functools.cache
def headers_of(path, root):
    """All of ours that it includes, and what those include."""
    found, left = set(), [path]
    while left:
        for name in INCLUDE.findall(text_of(left.pop())):
            header = os.path.join(root, name)
            if header not in found and os.path.isfile(header):
                found.add(header)
                left.append(header)
    return frozenset(found)


@functools.cache
def seen_by(path, root):
    names = set(names_of(path).open)
    for header in headers_of(path, root):
        names |= names_of(header).open | names_of(header).own
    return frozenset(names)


def clash(a, b, root):
    own_a, own_b = names_of(a).own, names_of(b).own
    # A name of its own that a file's headers declare as well is known to do no harm there.
    return (own_a & own_b or (own_a - seen_by(a, root)) & seen_by(b, root) or
            (own_b - seen_by(b, root)) & seen_by(a, root) or
            names_of(a).open & names_of(b).own or names_of(b).open & names_of(a).own)


def batches(sources, root):
    made = []  # [lines, sources]
    for source in sources:
        text = text_of(source)
        lines = text.count("\n")
        # A macro would reach into the files behind it.
        if re.search(r"^[ \t]*#[ \t]*define", text, re.M):
            continue
        for batch in made:
            if batch[0] + lines > MOST_LINES:
                continue
            if not any(clash(source, other, root) for other in batch[1]):
                batch[0] += lines
                batch[1].append(source)
                break
        else:
            made.append([lines, [source]])
    return [batch[1] for batch in made if len(batch[1]) > 1]


def main():
    root = os.getcwd()
    with open(sys.argv[1], encoding="utf-8") as listing:
        for line in listing:
            target, folder, *names = line.rstrip("\n").split("\t")
            sources = [os.path.normpath(os.path.join(folder, name)) for name in names]
            sources = [name for name in sources if name.endswith(".cpp") and
                       name.startswith(root) and os.path.isfile(name)]
            print(f"set_target_properties({target} PROPERTIES UNITY_BUILD ON "
                  "UNITY_BUILD_MODE GROUP)")
            for number, batch in enumerate(batches(sources, root)):
                for source in batch:
                    print(f'set_property(SOURCE "{source}" TARGET_DIRECTORY {target} '
                          f"PROPERTY UNITY_GROUP {target}_{number})")


main()
