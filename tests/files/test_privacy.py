"""The bytes are the service's alone: who has no key of the storage's gets, lists, writes and deletes nothing there."""

from uuid import UUID

import httpx
import pytest
from minio import Minio
from minio.error import S3Error

from files.config import Settings
from local.s3 import S3
from tests.files.support import Bucket, upload

UNSIGNED = {
    "list": ("GET", ""),
    "list by the newer way": ("GET", "?list-type=2&prefix={org}/"),
    "list uploads": ("GET", "?uploads"),
    "read the policy": ("GET", "?policy"),
    "read": ("GET", "/{key}"),
    "look": ("HEAD", "/{key}"),
    "write": ("PUT", "/{key}"),
    "write beside it": ("PUT", "/{org}/mine"),
    "begin an upload": ("POST", "/{key}?uploads"),
    "delete": ("DELETE", "/{key}"),
    "delete the bucket": ("DELETE", ""),
    "open it to everybody": ("PUT", "?policy"),
}


@pytest.mark.parametrize(("method", "target"), UNSIGNED.values(), ids=UNSIGNED.keys())
async def test_who_signs_nothing_is_refused(
    client: httpx.AsyncClient,
    bucket: Bucket,
    settings: Settings,
    org_id: UUID,
    contact_id: UUID,
    method: str,
    target: str,
) -> None:
    file = await upload(client, contact_id, b"secreto")
    key = f"{org_id}/{contact_id}/{file['id']}"
    url = f"http://{settings.s3_endpoint}/{settings.s3_bucket}"
    async with httpx.AsyncClient() as stranger:
        answer = await stranger.request(method, url + target.format(key=key, org=org_id), content=b"mine")
    assert answer.status_code == 403, answer.text
    assert "secreto" not in answer.text
    assert str(contact_id) not in answer.text.replace(key, "")
    assert bucket.objects(org_id) == [key]
    assert (await client.get(f"/api/v1/files/{file['id']}/content")).content == b"secreto"


def test_the_bucket_is_made_without_a_policy(bucket: Bucket) -> None:
    with pytest.raises(S3Error) as none:
        bucket.client.get_bucket_policy(bucket.name)
    assert none.value.code == "NoSuchBucketPolicy"


def test_a_key_that_is_wrong_opens_nothing(s3: S3, bucket: Bucket) -> None:
    for access, secret in ((s3.access_key, "x" * 40), ("x" * 20, s3.secret_key), ("anonymous", "anonymous")):
        wrong = Minio(s3.endpoint, access, secret, secure=False, region="us-east-1")
        with pytest.raises(S3Error):
            next(iter(wrong.list_objects(bucket.name)), None)
