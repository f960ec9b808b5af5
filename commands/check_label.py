"""`main.py check-label`: checks a label's artwork by this device's copy of the register, without network."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.checklists.versions import Versions
from services.labels.artwork import BadArtwork
from services.labels.check import Asked, CheckedLabel, LabelCode
from services.labels.check import check_label as check
from services.labels.finding import Finding, Grade, What
from services.labels.report import Source, report_pdf, report_text
from services.labels.words import REFUSED, told
from services.register.catalogue import Catalogue
from services.register.certificates import VIETNAM
from services.storage.store import StoreError, write_whole
from services.wording import Saying


def check_label(
    file: Path, asked: Asked, data: Path, language: Saying, fonts: Path, *, pdf: Path | None, as_json: bool
) -> int:
    """Print what was found, as text or JSON, and write the report to `pdf` if given.

    Returns 0 where nothing keeps the label from being printed, 1 where something does or no code is found, and 2 where
    the file cannot be checked or the report not written, which is told on standard error.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    now = datetime.now(UTC)
    try:
        catalogue = Catalogue.open(data / "catalogue", read_only=True)
        document = Versions(data / "checklists").in_force(catalogue.register.checklists, now.astimezone(VIETNAM).date())
        label = check(file.read_bytes(), catalogue, now, document, asked)
        source = Source(file.name, catalogue.copy.register_name or None)
        if pdf is not None:
            write_whole(pdf, report_pdf(label, source, language, fonts))
    except BadArtwork as error:
        print(f"{file}: {language.gettext(REFUSED[error.reason])}", file=sys.stderr)
        return 2
    except (OSError, StoreError, ValueError) as error:
        print(f"ocop-verify: {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps(_document(label, file, language), ensure_ascii=False, indent=2))
    else:
        print("\n".join(report_text(label, source, language)))
    no_code = any(finding.what is What.NO_CODE for finding in label.findings)
    return int(label.worst is Grade.STOP or no_code)


def _document(label: CheckedLabel, file: Path, language: Saying) -> dict[str, Any]:
    return {
        "file": str(file),
        "result": label.worst,
        "verifier_grade": False,
        "as_of": label.as_of.isoformat() if label.as_of else None,
        "pages": [{"page": page.number, "millimetres": page.size} for page in label.artwork.pages],
        "codes": [_code(code) for code in label.codes],
        "findings": [_finding(finding, language) for finding in label.findings],
    }


def _code(code: LabelCode) -> dict[str, Any]:
    return {
        "number": code.number,
        "symbology": code.symbology,
        "text": code.text,
        "gtin": code.checked.gtin if code.checked else None,
        "page": code.place.page,
        "corners": code.place.corners,
        "millimetres": code.place.millimetres,
    }


def _finding(finding: Finding, language: Saying) -> dict[str, Any]:
    said = told(finding, language)
    return {
        "what": finding.what,
        "grade": finding.grade,
        "code": finding.code,
        "measured": None if finding.measured is None else float(finding.measured),
        "unit": finding.unit,
        "least": finding.least,
        "most": finding.most,
        "values": {name: value.isoformat() if isinstance(value, date) else value for name, value in finding.values},
        "source": finding.source,
        "words": " ".join(filter(None, [f"{said.title}.", said.sentence])),
        "todo": said.todo,
    }
