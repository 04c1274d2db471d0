"""Single sign-on by OpenID Connect, through django-allauth.

The provider says who somebody is and nothing more: it makes no account and gives no role. The
account is the one whose user name, or verified e-mail address, is what the provider's claim says
(GALLEY_OIDC_CLAIM: `email`, the default, or another claim that holds the user name).
"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from galleyproof.people.actions.signing_in import note_sign_in
from galleyproof.people.models import Person
from galleyproof.web.asking import now
from galleyproof.web.kept_forms import KEPT, give_back
from galleyproof.web.screens.refusals import refuse

BACKEND = "django.contrib.auth.backends.ModelBackend"


def person_of_claims(claims: dict[str, Any], claim: str) -> Person | None:
    """The active person that a provider's claims name; None for nobody, or several."""
    said = str(claims.get(claim) or "").strip()
    if not said:
        return None
    if claim == "email":
        if claims.get("email_verified") is not True:
            return None
        found = Person.objects.filter(email__iexact=said, is_active=True)
    else:
        found = Person.objects.filter(username__iexact=said, is_active=True)
    several = list(found[:2])
    return several[0] if len(several) == 1 else None


class Adapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """Signs the person in here, before allauth keeps anything of its own."""
        extra = sociallogin.account.extra_data
        claims = extra.get("userinfo") or extra.get("id_token") or extra
        person = person_of_claims(claims, settings.GALLEY_OIDC_CLAIM)
        if person is None:
            raise ImmediateHttpResponse(
                refuse(
                    request,
                    403,
                    _(
                        "your institution knows you, but no active account here is yours; ask an "
                        "administrator to add one with the same name or e-mail address"
                    ),
                )
            )
        back = sociallogin.get_redirect_url(request) or "/"
        if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            back = "/"
        note_sign_in(person, "single sign-on", request.META.get("REMOTE_ADDR", ""), now())
        login(request, person, backend=BACKEND)
        give_back(request, request.COOKIES.get(KEPT, ""))
        response = redirect(back)
        response.delete_cookie(KEPT)
        raise ImmediateHttpResponse(response)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> NoReturn:
        raise ImmediateHttpResponse(
            refuse(
                request,
                403,
                _("the sign-in at your institution was given up or did not work; try again"),
            )
        )
