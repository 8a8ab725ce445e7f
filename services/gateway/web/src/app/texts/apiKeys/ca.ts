import type { ApiKeyTexts } from './es';

export const apiKeyTexts: ApiKeyTexts = {
  title: 'Claus d’API',
  hint: 'Amb una clau entra un programa en nom teu, sense contrasenya. Mai no pot més que tu, i s’acaba amb tu.',
  add: 'Clau nova',
  make: 'Crear la clau',
  none: 'No hi ha claus',
  noneHint: 'Crea’n una per a cada programa: així la pots treure a un sense tocar els altres.',
  name: 'Nom',
  nameHint: 'Quin programa la farà servir.',
  scopes: 'Què pot fer',
  scopesHint:
    'Marca només el que necessiti. Qui escriu sense llegir rep com a resposta només l’identificador i la versió.',
  scopesMissing: 'Marca almenys un permís.',
  read: 'Llegir',
  write: 'Escriure',
  users: 'Persones de l’equip',
  usersHint: 'Llegir qui hi ha, i els avisos sobre persones i claus. Només una persona les pot canviar.',
  lifetime: 'Caduca',
  lifetimeHint: 'El que s’ha fet amb ella, com vistes prèvies o webhooks, s’acaba amb la clau.',
  once: 'Copia-la ara: no es torna a mostrar, ni es desa.',
  key: 'Clau',
  copy: 'Copiar',
  copied: 'Copiada',
  kept: 'L’he desada',
  lasts: 'No caduca',
  unused: 'Encara sense fer servir',
  removeHint: 'El programa deixarà d’entrar a l’instant, i també les claus que s’hi van crear.',
  madeTitle: (name: string) => `Clau «${name}» creada`,
  removeAsk: (name: string) => `Vols eliminar la clau «${name}»?`,
  removed: (name: string) => `La clau «${name}» ja no serveix.`,
  made: (when: string) => `Creada el ${when}`,
  expires: (when: string) => `Caduca el ${when}`,
  used: (when: string) => `Usada el ${when}`,
  lifetimes: { '30': 'D’aquí a 30 dies', '90': 'D’aquí a 90 dies', '365': 'D’aquí a un any', never: 'Mai' },
  nouns: {
    contacts: {
      name: 'Contactes',
      hint: 'Llegir mostra també persones de contacte, adreces i comptes bancaris. Escriure crea, canvia, elimina i restaura.',
    },
    documents: {
      name: 'Documents',
      hint: 'Llegir mostra també productes, cobraments, informes i qui rep cada correu. Escriure crea, aprova, anul·la i anota cobraments; per enviar per correu cal també llegir.',
    },
    portal: {
      name: 'Portal del client',
      hint: 'Escriure dona accés al portal: posa contrasenyes i decideix quins correus l’obren, així que qui el té pot arribar a veure el que veu un client. La vista prèvia necessita també llegir portal i documents.',
    },
    crm: {
      name: 'Activitats, oportunitats i notes',
      hint: 'Llegir mostra també el text de les notes i dels motius. Escriure crea, canvia i elimina.',
    },
    files: { name: 'Fitxers', hint: 'Llegir permet descarregar. Escriure puja i elimina.' },
    notifications: {
      name: 'Missatges i webhooks',
      hint: 'Llegir mostra els missatges enviats, amb el text i els destinataris. Escriure els reenvia o cancel·la i crea webhooks, que només reben el que la clau pot llegir.',
    },
    organization: {
      name: 'Empresa',
      hint: 'Llegir mostra les dades de l’empresa i la llista de claus. Escriure les canvia i crea altres claus, mai amb més permisos que aquesta.',
    },
    operations: {
      name: 'Operació',
      hint: 'Llegir mostra els esdeveniments que no s’han pogut tractar, amb el contingut. Escriure els repeteix o descarta.',
    },
  },
};
