import { createRoot } from 'react-dom/client';
import { storedLocale } from '@/i18n/locale';
import { App } from './App';
import { load } from './texts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');

const locale = storedLocale();
const texts = await load(locale);
createRoot(root).render(<App initial={{ locale, texts }} />);
