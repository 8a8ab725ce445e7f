"""The data folder's secrets: made once, and completed where an older Ficha made them."""

import json
from pathlib import Path

from local.home import Home


def test_secrets_of_a_ficha_without_webhooks_get_their_key_and_keep_the_rest(tmp_path: Path) -> None:
    with Home(tmp_path) as home:
        made, key = home.admin_password, home.webhook_key
    path = tmp_path / "secrets.json"
    secrets = json.loads(path.read_text())
    del secrets["webhook_key"]
    path.write_text(json.dumps(secrets))
    with Home(tmp_path) as home:
        assert (home.admin_password, home.webhook_key != key) == (made, True)
        key = home.webhook_key
    with Home(tmp_path) as home:
        assert home.webhook_key == key
    assert path.stat().st_mode & 0o777 == 0o600
