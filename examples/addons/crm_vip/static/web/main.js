// Stars for a number from 0 to 5. A plain module: no build step, no import but the client's own.
import { html, registry } from "@tenon/web";

function Stars({ value }) {
  const stars = Math.max(0, Math.min(5, Number(value) || 0));
  return html`<span role="img" aria-label="${stars} of 5 stars" style=${{ letterSpacing: 2 }}>
    ${"★".repeat(stars)}<span style=${{ opacity: 0.25 }}>${"★".repeat(5 - stars)}</span>
  </span>`;
}

registry.category("widgets").add("crm_vip.stars", Stars);
