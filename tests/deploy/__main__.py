"""`make settings`: brings the tables of settings in the services' READMEs up to the settings classes."""

from tests.deploy.settings_tables import ROOT, outdated


def main() -> None:
    for path, text in outdated().items():
        path.write_text(text)
        print(path.relative_to(ROOT))


main()
