"""Load, check and render the versioned prompts of `prompts/`.

A prompt is `<name>.v<N>.md` (the instructions) and `<name>.v<N>.examples.jsonl` (worked
examples, one `{"question": …, "answer": …}` a line).
Published versions are never edited: a change is a new file.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from extractor.core.errors import PromptError
from extractor.model.template_tokens import as_words


class Message(NamedTuple):
    """One message of a chat."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example: what is asked, and the answer word for word."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A published prompt version."""

    name: str
    version: int
    system: str
    examples: tuple[Example, ...]
    sha256: str
    """Digest over both files' text."""

    @property
    def label(self) -> str:
        """Return the form stored with every run: `marked.v1`."""
        return f"{self.name}.v{self.version}"

    def render(self, question: str) -> tuple[Message, ...]:
        """Return the chat messages: a constant prefix, then the question.

        The prefix is the same for every call, so that a server's prompt cache pays
        for it once.
        The question has a document's words: nothing in it ends its message.
        """
        messages = [Message("system", self.system)]
        for example in self.examples:
            messages.append(Message("user", example.question))
            messages.append(Message("assistant", example.answer))
        return (*messages, Message("user", as_words(question)))


def prompts_dir(override: Path | None = None) -> Path:
    """Return the folder of prompts: `override`, the repository's, or the wheel's.

    Raises:
        PromptError: there is no such folder.
    """
    if override is not None:
        if not override.is_dir():
            raise PromptError(f"no folder of prompts at {str(override)!r}")
        return override
    package = Path(__file__).resolve().parents[1]
    # An editable install has no `_prompts`: the repository is looked at first.
    for candidate in (package.parent / "prompts", package / "_prompts"):
        if (candidate / "marked.v1.md").is_file():
            return candidate
    raise PromptError("the shipped prompts are missing; reinstall the package")


def load_prompt(name: str, directory: Path | None = None) -> Prompt:
    """Load the newest version of a prompt.

    Args:
        name: e.g. "marked", or "marked.v1" for one version.
        directory: a folder to read instead of the shipped one.

    Raises:
        PromptError: no such prompt, or a file that cannot be read as one.
    """
    folder = prompts_dir(directory)
    pattern = re.compile(rf"{re.escape(name.partition('.v')[0])}\.v(\d+)\.md")
    versions = {
        int(match.group(1)): path
        for path in folder.iterdir()
        if (match := pattern.fullmatch(path.name))
    }
    wanted = name.partition(".v")[2]
    version = int(wanted) if wanted.isdigit() else max(versions, default=0)
    if version not in versions:
        raise PromptError(f"no prompt {name!r} in {str(folder)!r}")
    path = versions[version]
    examples_path = path.with_suffix(".examples.jsonl")
    system = _read(path)
    examples = _read(examples_path) if examples_path.is_file() else ""
    return Prompt(
        name=name.partition(".v")[0],
        version=version,
        system=system.strip(),
        examples=_parse_examples(examples, examples_path),
        sha256=hashlib.sha256(f"{system}\0{examples}".encode()).hexdigest(),
    )


def _read(path: Path) -> str:
    """Return a file's text; where and how it was checked out makes no difference."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as exc:
        raise PromptError(f"{str(path)!r} cannot be read ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise PromptError(f"{str(path)!r} is not UTF-8; convert it") from exc


def _parse_examples(text: str, path: Path) -> tuple[Example, ...]:
    examples = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            answer = row["answer"]
            if not isinstance(answer, str):
                answer = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
            examples.append(Example(str(row["question"]), answer))
        except (ValueError, KeyError, TypeError) as exc:
            raise PromptError(
                f"{path.name!r} line {number} is not an example: "
                'write {"question": "…", "answer": "…"}'
            ) from exc
    return tuple(examples)
