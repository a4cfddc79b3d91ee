// Shows times in the visitor's own zone. Without this script they are in the zone of the place, and named.
const shown = document.currentScript.dataset.tz;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const address = new URL(location.href);
if (own && own !== shown && !address.searchParams.has("tz")) {
  address.searchParams.set("tz", own);
  location.replace(address);
}
