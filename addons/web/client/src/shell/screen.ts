/** The widths at which the page changes its shape. */
export const PHONE = '(max-width: 767px)';
