"""Addresses of concerns, under `/<commune>/preoccupations/`."""

from django.urls import path

from .views import concern_raise, concern_work, concerns

urlpatterns = [
    path("", concerns.concerns, name="concerns"),
    path("nouvelle/", concern_raise.raise_concern, name="concern_raise"),
    path("moderation/", concern_work.desk, name="concern_desk"),
    path("reglages/", concern_work.settings_page, name="concern_settings"),
    path("photos/<slug:name>-<int:size>.webp", concerns.photo, name="concern_photo"),
    path("<int:number>/", concerns.concern, name="concern"),
    path("<int:number>/seance/<int:referral>/", concerns.moment, name="concern_moment"),
]
