"""Addresses of sign-in, the account and the team."""

from django.urls import include, path

from .views import account, data_price, signin, team

urlpatterns = [
    path("connexion/", signin.signin_form, name="signin"),
    # allauth's second factor looks for its own names.
    path("connexion/", signin.signin_form, name="account_login"),
    path("connexion/code/", signin.signin_code, name="signin_code"),
    path("connexion/cle/", signin.signin_key, name="signin_key"),
    path("connexion/lien/<str:token>/", signin.link_signin, name="link_signin"),
    path("connexion/second-facteur/", include("allauth.mfa.urls")),
    path("deconnexion/", signin.signout, name="signout"),
    path("deconnexion/", signin.signout, name="account_logout"),
    path("compte/", account.account, name="account"),
    path("compte/appareils/", account.signout_elsewhere, name="signout_elsewhere"),
    path("compte/supprimer/", account.account_delete, name="account_delete"),
    path("<slug:commune>/equipe/", team.team, name="team"),
    path("<slug:commune>/prix-des-donnees/", data_price.data_price, name="data_price"),
]
