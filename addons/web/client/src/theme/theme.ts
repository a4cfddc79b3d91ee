/** Mantine in Tenon's language: its variables point to ours, so that every component follows light and dark. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#eef0fc',
  '#dde1f9',
  '#c6ccf3',
  '#a9b2ec',
  '#8a96e4',
  '#6b79da',
  '#5563d6',
  '#4353c9',
  '#3847b5',
  '#2d3a97',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: { accent },
  defaultRadius: 6,
  fontFamily: 'var(--tn-font)',
  fontSizes: { xs: '12px', sm: '13px', md: '13.5px', lg: '15px', xl: '20px' },
  lineHeights: { md: '20px' },
  headings: { fontWeight: '600' },
  shadows: { md: 'var(--tn-float)', lg: 'var(--tn-float)', xl: 'var(--tn-float)' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Menu: {
      defaultProps: { shadow: 'md', transitionProps: { transition: 'fade', duration: 120 }, withinPortal: true },
    },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { transition: 'fade', duration: 120 } } },
    HoverCard: { defaultProps: { shadow: 'md', openDelay: 350, closeDelay: 120 } },
    Combobox: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 100 }, withArrow: false } },
    Modal: {
      defaultProps: {
        shadow: 'lg',
        centered: false,
        yOffset: '12vh',
        padding: 20,
        radius: 10,
        transitionProps: { transition: 'fade-down', duration: 140 },
        overlayProps: { color: 'transparent' },
      },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 160 }, padding: 0 } },
  },
});

const shared = {
  '--mantine-color-body': 'var(--tn-bg)',
  '--mantine-color-text': 'var(--tn-text)',
  '--mantine-color-dimmed': 'var(--tn-text-2)',
  '--mantine-color-placeholder': 'var(--tn-text-3)',
  '--mantine-color-anchor': 'var(--tn-accent)',
  '--mantine-color-default': 'var(--tn-bg)',
  '--mantine-color-default-hover': 'var(--tn-hover)',
  '--mantine-color-default-color': 'var(--tn-text)',
  '--mantine-color-default-border': 'var(--tn-line-strong)',
  '--mantine-color-error': 'var(--tn-red)',
  '--mantine-color-disabled': 'var(--tn-sunken)',
  '--mantine-color-disabled-color': 'var(--tn-text-3)',
};

export const variables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
