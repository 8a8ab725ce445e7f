"""What the mails say, in each language."""

from dataclasses import dataclass
from typing import Final, Literal

from shared.events.documents import DocumentType
from shared.events.gateway import SecurityNoticeKind
from shared.events.portal import ClientNoticeKind


@dataclass(frozen=True, slots=True)
class Translation:
    """`documents`: title, and the title as it stands inside a sentence."""

    greeting: str
    attached: str
    number: str
    issue_date: str
    due_date: str
    total: str
    closing: str
    reset_subject: str
    reset_opening: str
    reset_opens: str
    reset_button: str
    reset_closing: str
    notice_subject: str
    notice_closing: str
    notices: dict[SecurityNoticeKind | ClientNoticeKind | Literal["portal_new_device"], str]
    documents: dict[DocumentType, tuple[str, str]]


SPANISH: Final = Translation(
    greeting="Hola, {name}:",
    attached="Le enviamos {document} en el PDF adjunto.",
    number="Número",
    issue_date="Fecha",
    due_date="Vencimiento",
    total="Total",
    closing="Si tiene cualquier duda, responda a este mensaje.",
    reset_subject="Nueva contraseña para el portal de {sender}",
    reset_opening="Hemos recibido una petición para cambiar la contraseña de su portal de cliente en {sender}.",
    reset_opens="El enlace sirve para los portales de:",
    reset_button="Elegir una contraseña nueva",
    reset_closing="El enlace sirve una sola vez y caduca una hora después de pedirlo. Si no lo ha pedido usted, no "
    "tiene que hacer nada: su contraseña sigue siendo la misma.",
    notice_subject="Aviso de seguridad de {sender}",
    notice_closing="Si ha sido usted, no tiene que hacer nada. "
    "Si no, cambie su contraseña y avise a quien administra Ficha en su empresa.",
    notices={
        "password_changed": "Se ha cambiado la contraseña de su cuenta.",
        "email_changed": "Se ha cambiado el correo electrónico de su cuenta.",
        "new_device": "Alguien ha entrado en su cuenta desde un dispositivo nuevo.",
        "key_made": "Se ha creado la clave de API «{name}» en su nombre.",
        "administrator_made": "Su cuenta tiene ahora permisos de administración.",
        "portal_password_changed": "Se ha establecido o cambiado la contraseña de su portal de cliente.",
        "portal_emails_changed": "Han cambiado las direcciones de correo que abren su portal de cliente.",
        "portal_new_device": "Alguien ha entrado en su portal de cliente desde un dispositivo nuevo.",
    },
    documents={
        "invoice": ("Factura", "la factura"),
        "sales_receipt": ("Ticket de venta", "el ticket de venta"),
        "credit_note": ("Factura rectificativa", "la factura rectificativa"),
        "estimate": ("Presupuesto", "el presupuesto"),
        "proforma": ("Factura proforma", "la factura proforma"),
        "delivery_note": ("Albarán", "el albarán"),
        "sales_order": ("Pedido de venta", "el pedido de venta"),
        "purchase_invoice": ("Factura de compra", "la factura de compra"),
        "purchase_receipt": ("Ticket de compra", "el ticket de compra"),
        "purchase_credit_note": ("Factura de compra rectificativa", "la factura de compra rectificativa"),
        "purchase_order": ("Pedido de compra", "el pedido de compra"),
    },
)

ENGLISH: Final = Translation(
    greeting="Hello {name},",
    attached="Please find {document} attached as a PDF.",
    number="Number",
    issue_date="Date",
    due_date="Due date",
    total="Total",
    closing="If you have any questions, just reply to this message.",
    reset_subject="New password for the portal of {sender}",
    reset_opening="We received a request to change the password of your client portal at {sender}.",
    reset_opens="The link is for the portals of:",
    reset_button="Choose a new password",
    reset_closing="The link works once and expires one hour after it was asked for. If it was not you who asked, there "
    "is nothing to do: your password stays the same.",
    notice_subject="Security notice from {sender}",
    notice_closing="If it was you, there is nothing to do. "
    "If not, change your password and tell whoever administers Ficha at your company.",
    notices={
        "password_changed": "The password of your account was changed.",
        "email_changed": "The e-mail address of your account was changed.",
        "new_device": "Somebody logged in to your account from a new device.",
        "key_made": "The API key “{name}” was created in your name.",
        "administrator_made": "Your account is now an administrator.",
        "portal_password_changed": "The password of your client portal was set or changed.",
        "portal_emails_changed": "The e-mail addresses that open your client portal have changed.",
        "portal_new_device": "Somebody logged in to your client portal from a new device.",
    },
    documents={
        "invoice": ("Invoice", "the invoice"),
        "sales_receipt": ("Sales receipt", "the sales receipt"),
        "credit_note": ("Credit note", "the credit note"),
        "estimate": ("Estimate", "the estimate"),
        "proforma": ("Proforma invoice", "the proforma invoice"),
        "delivery_note": ("Delivery note", "the delivery note"),
        "sales_order": ("Sales order", "the sales order"),
        "purchase_invoice": ("Purchase invoice", "the purchase invoice"),
        "purchase_receipt": ("Purchase receipt", "the purchase receipt"),
        "purchase_credit_note": ("Purchase credit note", "the purchase credit note"),
        "purchase_order": ("Purchase order", "the purchase order"),
    },
)

CATALAN: Final = Translation(
    greeting="Hola, {name}:",
    attached="Us enviem {document} en el PDF adjunt.",
    number="Número",
    issue_date="Data",
    due_date="Venciment",
    total="Total",
    closing="Si teniu cap dubte, responeu a aquest missatge.",
    reset_subject="Contrasenya nova per al portal de {sender}",
    reset_opening="Hem rebut una petició per canviar la contrasenya del vostre portal de client a {sender}.",
    reset_opens="L'enllaç serveix per als portals de:",
    reset_button="Triar una contrasenya nova",
    reset_closing="L'enllaç serveix una sola vegada i caduca una hora després de demanar-lo. Si no l'heu demanat, no "
    "cal que feu res: la vostra contrasenya continua sent la mateixa.",
    notice_subject="Avís de seguretat de {sender}",
    notice_closing="Si heu estat vós, no cal que feu res. "
    "Si no, canvieu la contrasenya i aviseu qui administra Ficha a la vostra empresa.",
    notices={
        "password_changed": "S'ha canviat la contrasenya del vostre compte.",
        "email_changed": "S'ha canviat el correu electrònic del vostre compte.",
        "new_device": "Algú ha entrat al vostre compte des d'un dispositiu nou.",
        "key_made": "S'ha creat la clau d'API «{name}» en nom vostre.",
        "administrator_made": "El vostre compte té ara permisos d'administració.",
        "portal_password_changed": "S'ha establert o canviat la contrasenya del vostre portal de client.",
        "portal_emails_changed": "Han canviat les adreces de correu que obren el vostre portal de client.",
        "portal_new_device": "Algú ha entrat al vostre portal de client des d'un dispositiu nou.",
    },
    documents={
        "invoice": ("Factura", "la factura"),
        "sales_receipt": ("Tiquet de venda", "el tiquet de venda"),
        "credit_note": ("Factura rectificativa", "la factura rectificativa"),
        "estimate": ("Pressupost", "el pressupost"),
        "proforma": ("Factura proforma", "la factura proforma"),
        "delivery_note": ("Albarà", "l'albarà"),
        "sales_order": ("Comanda de venda", "la comanda de venda"),
        "purchase_invoice": ("Factura de compra", "la factura de compra"),
        "purchase_receipt": ("Tiquet de compra", "el tiquet de compra"),
        "purchase_credit_note": ("Factura de compra rectificativa", "la factura de compra rectificativa"),
        "purchase_order": ("Comanda de compra", "la comanda de compra"),
    },
)

TRANSLATIONS: Final = {"es": SPANISH, "en": ENGLISH, "ca": CATALAN}
