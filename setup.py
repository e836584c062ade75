"""Builds the hot room with Cython where a compiler is present, and ships rules/.

Everything else of the build stands in pyproject.toml. Without Cython or a C
compiler the same source runs interpreted: slower, with identical answers.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
SHIPPED = {"rules": "**/*.yaml", "captures": "demo*"}


class BuildWithRules(build_py):
    """Copies rules/ and the demo capture into the package that is built."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for folder, pattern in SHIPPED.items():
            for source in sorted((ROOT / folder).glob(pattern)):
                target = Path(self.build_lib, "analyzer", source.relative_to(ROOT))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


def extensions() -> list[Extension]:
    """The compiled twin of the hot room, or nothing where Cython is missing."""
    try:
        from Cython.Build import cythonize
    except ImportError:
        return []
    hot = Extension("analyzer.capture.hot", ["analyzer/capture/hot.py"])
    built: list[Extension] = cythonize([hot], language_level=3)
    for extension in built:
        extension.optional = True  # cythonize() drops it
    return built


setup(ext_modules=extensions(), cmdclass={"build_py": BuildWithRules})
