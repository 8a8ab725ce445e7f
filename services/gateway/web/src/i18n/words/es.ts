import type { DocumentStatus, DocumentType } from '@/api/types';
import type { Refusals } from '../refusals';
import refusals from '../refusals/es.json';

const documentTypes: Record<DocumentType, string> = {
  invoice: 'Factura',
  sales_receipt: 'Ticket de venta',
  credit_note: 'Factura rectificativa',
  estimate: 'Presupuesto',
  proforma: 'Proforma',
  delivery_note: 'Albarán',
  sales_order: 'Pedido de venta',
  purchase_invoice: 'Factura de compra',
  purchase_receipt: 'Ticket de compra',
  purchase_credit_note: 'Factura de compra rectificativa',
  purchase_order: 'Pedido de compra',
};

type Status = DocumentStatus | 'overdue';

const documentStatuses: Record<Status, string> = {
  draft: 'Borrador',
  approved: 'Aprobada',
  partially_paid: 'Pago parcial',
  paid: 'Pagada',
  accepted: 'Aceptado',
  rejected: 'Rechazado',
  voided: 'Anulada',
  overdue: 'Vencida',
};

const MASCULINE: DocumentType[] = [
  'estimate',
  'sales_receipt',
  'delivery_note',
  'sales_order',
  'purchase_receipt',
  'purchase_order',
];
const masculineStatuses: Record<Status, string> = {
  ...documentStatuses,
  approved: 'Aprobado',
  paid: 'Pagado',
  voided: 'Anulado',
  overdue: 'Vencido',
};

/** Words that the back office and the client portal share. */
export const words = {
  documentTypes,
  documentStatuses,
  /** The status of a document, agreeing with what it is called. */
  documentStatusOf: (type: DocumentType, status: Status): string =>
    (MASCULINE.includes(type) ? masculineStatuses : documentStatuses)[status],
  refusals: refusals as Refusals,
  newPassword: { good: 'Esta contraseña vale.' },
  problems: {
    unreachable: 'No hay conexión con el servidor. Comprueba tu red y vuelve a intentarlo.',
    unexpected: 'Algo ha fallado. Vuelve a intentarlo.',
    invalid: 'Revisa los campos marcados.',
    refused: 'No se ha podido hacer. Revisa los datos y vuelve a intentarlo.',
  },
  fields: {
    missing: 'Es obligatorio.',
    email: 'No es una dirección de e-mail válida.',
    iban: 'El IBAN no es válido.',
    bic: 'El BIC no es válido.',
    phone: 'El teléfono no es válido.',
    taxId: 'El identificador fiscal no es válido.',
    website: 'Escribe la dirección completa, con https://',
    number: 'No es un número válido.',
    date: 'La fecha no es válida.',
    currency: 'No es una moneda: usa su código, como EUR.',
    country: 'Elige un país.',
    invalid: 'El valor no es válido. Revísalo.',
    day: 'No es una fecha. Escribe primero el día: 31/12/2026, 31 dic, hoy o +30.',
    dayShape: 'dd/mm/aaaa',
    time: 'No es una hora: escribe, por ejemplo, 9:30.',
    timeOf: 'Hora',
    moment: 'Escribe la fecha (31/12/2026) y la hora (9:30).',
    calendar: 'Abrir el calendario',
    earlier: 'Anterior',
    later: 'Siguiente',
    whole: 'Tiene que ser un número entero.',
    decimals: 'Tiene demasiados decimales.',
  },
  actions: {
    clear: 'Borrar',
    save: 'Guardar',
    cancel: 'Cancelar',
    close: 'Cerrar',
    edit: 'Editar',
    remove: 'Eliminar',
    undo: 'Deshacer',
    retry: 'Reintentar',
    confirm: 'Confirmar',
    download: 'Descargar',
    more: 'Más opciones',
    loadMore: 'Mostrar más',
    logOut: 'Cerrar sesión',
    logIn: 'Entrar',
  },
  login: {
    email: 'E-mail',
    password: 'Contraseña',
    wrong: 'El e-mail o la contraseña no son correctos.',
  },
  settings: {
    language: 'Idioma',
    appearance: 'Apariencia',
    light: 'Clara',
    dark: 'Oscura',
    system: 'Del sistema',
  },
  drafts: {
    recovered: (when: string) => `Recuperado lo que escribiste sin guardar (${when}).`,
    discard: 'Descartar',
    discarded: 'Descartado.',
    back: 'Recuperado: vuelve a abrir el formulario para seguir.',
    kept: 'Sin guardar, pero no se pierde: estará aquí cuando vuelvas.',
    leaveAsk: '¿Salir sin guardar?',
    leaveHint: 'Lo que has escrito se perderá.',
    logOutAsk: '¿Cerrar sesión y descartar lo que no has guardado?',
    logOutHint: (count: number) =>
      count === 1 ? 'Hay un formulario a medias.' : `Hay ${count} formularios a medias.`,
    uploadAsk: '¿Salir de esta página?',
    uploadHint: 'Hay archivos sin subir: se quedarán fuera.',
    go: 'Salir',
    stay: 'Quedarme',
  },
  session: {
    over: 'Tu sesión ha terminado',
    overHint: 'Vuelve a entrar y seguirás donde estabas: no se pierde nada.',
    taken: 'Otra persona ha entrado en este navegador',
    takenHint:
      'Para no mezclar el trabajo de las dos, esta página ya no guarda nada. Lo que escribiste sigue aquí para cuando vuelvas a entrar.',
    reload: 'Abrir su página',
  },
  connection: {
    lost: 'Sin conexión con el servidor. No se pierde nada: lo pendiente se envía en cuanto vuelva.',
    now: 'Probar ahora',
  },
  document: {
    date: 'Fecha',
    due: 'Vencimiento',
    status: 'Estado',
    total: 'Total',
    pending: 'Pendiente',
    subtotal: 'Base imponible',
    description: 'Concepto',
    quantity: 'Cantidad',
    price: 'Precio',
    discount: 'Dto.',
    taxes: 'Impuestos',
    amount: 'Importe',
    unnumbered: 'Sin número',
    viewPdf: 'Ver PDF',
  },
  relations: {
    source: 'Procede de',
    corrects: 'Rectifica',
    became: 'Dio lugar a',
    correctedBy: 'Rectificativas',
  },
  skip: 'Saltar al contenido',
  loading: 'Cargando',
  failed: 'No se ha podido mostrar',
};

export type Words = typeof words;
