"""Addresses of the programme pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
