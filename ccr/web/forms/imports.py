"""Forms of the import desk: a file with its source, and what was decided after the check."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from ccr.domain.phrases import phrase
from ccr.services.import_source import LONGEST_SOURCE
from ccr.web.language import translated


class UploadForm(FlaskForm):
    """A package or table, and the name of its source."""

    file = FileField()
    source = StringField()
    skip_bad_rows = BooleanField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.file.label.text = translated(phrase("File"))
        self.file.description = translated(
            phrase("A ZIP, CSV, TSV, XLSX, JSON or NDJSON file of at most 200 MB.")
        )
        self.file.validators = [FileRequired(translated(phrase("Choose a file.")))]
        self.source.label.text = translated(phrase("Source"))
        self.source.description = translated(
            phrase(
                "The name under which this list is known here, such as county-211. Use the same "
                "name each time, and another for each list."
            )
        )
        self.source.validators = [
            InputRequired(translated(phrase("Name the source."))),
            Length(
                max=LONGEST_SOURCE,
                message=translated(
                    phrase("A source name has 1 to %(most)s characters.", most=LONGEST_SOURCE)
                ),
            ),
        ]
        self.skip_bad_rows.label.text = translated(phrase("Leave out rows with errors"))
        self.skip_bad_rows.description = translated(
            phrase("Without this, one row with an error stops the whole import. The check says.")
        )


class DecideForm(FlaskForm):
    """What was decided after the check. Rows and fields are named by their keys."""

    version = HiddenField()
    skip_bad_rows = BooleanField()
    take_all = BooleanField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.skip_bad_rows.label.text = translated(phrase("Leave out the rows with errors"))
        self.take_all.label.text = translated(phrase("Take the file’s for every field"))
