"""Pages by which guests put their own details right."""

from django.urls import path

from customers.quality import public

app_name = "details"

urlpatterns = [
    path("<str:token>/", public.page, name="page"),
    path("new/<str:token>/", public.confirm, name="confirm"),
    path("old/<str:token>/", public.refuse, name="refuse"),
]
