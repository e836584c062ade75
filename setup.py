"""Builds the hottest loops with Cython where a compiler is present; ships rules/, parsed too.

Everything else of the build stands in pyproject.toml. Without Cython or a C
compiler the same source runs interpreted: slower, with identical answers.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
COMPILED = ("analyzer.capture.hot", "analyzer.judge.counting")
SHIPPED = {"rules": "**/*.yaml", "captures": "demo*"}


class BuildWithRules(build_py):
    """Copies rules/ and the demo capture into the package that is built."""

    def run(self) -> None:
        if self.editable_mode:
            super().run()
            prepare(ROOT / "analyzer")
            return
        package = Path(self.build_lib, "analyzer")
        shutil.rmtree(package, ignore_errors=True)  # of an earlier build, or another Python
        super().run()
        for folder, pattern in SHIPPED.items():
            for source in sorted((ROOT / folder).glob(pattern)):
                target = package / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        prepare(package)


class TaggedWheel(bdist_wheel):
    """A wheel without compiled code runs anywhere, and its name says so."""

    def get_tag(self) -> tuple[str, str, str]:
        compiled = any(Path(self.bdist_dir).glob("analyzer/*/*.so")) or any(
            Path(self.bdist_dir).glob("analyzer/*/*.pyd")
        )
        tag: tuple[str, str, str] = super().get_tag() if compiled else ("py3", "none", "any")
        return tag


def prepare(package: Path) -> None:
    """Parses rules/ now, so that no run has to; without PyYAML each run does."""
    sys.path.insert(0, str(ROOT))
    from analyzer import yamlfile

    with contextlib.suppress(ImportError):
        text = yamlfile.prepare(sorted((ROOT / "rules").rglob("*.yaml")))
        (package / "rules.json").write_text(text, encoding="utf-8")


def extensions() -> list[Extension]:
    """The compiled twins of the hottest loops, or nothing where Cython is missing."""
    try:
        from Cython.Build import cythonize
    except ImportError:
        return []
    flags = [] if sys.platform == "win32" else ["-g0"]  # a third of the size
    built: list[Extension] = cythonize(
        [
            Extension(name, [name.replace(".", "/") + ".py"], extra_compile_args=flags)
            for name in COMPILED
        ],
        language_level=3,
        build_dir="build/cython",
        compiler_directives={"show_performance_hints": False},  # they advise against checks
    )
    for extension in built:
        extension.optional = True  # cythonize() drops it
    return built


setup(
    ext_modules=extensions(),
    cmdclass={"build_py": BuildWithRules, "bdist_wheel": TaggedWheel},
)
