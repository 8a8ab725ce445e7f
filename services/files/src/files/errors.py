"""What can go wrong with files."""

from shared.errors import BadRequest, FichaError, NotFound, Unavailable


class FileNotFound(NotFound):
    code = "files.not_found"
    title = "No such file"


class ContactNotFound(NotFound):
    code = "files.contact_not_found"
    title = "No such contact"


class FileGone(FichaError):
    status = 410
    code = "files.gone"
    title = "The file was deleted too long ago to be restored"


class FileTooLarge(FichaError):
    status = 413
    code = "files.too_large"
    title = "The file is larger than allowed"


class UploadTooSlow(FichaError):
    status = 408
    code = "files.upload_too_slow"
    title = "The upload took too long"


class UploadInterrupted(BadRequest):
    code = "files.upload_interrupted"
    title = "The upload ended before the file did"


class StorageUnreachable(Unavailable):
    code = "files.storage_unreachable"
    title = "The object storage does not answer"
