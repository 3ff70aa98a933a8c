"""Where the files of ended sittings are kept, as Django's storage API takes it.

Without a bucket it is the folder that media records into: the same files, nothing is copied.
"""

from typing import Any

from .environment import Environment

#: A viewer who was sent to the bucket may use that address for so long, seconds.
ADDRESS_S = 3600


def storage(env: Environment) -> dict[str, Any]:
    """The entry of STORAGES; its names are paths below the recordings' folder."""
    if not env.archive_bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": env.media_dir},
        }
    # Half a second to load: for those that have a bucket.
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.archive_bucket,
            "endpoint_url": env.archive_endpoint or None,
            "region_name": env.archive_region or None,
            "access_key": env.archive_key_id or None,
            "secret_key": env.archive_secret or None,
            "location": env.archive_prefix,
            "default_acl": None,
            "file_overwrite": True,
            "querystring_expire": ADDRESS_S,
            "max_memory_size": 64 * 1024 * 1024,
            "transfer_config": TransferConfig(use_threads=False),
            "client_config": Config(
                connect_timeout=4,
                read_timeout=15,
                retries={"max_attempts": 1},
                max_pool_connections=16,
                signature_version="s3v4",
                # A server of one's own seldom has a name for each bucket.
                s3={"addressing_style": "path" if env.archive_endpoint else "auto"},
                # Not every S3-compatible server knows the newer ones; we have our own.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        },
    }
