"""Compiles Python's library and the given directories into a tree for PYTHONPYCACHEPREFIX.

precompile.py TREE DIRECTORY=PATH…     PATH is where the image has the directory
"""
import importlib.util
import py_compile
import sys
import sysconfig
from pathlib import Path


# Of Python's own library, what no server needs.
UNUSED = {"test", "tests", "idlelib", "lib2to3", "tkinter", "turtledemo", "distutils", "ensurepip", "dist-packages"}


def compile_into(tree, directory, path, unused=frozenset()):
    sys.pycache_prefix = str(tree)
    for source in directory.rglob("*.py"):
        inside = source.relative_to(directory)
        if unused.intersection(inside.parts):
            continue
        try:
            py_compile.compile(
                str(source), cfile=importlib.util.cache_from_source(str(path / inside)), dfile=str(path / inside),
                doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        except py_compile.PyCompileError:
            pass  # a package may carry a file for another Python; importing it would fail in the image as well


if __name__ == "__main__":
    tree = Path(sys.argv[1]).resolve()
    library = Path(sysconfig.get_path("stdlib"))
    compile_into(tree, library, library, UNUSED)
    for pair in sys.argv[2:]:
        directory, path = pair.split("=")
        compile_into(tree, Path(directory).resolve(), Path(path))
