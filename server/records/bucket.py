"""Keeps the bytes of photos and of the register's pictures in an S3-compatible bucket.

A module of its own: boto3 takes long to import, and only a server with a bucket needs it.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from records.storage import PhotosUnavailable

_BUCKET_ERRORS = (BotoCoreError, Boto3Error, ClientError)


class BucketStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """Private objects of one bucket, never written twice. The back office decides who may see them."""

    def get_default_settings(self) -> dict[str, Any]:
        """Settings that django-storages would read from Django's settings; keys come from the usual AWS variables."""
        return {
            **super().get_default_settings(),
            "bucket_name": os.environ.get("OCOP_S3_BUCKET"),
            "endpoint_url": settings.S3_ENDPOINT or None,
            "region_name": os.environ.get("OCOP_S3_REGION") or None,
            # No access list is sent: objects are private by default, and many stores refuse lists.
            "default_acl": None,
            "transfer_config": TransferConfig(use_threads=False),
            "client_config": Config(
                connect_timeout=5,
                read_timeout=20,
                retries={"mode": "standard", "total_max_attempts": 2},
                # Other stores refuse checksums that only AWS knows; SHA-256 was checked before.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": settings.S3_ADDRESSING},
            ),
        }

    @property
    def bucket(self) -> Any:
        """The bucket, over this thread's own connection: boto3's resources are not thread-safe."""
        return self.connection.Bucket(self.bucket_name)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 - Django's signature
        """Return the name itself: the same name means the same content."""
        return name

    def check(self) -> None:
        """Check that an object can be written. Raises PhotosUnavailable."""
        try:
            super()._save("health", ContentFile(b"health"))
        except _BUCKET_ERRORS as error:
            raise PhotosUnavailable from error

    def _save(self, name: str, content: File[bytes]) -> str:
        try:
            # Objects are complete or absent, so one that exists is the photo.
            return name if self.exists(name) else str(super()._save(name, content))
        except _BUCKET_ERRORS as error:
            raise PhotosUnavailable from error

    def exists(self, name: str) -> bool:
        """Whether there is such an object. Raises PhotosUnavailable."""
        try:
            return bool(super().exists(name))
        except _BUCKET_ERRORS as error:
            raise PhotosUnavailable from error

    def delete(self, name: str) -> None:
        """Delete an object, if there is one. Raises PhotosUnavailable."""
        try:
            super().delete(name)
        except _BUCKET_ERRORS as error:
            raise PhotosUnavailable from error

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """The folders and the objects under a name. Raises PhotosUnavailable."""
        try:
            folders, names = super().listdir(path)
        except _BUCKET_ERRORS as error:
            raise PhotosUnavailable from error
        return folders, names

    def get_modified_time(self, name: str) -> datetime:
        """When an object was written. Raises FileNotFoundError and PhotosUnavailable."""
        try:
            found: datetime = super().get_modified_time(name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise PhotosUnavailable from error
        except _BUCKET_ERRORS as error:
            raise PhotosUnavailable from error
        return found

    def remove_partial(self, folder: str) -> int:  # noqa: ARG002 - as on the disk
        """Nothing: an object is there whole or not at all."""
        return 0

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        try:
            with super()._open(name, mode) as file:
                return ContentFile(file.read(), name)
        except _BUCKET_ERRORS as error:
            raise PhotosUnavailable from error
