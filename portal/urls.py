"""Addresses of pages. What a commune has comes last: `/<commune>/` would take the others' place."""

from django.urls import path

from .views import (
    answers,
    commitments,
    commune,
    feeds,
    home,
    listed,
    notices,
    prepare,
    site,
    sitting,
    staff,
    transparency,
    word_lists,
    work,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("langue/", site.set_language, name="set_language"),
    path("confidentialite/", site.privacy, name="privacy"),
    path("fichiers/arms/<str:name>", site.arms, name="arms"),
    path("espace/", staff.staff, name="staff"),
    path("espace/reponses/", answers.answers, name="answers"),
    path("rappels/<str:token>/", notices.stop, name="stop"),
    path("sw.js", notices.service_worker, name="service_worker"),
    path("<slug:commune>/", commune.commune, name="commune"),
    path("<slug:commune>/agenda.ics", feeds.calendar, name="calendar"),
    path("<slug:commune>/flux.xml", feeds.feed, name="feed"),
    path("<slug:commune>/liste/", listed.listed, name="listed"),
    path("<slug:commune>/engagements/", commitments.commitments, name="commitments"),
    path("<slug:commune>/engagements/<int:number>/", commitments.commitment, name="commitment"),
    path(
        "<slug:commune>/engagements/<int:number>/pieces/<int:update>/",
        commitments.piece,
        name="commitment_piece",
    ),
    path("<slug:commune>/mots/", word_lists.word_lists, name="word_lists"),
    path("<slug:commune>/transparence/", transparency.commune, name="commune_report"),
    path(
        "<slug:commune>/transparence/seances.csv",
        transparency.commune_csv,
        name="commune_report_csv",
    ),
    path("<slug:commune>/seances/nouvelle/", prepare.new, name="sitting_new"),
    path("<slug:commune>/seances/<slug:slug>/", sitting.sitting, name="sitting"),
    path("<slug:commune>/seances/<slug:slug>/apercu.png", sitting.picture, name="sitting_picture"),
    path("<slug:commune>/seances/<slug:slug>/ecran/", sitting.projector, name="projector"),
    path("<slug:commune>/seances/<slug:slug>/preparer/", prepare.edit, name="sitting_prepare"),
    path("<slug:commune>/seances/<slug:slug>/moderation/", work.desk, name="desk"),
    path("<slug:commune>/seances/<slug:slug>/animation/", work.host, name="host"),
    path("<slug:commune>/seances/<slug:slug>/conduite/", work.control, name="control"),
    path("<slug:commune>/seances/<slug:slug>/studio/", work.studio, name="studio"),
    path(
        "<slug:commune>/seances/<slug:slug>/transparence/",
        transparency.sitting,
        name="sitting_report",
    ),
    path(
        "<slug:commune>/seances/<slug:slug>/transparence/decisions.csv",
        transparency.decisions_csv,
        name="sitting_decisions",
    ),
    path(
        "<slug:commune>/seances/<slug:slug>/transparence/empreintes.csv",
        transparency.chain_csv,
        name="sitting_chain",
    ),
]
