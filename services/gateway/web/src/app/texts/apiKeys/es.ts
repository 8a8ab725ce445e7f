import type { Lifetime, Noun } from '@/apiKeys/apiKeys';

export const apiKeyTexts = {
  title: 'Claves de API',
  hint: 'Con una clave entra un programa en nombre tuyo, sin contraseña. Nunca puede más que tú, y termina contigo.',
  add: 'Nueva clave',
  make: 'Crear clave',
  none: 'No hay claves',
  noneHint: 'Crea una para cada programa: así puedes quitársela a uno sin tocar los demás.',
  name: 'Nombre',
  nameHint: 'Qué programa la usará.',
  scopes: 'Qué puede hacer',
  scopesHint:
    'Marca solo lo que necesite. Quien escribe sin leer recibe como respuesta solo el identificador y la versión.',
  scopesMissing: 'Marca al menos un permiso.',
  read: 'Leer',
  write: 'Escribir',
  users: 'Personas del equipo',
  usersHint: 'Leer quién hay, y los avisos sobre personas y claves. Cambiarlas solo puede una persona.',
  lifetime: 'Caduca',
  lifetimeHint: 'Lo que hizo con ella, como vistas previas o webhooks, termina con la clave.',
  once: 'Cópiala ahora: no se vuelve a mostrar, ni se guarda.',
  key: 'Clave',
  copy: 'Copiar',
  copied: 'Copiada',
  kept: 'La he guardado',
  lasts: 'No caduca',
  unused: 'Sin usar todavía',
  removeHint: 'El programa dejará de entrar al momento, y también las claves que se crearon con ella.',
  madeTitle: (name: string) => `Clave «${name}» creada`,
  removeAsk: (name: string) => `¿Eliminar la clave «${name}»?`,
  removed: (name: string) => `La clave «${name}» ya no sirve.`,
  made: (when: string) => `Creada el ${when}`,
  expires: (when: string) => `Caduca el ${when}`,
  used: (when: string) => `Usada el ${when}`,
  lifetimes: { '30': 'En 30 días', '90': 'En 90 días', '365': 'En un año', never: 'Nunca' } satisfies Record<
    Lifetime,
    string
  >,
  nouns: {
    contacts: {
      name: 'Contactos',
      hint: 'Leer muestra también personas de contacto, direcciones y cuentas bancarias. Escribir crea, cambia, elimina y restaura.',
    },
    documents: {
      name: 'Documentos',
      hint: 'Leer muestra también productos, cobros, informes y quién recibe cada correo. Escribir crea, aprueba, anula y anota cobros; para enviar por correo hace falta además leer.',
    },
    portal: {
      name: 'Portal del cliente',
      hint: 'Escribir da acceso al portal: pone contraseñas y decide qué correos lo abren, así que quien lo tiene puede llegar a ver lo que ve un cliente. La vista previa necesita además leer portal y documentos.',
    },
    crm: {
      name: 'Actividades, oportunidades y notas',
      hint: 'Leer muestra también el texto de las notas y de los motivos. Escribir crea, cambia y elimina.',
    },
    files: { name: 'Archivos', hint: 'Leer permite descargar. Escribir sube y elimina.' },
    notifications: {
      name: 'Mensajes y webhooks',
      hint: 'Leer muestra los mensajes enviados, con su texto y sus destinatarios. Escribir los reenvía o cancela y crea webhooks, que solo reciben lo que la clave puede leer.',
    },
    organization: {
      name: 'Empresa',
      hint: 'Leer muestra los datos de la empresa y la lista de claves. Escribir los cambia y crea otras claves, nunca con más permisos que esta.',
    },
    operations: {
      name: 'Operación',
      hint: 'Leer muestra los eventos que no se pudieron tratar, con su contenido. Escribir los repite o descarta.',
    },
  } satisfies Record<Noun, { name: string; hint: string }>,
};

export type ApiKeyTexts = typeof apiKeyTexts;
