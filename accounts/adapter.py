"""How sign-up and log-in behave where django-allauth leaves it to the site."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """django-allauth's own behaviour."""
