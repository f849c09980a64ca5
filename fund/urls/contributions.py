"""Addresses of the contributions pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
