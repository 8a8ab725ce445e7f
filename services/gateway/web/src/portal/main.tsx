import { createRoot } from 'react-dom/client';
import { storedLocale } from '@/i18n/locale';
import { PortalApp } from './PortalApp';
import { load } from './texts';

const root = document.getElementById('root');
if (!root) throw new Error('portal.html has no #root.');

const locale = storedLocale();
const texts = await load(locale);
createRoot(root).render(<PortalApp initial={{ locale, texts }} />);
