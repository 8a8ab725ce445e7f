import { useWords } from '@/i18n/words';
import classes from './SkipLink.module.css';

/** By keyboard, past the bar to the element with the id `content`. */
export function SkipLink() {
  return (
    <a href="#content" className={classes.skip} data-screen-only>
      {useWords().skip}
    </a>
  );
}
