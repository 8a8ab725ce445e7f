import { createContext, use } from 'react';
import { words, type Words } from './es';

export const WordsContext = createContext<Words>(words);

/** The words both apps share, for what both apps show. */
export function useWords(): Words {
  return use(WordsContext);
}
