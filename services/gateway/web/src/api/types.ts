/** The API's shapes under the names this client uses. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Session = Schemas['GatewaySessionOut'];
export type User = Schemas['UserOut'];
export type AuditEntry = Schemas['AuditEntryOut'];
export type AuditChange = Schemas['ChangeOut'];
export type AuditAction = AuditEntry['action'];
export type AuditReason = NonNullable<AuditEntry['reason']>;
export type Organization = Schemas['GatewayOrganizationOut'];
export type OrganizationPatch = Schemas['OrganizationPatch'];

export type Contact = Schemas['ContactsContactOut'];
export type ContactIn = Schemas['ContactIn'];
export type ContactKind = Contact['kind'];
export type TaxIdType = NonNullable<Contact['tax_id_type']>;
export type ContactRole = Contact['roles'][number];
export type Address = Schemas['Address'];
export type Defaults = Schemas['Defaults'];
export type LinkedPerson = Schemas['PersonOut'];
export type LinkedCompany = Schemas['CompanyOut'];

export type Document = Schemas['DocumentsDocumentOut'];
export type DocumentSummary = Schemas['DocumentSummary'];
export type DocumentType = Document['type'];
export type DocumentStatus = Document['status'];
export type DocumentPatch = Schemas['DocumentPatch'];
export type DocumentLineIn = Schemas['LineIn'];
export type Payment = Schemas['DocumentsPaymentOut'];
export type Side = Document['side'];
export type Tax = Schemas['DocumentsTaxOut'];
export type Product = Schemas['DocumentsProductOut'];
export type Recipient = Schemas['DocumentsRecipientOut'];
export type ReportItem = Schemas['ItemOut'];
export type Year = Schemas['YearOut'];

export type Activity = Schemas['ActivityOut'];
export type ActivityIn = Schemas['ActivityIn'];
export type ActivityKind = Activity['kind'];
export type Opportunity = Schemas['OpportunityOut'];
export type Pipeline = Schemas['PipelineOut'];
export type Note = Schemas['NoteOut'];
export type StoredFile = Schemas['FileOut'];
export type Message = Schemas['MessageOut'];
export type PortalAccess = Schemas['AccessOut'];

/** One part of the panel. Without `data` it is not to be had at present. */
export type Section<Data> = Omit<Schemas['SectionOut'], 'data'> & { data?: Data | null };

/** The panel, without its contact while contacts is slow or away. */
export type Panel = Omit<Schemas['PanelOut'], 'contact'> & { contact?: Contact };
