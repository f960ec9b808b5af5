"""The addresses of the pages of certificates, below /admin/certificates/."""

from django.urls import path

from backoffice.certificate_page import certificate_page, of_product
from backoffice.renewal_page import renewal_page
from backoffice.renewals_page import renewals_page
from backoffice.withdrawal_page import taking_back_page, withdrawal_page

urlpatterns = [
    path("renew/", renewals_page, name="office-renew-many"),
    path("of/<int:product>/", of_product, name="office-certificate-of"),
    path("<int:certificate>/", certificate_page, name="office-certificate"),
    path("<int:certificate>/withdraw/", withdrawal_page, name="office-withdraw"),
    path("<int:certificate>/take-back/", taking_back_page, name="office-take-back"),
    path("<int:certificate>/renew/", renewal_page, name="office-renew"),
]
