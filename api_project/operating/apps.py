from django.contrib.admin.apps import AdminConfig


class OperatingConfig(AdminConfig):
    default_site = "api_project.operating.site.OperatorSite"

    def ready(self) -> None:
        super().ready()
        from api_project.operating import erasing, users

        erasing.register()
        users.register()
