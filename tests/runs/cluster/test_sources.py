"""Files of a run: a bucket's names are looked at as a folder's, and trusted less."""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from extractor.core.errors import DocumentError, UserError
from extractor.documents.loading import load_document
from extractor.runs.cluster.sources import Source, at_hand, find_sources, named
from extractor.runs.storage import Found, Storage
from tests.conftest import DOCUMENTS

pytest.importorskip("pyarrow")

PLAN = "minsheng-2023.txt"
MAX = 20_000_000


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """A folder that is reached by its address."""
    folder = tmp_path / "bucket"
    folder.joinpath("2023").mkdir(parents=True)
    shutil.copy(DOCUMENTS / PLAN, folder / "2023")
    folder.joinpath("2023", f"{PLAN}.yaml").write_text("plan_year: 2023\n")
    folder.joinpath("logo.png").write_bytes(b"x")
    with ZipFile(folder / "more.zip", "w") as archive:
        archive.write(DOCUMENTS / PLAN, "inner/plan.txt")
    return folder


def test_folder_of_an_address_gives_its_plans(
    bucket: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Pictures and sidecars are no plans, an archive gives its files."""
    address = bucket.as_uri()

    sources, refused = find_sources([address], MAX)

    assert refused == []
    assert f"'{address}/logo.png' is a picture" in caplog.text
    assert [source.path for source in sources] == [
        f"{address}/2023/{PLAN}",
        f"{address}/more.zip/inner/plan.txt",
    ]
    for source in sources:
        with at_hand(source, MAX) as path:
            document = load_document(path)
        assert document.sha256 == load_document(DOCUMENTS / PLAN).sha256
        assert bool(source.beside) == (source.name == f"2023/{PLAN}")
        assert Source.of(source.row()) == source
        assert named(source) == source.path


def test_one_file_of_an_address_has_its_sidecar(bucket: Path) -> None:
    """A file is found as in its folder, with what stands beside it."""
    ((source,), refused) = find_sources([f"{bucket.as_uri()}/2023/{PLAN}"], MAX)

    assert refused == []
    assert source.beside == (f"{PLAN}.yaml",)


def test_errors_name_the_file_as_given(bucket: Path) -> None:
    """Neither the place of a copy nor more than is allowed comes to light."""
    ((source, _), _) = find_sources([bucket.as_uri()], MAX)

    with pytest.raises(DocumentError, match="more than the limit"), at_hand(source, 9):
        pass
    with (
        pytest.raises(DocumentError, match=r"bucket/2023/min.* is odd"),
        at_hand(source, MAX) as path,
    ):
        raise DocumentError(f"{str(path)!r} is odd")
    bucket.joinpath("2023", PLAN).unlink()
    with pytest.raises(DocumentError, match="does not exist"), at_hand(source, MAX):
        pass


def test_names_of_a_bucket_lead_nowhere_else(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is called ../plan.txt is refused, and nothing is written there."""
    monkeypatch.setattr(
        Storage,
        "files",
        lambda _self, _folder="": [Found("../../plan.txt", 1), Found("a" * 300, 1)],
    )

    sources, refused = find_sources([bucket.as_uri()], MAX)

    assert sources == []
    assert "leads elsewhere" in str(refused[0])
    assert "no file can have" in str(refused[1])


def test_storage_is_whole_or_missing(tmp_path: Path) -> None:
    """A file is there when it is whole; what is not there is said in one line."""
    storage = Storage(str(tmp_path / "out"))

    storage.write("a/b.parquet", b"1")
    storage.write("a/b.parquet", b"22")

    assert storage.files() == [Found("a/b.parquet", 2)]
    assert (storage.read("a/b.parquet"), storage.read("a/c.parquet")) == (b"22", None)
    assert (storage.size("a/b.parquet"), storage.size("a")) == (2, None)
    storage.delete("a/b.parquet")
    assert storage.files("a") == storage.files("nowhere") == []
    tmp_path.joinpath("file").write_bytes(b"x")
    with pytest.raises(UserError, match="cannot be reached"):
        Storage(str(tmp_path / "file")).write("a/b", b"x")
