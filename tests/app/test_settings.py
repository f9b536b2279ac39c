import pytest

from config.settings import Settings, SettingsFaulty

SOUND = {"LOYALTY_SECRET_KEY": "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"}


def faults(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsFaulty) as raised:
        Settings.from_env(environ)
    return raised.value.faults


def test_only_a_secret_must_be_given():
    settings = Settings.from_env(SOUND | {"PATH": "elsewhere"})
    assert (settings.env, settings.port, settings.nightly) == ("production", 8000, True)
    assert settings.database_url == "sqlite:///loyalty.db"


def test_values_are_read_by_their_type():
    settings = Settings.from_env(SOUND | {"LOYALTY_PORT": "9000", "LOYALTY_NIGHTLY": "off"})
    assert (settings.port, settings.nightly) == (9000, False)


def test_all_faults_are_told_at_once():
    told = faults(
        {
            "LOYALTY_PORT": "eighty",
            "LOYALTY_NIGHTLY": "perhaps",
            "LOYALTY_ENV": "staging",
            "LOYALTY_DATABASE_URL": "mysql://localhost/club",
            "LOYALTY_RATE_LIMIT_PER_MINUTE": "0",
            "LOYALTY_DATABSE_URL": "sqlite://",
        }
    )
    assert told == {
        "LOYALTY_DATABASE_URL": "must be sqlite or postgresql",
        "LOYALTY_DATABSE_URL": "no such setting",
        "LOYALTY_ENV": "must be one of production, development, testing",
        "LOYALTY_NIGHTLY": "must be true or false",
        "LOYALTY_PORT": "must be a whole number",
        "LOYALTY_RATE_LIMIT_PER_MINUTE": "must be from 1 to 1000000000",
        "LOYALTY_SECRET_KEY": "must be given, with at least 32 characters",
    }


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "secret",
        "a" * 40,
        "change-me-change-me-change-me-change-me",
        "This-Is-My-Secret-Key-For-The-Club-2026",
    ],
)
def test_a_weak_secret_stops_the_start(secret):
    assert set(faults({"LOYALTY_SECRET_KEY": secret})) == {"LOYALTY_SECRET_KEY"}
    assert set(faults({"LOYALTY_SECRET_KEY": secret, "LOYALTY_ENV": "development"})) == {"LOYALTY_SECRET_KEY"}


def test_a_weak_identity_key_stops_the_start():
    assert set(faults(SOUND | {"LOYALTY_IDENTITY_KEY": "short"})) == {"LOYALTY_IDENTITY_KEY"}


def test_a_weak_earlier_secret_stops_the_start_and_good_ones_are_heard_in_their_order():
    good, weak = "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d", "short"
    assert set(faults(SOUND | {"LOYALTY_SECRET_KEY_FALLBACKS": f"{good},{weak}"})) == {
        "LOYALTY_SECRET_KEY_FALLBACKS"
    }
    settings = Settings.from_env(SOUND | {"LOYALTY_SECRET_KEY_FALLBACKS": f" {good} ,,"})
    alone = Settings.from_env(SOUND | {"LOYALTY_SECRET_KEY": good})
    assert settings.keys_for("x") == Settings.from_env(SOUND).keys_for("x") + alone.keys_for("x")
    assert good not in repr(settings)


def test_a_url_that_is_none_is_told():
    assert faults(SOUND | {"LOYALTY_DATABASE_URL": "here"}) == {
        "LOYALTY_DATABASE_URL": "must be a database URL"
    }


def test_only_risks_that_exist_can_be_accepted_each_by_its_name():
    assert Settings.from_env(SOUND).accepted_risks == frozenset()
    told = Settings.from_env(SOUND | {"LOYALTY_ALLOW_UNSAFE": "fsync, schema"})
    assert told.accepted_risks == {"fsync", "schema"}
    for all_of_them in ("true", "all", "fsync,speed"):
        assert set(faults(SOUND | {"LOYALTY_ALLOW_UNSAFE": all_of_them})) == {"LOYALTY_ALLOW_UNSAFE"}


def test_digits_of_other_scripts_are_no_number():
    assert set(faults(SOUND | {"LOYALTY_PORT": "８０００"})) == {"LOYALTY_PORT"}


def test_the_names_that_tests_use_are_not_settings():
    assert Settings.from_env(SOUND | {"LOYALTY_REAL_DATA": "data", "LOYALTY_TESTS_STRICT": "1"}).port == 8000


def test_secrets_are_never_printed():
    settings = Settings.from_env(SOUND | {"LOYALTY_DATABASE_URL": "postgresql://club:pass123@localhost/club"})
    assert SOUND["LOYALTY_SECRET_KEY"] not in repr(settings)
    assert "pass123" not in repr(settings)


def test_documents_are_digested_with_a_key_of_their_own():
    drawn = Settings.from_env(SOUND).identity_secret
    given = Settings.from_env(
        SOUND | {"LOYALTY_IDENTITY_KEY": "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d"}
    ).identity_secret
    assert drawn != SOUND["LOYALTY_SECRET_KEY"].encode()
    assert given == b"0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d"


@pytest.mark.parametrize(
    ("told", "faulty"),
    [
        ({"LOYALTY_SMTP_URL": "mail.example.org", "LOYALTY_MAIL_FROM": "a@b.org"}, "LOYALTY_SMTP_URL"),
        ({"LOYALTY_SMTP_URL": "smtp://h:99999", "LOYALTY_MAIL_FROM": "a@b.org"}, "LOYALTY_SMTP_URL"),
        ({"LOYALTY_SMTP_URL": "smtp://h"}, "LOYALTY_MAIL_FROM"),
        ({"LOYALTY_SMTP_URL": "smtp://h", "LOYALTY_MAIL_FROM": "Club <a@b.org>"}, "LOYALTY_MAIL_FROM"),
        ({"LOYALTY_SMS_URL": "https://h/x"}, "LOYALTY_SMS_SECRET"),
        ({"LOYALTY_SMS_URL": "https://h/x", "LOYALTY_SMS_SECRET": "whsec_short"}, "LOYALTY_SMS_SECRET"),
        ({"LOYALTY_PUBLIC_URL": "club.example.org"}, "LOYALTY_PUBLIC_URL"),
    ],
)
def test_where_letters_go_is_looked_at_before_the_start(told, faulty):
    assert set(faults(SOUND | told)) == {faulty}
