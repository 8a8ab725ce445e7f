import { createTheme, type MantineColorsTuple } from '@mantine/core';
import { LastingButton } from './LastingButton';

/** The one accent colour. Shade 6 carries white text at 5:1. */
const accent: MantineColorsTuple = [
  '#f2f5ff',
  '#e4e9fc',
  '#c8d2f8',
  '#a5b5f3',
  '#8096ec',
  '#6079e4',
  '#4860d6',
  '#3b4fb8',
  '#32449a',
  '#2a397d',
];

/** Greys of the dark scheme, with the same touch of blue as the surfaces in global.css. */
const dark: MantineColorsTuple = [
  '#c9ced8',
  '#b4bac6',
  '#8b93a4',
  '#5d6576',
  '#3b4150',
  '#2b2f39',
  '#23272f',
  '#1b1e25',
  '#14161b',
  '#0f1115',
];

/** The list itself scrolls, and not a frame around it that no key reaches. */
const scrollingList = {
  defaultProps: { withScrollArea: false },
  styles: { options: { maxHeight: 260, overflowY: 'auto' } },
} as const;

export const theme = createTheme({
  colors: { accent, dark },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 6 },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '620' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { component: LastingButton } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35, blur: 2 } },
      styles: { title: { fontWeight: 620 } },
    },
    Table: { styles: { th: { fontSize: 12.5, fontWeight: 550, color: 'var(--text-soft)' } } },
    Menu: {
      defaultProps: {
        shadow: 'md',
        position: 'bottom-end',
        withinPortal: true,
        // It would be a child that a menu may not have.
        withInitialFocusPlaceholder: false,
      },
    },
    Select: scrollingList,
    MultiSelect: scrollingList,
    Autocomplete: scrollingList,
    TagsInput: scrollingList,
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Switch: { defaultProps: { withThumbIndicator: false } },
    Skeleton: { defaultProps: { radius: 'md' } },
  },
});
