"""Passkeys: what a browser is asked for, and whether its answer is good (WebAuthn). No database.

A passkey is asked to know its user, by a finger or a PIN: it is both factors in one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

_KNOWS = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are good: the host they are bound to, and the origin that pages are served from."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that a browser made: its name and its public key in base64url, and its counter."""

    credential: str
    public_key: str
    uses: int


def making(
    site: Site, club: str, handle: bytes, email: str, challenge: bytes, known: Sequence[str]
) -> dict[str, Any]:
    """What a browser is asked to make a passkey by; not one more in a device that holds one of `known`."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=club,
        user_id=handle,
        user_name=email,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_KNOWS
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one)) for one in known],
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def showing(site: Site, challenge: bytes) -> dict[str, Any]:
    """What a browser is asked to show a passkey by, whoever's it is."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=challenge, user_verification=_KNOWS
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def made(site: Site, challenge: bytes, answer: Mapping[str, Any]) -> Made | None:
    """The passkey that a browser made for this challenge; None for an answer that is not good."""
    try:
        found = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    credential, key = bytes_to_base64url(found.credential_id), bytes_to_base64url(found.credential_public_key)
    return Made(credential, key, found.sign_count)


def shown(site: Site, challenge: bytes, answer: Mapping[str, Any], key: Made) -> int | None:
    """The counter of a passkey that was shown for this challenge; None where it was not."""
    try:
        found = webauthn.verify_authentication_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    return found.new_sign_count
